"""From the name of an encoder, as it stands in the settings, to the encoder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from retrieval.encoders import openai
from retrieval.encoders.base import AnyEncoder, EncoderUnavailableError
from retrieval.encoders.compiled import can_export
from retrieval.encoders.find_model import DEFAULT_MODEL
from retrieval.encoders.hashing import HashingEncoder
from retrieval.encoders.local import LocalEncoder
from retrieval.encoders.remembered import find_again

_INT8 = "@int8"

DEFAULT_ENCODER = DEFAULT_MODEL
"""What a space gets that names no other: small, quick on two cores, and good at questions in English."""


def load_encoder(name: str, models: Path | None = None, patient: bool = True) -> AnyEncoder:
    """``hashing`` or ``hashing:<dimensions>``, ``openai:<model>`` or ``openai:<model>@<dimensions>`` behind an API,
    else a model folder or the name of a model on the hub, with ``@int8`` behind it for its quantised form.

    ``models`` is the folder where compiled models are kept, and ``patient`` says that nobody waits for answers: see
    ``Runtimes``. Raises EncoderUnavailableError where there is no such encoder.
    """
    family, _, dimensions = name.partition(":")
    if family == openai.FAMILY:
        return openai.load_openai(dimensions)
    if family != "hashing":
        return _local(name, models, patient)
    if not dimensions:
        return HashingEncoder()
    if not dimensions.isdecimal() or not 8 <= int(dimensions) <= 4096:
        raise EncoderUnavailableError(f"There is no encoder {name!r}; write hashing:384, with 8 to 4096 dimensions.")
    return HashingEncoder(int(dimensions))


def _local(name: str, models: Path | None, patient: bool) -> LocalEncoder:
    if not name.endswith(_INT8):
        return LocalEncoder(find_again(name, models), models, patient)
    if models and not can_export():
        raise EncoderUnavailableError(f"The encoder {name} needs the extra: pip install 'knowbot[fast]'.")
    return LocalEncoder(replace(find_again(name.removesuffix(_INT8), models), quantisation="int8"), models, patient)


def is_behind_api(name: str) -> bool:
    """True for the name of an encoder whose calls are paid for."""
    return name.partition(":")[0] == openai.FAMILY
