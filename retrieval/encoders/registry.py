"""From the name of an encoder, as it stands in the settings, to the encoder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from retrieval.encoders import openai
from retrieval.encoders.base import AnyEncoder, EncoderUnavailableError
from retrieval.encoders.compiled import can_export
from retrieval.encoders.find_model import DEFAULT_MODEL
from retrieval.encoders.hashing import HashingEncoder
from retrieval.encoders.late import SUFFIX as LATE
from retrieval.encoders.late import LateEncoder
from retrieval.encoders.local import LocalEncoder
from retrieval.encoders.prompts import THEIR_OWN, Prompts, trained_with
from retrieval.encoders.remembered import find_again

_INT8 = "@int8"
_FEWEST_TOKENS = 32  # of a text, beside its prompt

DEFAULT_ENCODER = DEFAULT_MODEL
"""What a space gets that names no other: small, quick on two cores, and good at questions in English."""

_NONE_CHOSEN: Mapping[str, Prompts] = {}


def load_encoder(
    name: str, models: Path | None = None, patient: bool = True, prompts: Mapping[str, Prompts] = _NONE_CHOSEN
) -> AnyEncoder:
    """``hashing`` or ``hashing:<dimensions>``, ``openai:<model>`` or ``openai:<model>@<dimensions>`` behind an API,
    else a model folder or the name of a model on the hub, with ``@int8`` behind it for its quantised form, or ``@late``
    for late chunking.

    ``models`` is the folder where compiled models are kept, and ``patient`` says that nobody waits for answers: see
    ``Runtimes``. ``prompts`` are by the name that ``model_of`` gives. Raises EncoderUnavailableError where there is no
    such encoder, or where its prompts leave no room for a text.
    """
    if name.endswith(LATE):
        _refuse_without_tokens(name.removesuffix(LATE))
    family, _, dimensions = name.partition(":")
    chosen = prompts.get(model_of(name), THEIR_OWN)
    if family == openai.FAMILY:
        return _with_room(openai.load_openai(dimensions, chosen))
    if family != "hashing":
        return _with_room(_local(name, models, patient, chosen))
    if not dimensions:
        return HashingEncoder()
    if not dimensions.isdecimal() or not 8 <= int(dimensions) <= 4096:
        raise EncoderUnavailableError(f"There is no encoder {name!r}; write hashing:384, with 8 to 4096 dimensions.")
    return HashingEncoder(int(dimensions))


def model_of(name: str) -> str:
    """The model that an encoder's name speaks of: without ``openai:`` before it, and what stands behind an @."""
    if is_behind_api(name):
        return name.partition(":")[2].partition("@")[0]
    return name.removesuffix(LATE).removesuffix(_INT8)


def lacking_prompts(name: str, encoder: AnyEncoder) -> Prompts | None:
    """What the model was trained with, where ``encoder`` puts nothing before its texts; None where all is well."""
    fingerprint = encoder.fingerprint
    if fingerprint.query_prompt or fingerprint.document_prompt:
        return None
    return trained_with(encoder.names if isinstance(encoder, LocalEncoder) else (model_of(name),))


def _local(name: str, models: Path | None, patient: bool, prompts: Prompts) -> LocalEncoder:
    quantised = name.endswith(_INT8)
    if quantised and models and not can_export():
        raise EncoderUnavailableError(f"The encoder {name} needs the extra: pip install 'knowbot[fast]'.")
    folder = find_again(model_of(name), models)
    if quantised or prompts != folder.prompts:
        folder = replace(folder, prompts=prompts, quantisation="int8" if quantised else "f32")
    return (LateEncoder if name.endswith(LATE) else LocalEncoder)(folder, models, patient)


def _with_room(encoder: AnyEncoder) -> AnyEncoder:
    if encoder.max_tokens < _FEWEST_TOKENS:
        raise EncoderUnavailableError(
            f"The prompts of {encoder.fingerprint.model} leave {max(0, encoder.max_tokens)} tokens for a text: "
            "shorten them in [prompts]."
        )
    return encoder


def _refuse_without_tokens(name: str) -> None:
    if is_behind_api(name) or name.partition(":")[0] == "hashing" or name.endswith(_INT8):
        raise EncoderUnavailableError(
            f"{name}{LATE} makes no sense: late chunking needs the vectors of single tokens, which only a "
            f"sentence-transformers model on this machine gives, in full precision; name it without {LATE}."
        )


def is_behind_api(name: str) -> bool:
    """True for the name of an encoder whose calls are paid for."""
    return name.partition(":")[0] == openai.FAMILY
