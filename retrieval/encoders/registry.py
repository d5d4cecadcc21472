"""From the name of an encoder, as it stands in the settings, to the encoder."""

from __future__ import annotations

from retrieval.encoders import openai
from retrieval.encoders.base import AnyEncoder, EncoderUnavailableError
from retrieval.encoders.find_model import DEFAULT_MODEL
from retrieval.encoders.hashing import HashingEncoder
from retrieval.encoders.local import LocalEncoder

DEFAULT_ENCODER = DEFAULT_MODEL
"""What a space gets that names no other: small, quick on two cores, and good at questions in English."""


def load_encoder(name: str) -> AnyEncoder:
    """``hashing`` or ``hashing:<dimensions>``, ``openai:<model>`` or ``openai:<model>@<dimensions>`` behind an API,
    else a model folder or the name of a model on the hub.

    Raises EncoderUnavailableError where there is no such encoder.
    """
    family, _, dimensions = name.partition(":")
    if family == openai.FAMILY:
        return openai.load_openai(dimensions)
    if family != "hashing":
        return LocalEncoder(name)
    if not dimensions:
        return HashingEncoder()
    if not dimensions.isdecimal() or not 8 <= int(dimensions) <= 4096:
        raise EncoderUnavailableError(f"There is no encoder {name!r}; write hashing:384, with 8 to 4096 dimensions.")
    return HashingEncoder(int(dimensions))


def is_behind_api(name: str) -> bool:
    """True for the name of an encoder whose calls are paid for."""
    return name.partition(":")[0] == openai.FAMILY
