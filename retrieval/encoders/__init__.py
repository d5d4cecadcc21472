"""Encoders: text to vectors."""

from retrieval.encoders.registry import DEFAULT_ENCODER, load_encoder

__all__ = ["DEFAULT_ENCODER", "load_encoder"]
