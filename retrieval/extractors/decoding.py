"""From bytes to clean text: the encoding found, line ends and Unicode made uniform, what is no text refused."""

from __future__ import annotations

import codecs
import re
import unicodedata

from charset_normalizer import from_bytes

from storage.errors import KnowbotError

# The longer marks first: UTF-32's begins with UTF-16's.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = frozenset("àâäáãåæçéèêëíìîïñóòôöõøœßúùûüÿÀÂÄÁÃÅÆÇÉÈÊËÍÌÎÏÑÓÒÔÖÕØŒÚÙÛÜŸ‘’‚“”„–—…•«»‹›¿¡§°£€ªº©®™·\u00a0")
# What people still write in. The guesser knows ninety, and takes French for Baltic if it may.
_LEGACY = [f"cp{number}" for number in (1250, 1251, 1253, 1254, 1255, 1256, 1257, 932, 949)]
_LEGACY += ["koi8_r", "iso8859_2", "euc_jp", "gb18030", "big5"]
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Control characters, zero-width marks and half surrogates; joiners stay, some scripts and emoji need them.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\ud800-\udfff]")
_WIDE_BLANKS = re.compile("[\u00a0\u2000-\u200a\u202f\u205f]")


class NotTextError(KnowbotError):
    """The file's name says text, its content is something else."""


class UnreadableEncodingError(KnowbotError):
    """The bytes are text in no encoding that is known here."""


def decode(data: bytes, location: str, declared: str | None = None) -> str:
    """The text of ``data``, normalised. ``declared`` is the encoding that the document itself names.

    Raises NotTextError for binary data, UnreadableEncodingError where no encoding fits; both name ``location``.
    """
    mark = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    if mark is None and data.count(0) * 1000 > len(data):
        raise NotTextError(f"{location} is not a text file; convert it, or leave it out.")
    text = _decoded(data, [mark] if mark else ["utf-8", declared])
    if text is None and not mark:
        text = _guessed(data)
    if text is None:
        raise UnreadableEncodingError(f"{location} is in no known character encoding; save it as UTF-8.")
    if len(re.findall("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]", text)) * 20 > len(text):
        raise NotTextError(f"{location} holds mostly control characters; convert it, or leave it out.")
    return normalise(text)


def normalise(text: str) -> str:
    r"""Unicode NFC, ``\n`` between lines, plain blanks, none at the end of a line, nothing invisible."""
    text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))
    text = unicodedata.normalize("NFC", _WIDE_BLANKS.sub(" ", text))
    return "\n".join(line.rstrip() for line in text.split("\n"))


def _decoded(data: bytes, encodings: list[str | None]) -> str | None:
    """The text in the first of ``encodings`` that fits; names that Python does not know are passed over."""
    for encoding in filter(None, encodings):
        try:
            return data.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return None


def _guessed(data: bytes) -> str | None:
    western = _decoded(data, ["cp1252"])
    if western is not None and _reads_western(western):
        return western
    best = from_bytes(data, cp_isolation=_LEGACY).best()
    return None if best is None else str(best)


def _reads_western(text: str) -> bool:
    """Whether only accents and quotation marks go beyond ASCII, and not too many: Russian as cp1252 is all accents."""
    beyond = [character for character in text if not character.isascii()]
    return len(beyond) * 2 < sum(map(str.isalpha, text)) and _WESTERN.issuperset(beyond)
