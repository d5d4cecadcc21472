"""Encoding: many texts, one question, and 32 that wait, against SentenceTransformer.encode with its defaults."""

from __future__ import annotations

from benchmarks.harness import Row, compared, in_turns, scaled
from benchmarks.workload import QUESTIONS, Folder, mixed_documents, short_lines, textbook_model
from retrieval.encoders.base import TextKind
from retrieval.encoders.local import LocalEncoder
from retrieval.encoders.registry import DEFAULT_ENCODER, load_encoder

_TEXTBOOK = "SentenceTransformer.encode"
_ONE_BY_ONE = "the same, one by one"
_TEXTBOOK_ONE_BY_ONE = "SentenceTransformer.encode, one by one"
_WAITING = 32


def rows(folder: Folder) -> list[Row]:
    """Four rows; the time of loading is in none of them."""
    textbook = textbook_model()
    encoder = load_encoder(DEFAULT_ENCODER, folder.models)
    assert isinstance(encoder, LocalEncoder)
    encoder.load("document", many=True)

    def against(texts: list[str], kind: TextKind) -> tuple[list[float], list[float]]:
        ours, theirs = in_turns(lambda: encoder.encode(texts, kind), lambda: textbook.encode(texts))
        return ours, theirs

    short, mixed = against(short_lines(128), "document"), against(mixed_documents(48), "document")
    singles = in_turns(
        lambda: [encoder.encode([text], "query") for text in QUESTIONS[:20]],
        lambda: [textbook.encode(text) for text in QUESTIONS[:20]],
    )
    one = (scaled(singles[0], 50), scaled(singles[1], 50))
    waiting = short_lines(_WAITING)
    together = in_turns(
        lambda: encoder.encode(waiting, "query"), lambda: [encoder.encode([text], "query") for text in waiting]
    )
    by_the_book = in_turns(
        lambda: encoder.encode(waiting, "query"), lambda: [textbook.encode(text) for text in waiting]
    )
    what = "32 questions that wait"
    return [
        compared("encoding 128 short lines", _TEXTBOOK, short, target=1.7),
        compared("encoding 48 mixed documents", _TEXTBOOK, mixed, target=1.7),
        compared("one question", _TEXTBOOK, one, "ms", 3.0),
        compared(what, _TEXTBOOK_ONE_BY_ONE, (by_the_book[0], by_the_book[1]), target=2.0),
        compared(what, _ONE_BY_ONE, (together[0], together[1])),
    ]
