"""Encoders: text to vectors."""

from retrieval.encoders.registry import DEFAULT_ENCODER, is_behind_api, load_encoder

__all__ = ["DEFAULT_ENCODER", "is_behind_api", "load_encoder"]
