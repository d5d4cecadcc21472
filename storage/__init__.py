"""Keeps things. SQLite is the truth, the USearch file beside it can always be rebuilt."""
