"""Calling an OpenAI-compatible API: where it is, when to try again, and what to say when it does not work."""
