"""What flows through the pipeline, in the order in which it flows. All frozen; nothing here does anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from storage.records import DEFAULT_SPACE, PUBLIC, Chunk

Decision = Literal["answer", "unsure", "off_topic", "small_talk"]


@dataclass(frozen=True)
class Heading:
    """A heading of an extracted text: ``start`` is the offset of its line, ``end`` the offset after that line.

    One without title and text marks a place that readers are sent to: where a page of a PDF begins.
    """

    level: int
    title: str
    anchor: str
    start: int
    end: int


@dataclass(frozen=True)
class Extracted:
    """A document as plain text with Markdown structure, whatever it was before. Headings in order of ``start``."""

    title: str
    text: str
    format: str
    headings: tuple[Heading, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question as a front end hands it over.

    ``visible_to`` names what every reader of the reply may see (``public``, ``channel:<id>``); the engine never
    widens it. ``context`` is earlier text of the same thread, oldest first.
    """

    text: str
    space: str = DEFAULT_SPACE
    visible_to: frozenset[str] = frozenset({PUBLIC})
    addressed: bool = True
    context: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """Where a question came from: the front end, and on Discord by whom and in which message.

    ``author_id`` is never stored, only its keyed hash. ``shadow``: the message was only listened to, and whatever the
    outcome is, nothing of it is posted.
    """

    origin: str
    author_id: int | None = None
    channel_id: int | None = None
    message_id: int | None = None
    server_id: int | None = None
    shadow: bool = False


@dataclass(frozen=True)
class Candidate:
    """A passage with the score of each leg. Cosines lie in [-1, 1], ``lexical`` in [0, 1]; ``fused`` orders them.

    Where a re-ranker has changed that, ``reranked`` is the fused score of the place that it gave the passage.
    """

    chunk: Chunk
    vector: float
    title: float
    lexical: float
    fused: float
    reranked: float | None = None

    @property
    def final(self) -> float:
        """What orders candidates in the end."""
        return self.fused if self.reranked is None else self.reranked


@dataclass(frozen=True)
class Citation:
    """One numbered source of an answer; ``quote`` stands word for word in the document."""

    number: int
    title: str
    location: str
    quote: str
    score: float
    chunk: Chunk
    days_unread: int = 0
    """Whole days since the document was read, where it could not be read lately."""


Note = Literal[
    "with_error_only",
    "with_message_before",
    "shortened",
    "by_words",
    "sentences_by_words",
    "not_read_lately",
    "expires_soon",
]
"""How a question was searched, where not as it was asked: with the error that a traceback ends with, together with the
message before, with a part of it, by its words alone; or how sentences were chosen. Or what its sources are worth: one
could not be read for days, one is about to expire. Front ends find the words for it, and fill in ``note_figures``.
"""


@dataclass(frozen=True)
class Answer:
    """The outcome of a question, for every front end and for the evaluation alike.

    ``confidence`` is the calibrated probability (0-1) that the first candidate answers the question,
    ``off_topic_score`` the judge's (0-1, higher is more off topic), by the references that ``off_topic_signal`` names
    ("" where the judge abstained). ``milliseconds`` by stage. ``notes`` are what its reader should know of the way it
    was found.
    """

    question: Question
    decision: Decision
    text: str
    confidence: float
    off_topic_score: float
    off_topic_signal: str = ""
    sources: tuple[Citation, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @property
    def note_figures(self) -> dict[str, int]:
        """What the words of a note may name: the ``number`` of the source that is longest unread, and its ``days``."""
        stalest = max(self.sources, key=lambda source: source.days_unread, default=None)
        return {"number": stalest.number, "days": stalest.days_unread} if stalest else {}
