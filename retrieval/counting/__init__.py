"""Tokens as models count them: vocabularies, tokenizers, and what is done where there is none."""
