"""The servers that knowbot is a guest on: their channels, staff and manners, and what it learns there."""
