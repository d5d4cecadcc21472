"""Tokenizers that come as files: a Hugging Face ``tokenizer.json``, a SentencePiece ``.model``."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import tokenizers

from storage.errors import KnowbotError

_BYTE_TOKEN = re.compile(r"<0x([0-9A-F]{2})>")


class UnknownTokenizerError(KnowbotError):
    """The name stands for no tokenizer that knowbot knows, or for a file that is none."""


class HuggingFaceTokenizer:
    """A tokenizer.json: that of an encoder model, or one that ``knowbot tokens train`` made."""

    estimate = False

    def __init__(self, path: Path, name: str = "") -> None:
        """Reads ``path``; ``name`` defaults to the file's, or its folder's where the file is a mere tokenizer.json.

        Raises UnknownTokenizerError where it is no tokenizer.
        """
        data, described = _read_tokenizer_file(path)
        self._tokenizer = tokenizers.Tokenizer.from_buffer(data)
        # Models are packaged with both switched on: every text would count 128 tokens.
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._unknown_id = _unknown_id(described["model"])
        self._byte_level = _mentions_byte_level([described.get("decoder"), described.get("pre_tokenizer")])
        self.name = name or _name_of(path)
        self.digest = hashlib.sha256(data).hexdigest()
        self.special_tokens: int = self._tokenizer.num_special_tokens_to_add(False)

    @cached_property
    def around(self) -> tuple[list[int], list[int]]:
        """The special tokens that a model reads before every text, and those behind it."""
        read = self._tokenizer.encode("a")
        first = read.special_tokens_mask.index(0)
        return read.ids[:first], read.ids[len(read.ids) - self.special_tokens + first :]

    def ids(self, text: str) -> list[int]:
        """See Tokenizer."""
        return list(self._encode(text).ids)

    def count(self, text: str) -> int:
        """See Tokenizer."""
        # Without offsets it is a third quicker.
        return len(self._tokenizer.encode_batch_fast([_whole(text)], add_special_tokens=False)[0])

    def batch_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """What a model reads of each text: its ids with the special tokens around them."""
        return [each.ids for each in self._tokenizer.encode_batch_fast([_whole(text) for text in texts])]

    def pieces(self, text: str) -> list[str]:
        """See Tokenizer. A continued word keeps its mark (``##ing``), a blank that belongs to one too (``▁word``)."""
        shown = _read_byte_level if self._byte_level else _read_byte_token
        return [shown(token) for token in self._encode(text).tokens]

    def unknown(self, text: str) -> list[str]:
        """See Tokenizer. WordPiece gives up on whole words: over 100 letters, or with one character it lacks."""
        encoding = self._encode(text)
        pairs = zip(encoding.ids, encoding.offsets, strict=True)
        return [text[start:end] for token, (start, end) in pairs if token == self._unknown_id]

    def _encode(self, text: str) -> tokenizers.Encoding:
        return self._tokenizer.encode(_whole(text), add_special_tokens=False)


class SentencePieceTokenizer:
    """A SentencePiece .model. What a model adds around a text does not stand in the file: it counts as nothing."""

    special_tokens = 0
    estimate = False

    def __init__(self, path: Path) -> None:
        """Reads ``path``. Raises UnknownTokenizerError where it is no SentencePiece model."""
        # Few ask for it, and everybody who counts a token would pay for loading it.
        import sentencepiece  # noqa: PLC0415

        data = _read(path)
        self._processor = sentencepiece.SentencePieceProcessor()
        try:
            self._processor.load_from_serialized_proto(data)
            self._unknown_id = self._processor.unk_id()
        except RuntimeError as error:
            raise UnknownTokenizerError(
                f"{path} is no SentencePiece model; give the file that its training wrote, or download it again."
            ) from error
        self.name = path.stem
        self.digest = hashlib.sha256(data).hexdigest()

    def ids(self, text: str) -> list[int]:
        """See Tokenizer."""
        return [int(token) for token in self._processor.encode(_whole(text), return_type=int)]

    def count(self, text: str) -> int:
        """See Tokenizer."""
        return len(self.ids(text))

    def pieces(self, text: str) -> list[str]:
        """See Tokenizer. A blank before a word is its ``▁``; what the model cannot express stands as it is."""
        return [_read_byte_token(piece) for piece in self._processor.encode(_whole(text), return_type=str)]

    def unknown(self, text: str) -> list[str]:
        """See Tokenizer: the characters as the model's own normalisation writes them."""
        pairs = zip(self.ids(text), self.pieces(text), strict=True)
        return [piece for token, piece in pairs if token == self._unknown_id]


def _whole(text: str) -> str:
    """``text`` without halves of surrogate pairs, for which the libraries would refuse the whole."""
    return text.encode("utf-8", "replace").decode()


def _name_of(path: Path) -> str:
    return path.resolve().parent.name if path.stem == "tokenizer" else path.stem


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnknownTokenizerError(f"The tokenizer {path} cannot be read ({error.strerror}); correct it.") from error


def _read_tokenizer_file(path: Path) -> tuple[bytes, dict[str, Any]]:
    """The file as bytes and as JSON, looked at first: the library answers a wrong file with a bare ``Exception``."""
    data = _read(path)
    try:
        described = json.loads(data)
    except ValueError as error:
        raise UnknownTokenizerError(f"The tokenizer {path} is not valid JSON; download it again.") from error
    model = described.get("model") if isinstance(described, dict) else None
    if not isinstance(model, dict) or not model.get("vocab"):
        raise UnknownTokenizerError(f"{path} describes no tokenizer; give the tokenizer.json of a model.")
    return data, described


def _unknown_id(model: dict[str, Any]) -> int | None:
    """The id of the token that stands for lost text; None where bytes express everything."""
    if model.get("byte_fallback"):
        return None
    unknown = model["unk_id"] if "unk_id" in model else model["vocab"].get(model.get("unk_token"))
    return None if unknown is None else int(unknown)


def _mentions_byte_level(described: object) -> bool:
    """Whether a part of a tokenizer.json, or a part of that, is of the type ByteLevel."""
    if isinstance(described, list):
        return any(map(_mentions_byte_level, described))
    if isinstance(described, dict):
        return described.get("type") == "ByteLevel" or any(map(_mentions_byte_level, described.values()))
    return False


@lru_cache(maxsize=1)
def _bytes_by_letter() -> dict[str, int]:
    """GPT-2's alphabet: printable bytes of Latin-1 stand for themselves, the others for letters from U+0100 on."""
    printable = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = [byte for byte in range(0x100) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(0x100 + place): byte for place, byte in enumerate(others)}


def _read_byte_level(token: str) -> str:
    r"""What a token of letters that stand for bytes reads as; half a character as ``\xf0\x9f``."""
    letters = _bytes_by_letter()
    if not letters.keys() >= set(token):  # an added token is written as it reads
        return token
    return bytes(letters[letter] for letter in token).decode("utf-8", "backslashreplace")


def _read_byte_token(token: str) -> str:
    r"""``<0xF0>``, a byte that the vocabulary falls back to, as ``\xf0``; other tokens as they are."""
    byte = _BYTE_TOKEN.fullmatch(token)
    return f"\\x{byte[1].lower()}" if byte else token
