"""Talks to Discord and owns the command line; everything it knows it asks of retrieval."""
