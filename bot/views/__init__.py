"""Buttons and forms, which outlive a restart."""
