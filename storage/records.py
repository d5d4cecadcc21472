"""What the tables hold, as frozen dataclasses. Times are seconds since the epoch, UTC; hashes are sha256 in hex."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

PUBLIC = "public"
"""Visibility of a document that everyone in its space may read; otherwise ``channel:<id>``."""

DEFAULT_SPACE = "default"

VectorKind = Literal["passage", "title"]
GenerationState = Literal["building", "active", "retired"]
Label = Literal["in", "out"]
Verdict = Literal["right", "wrong"]
JobState = Literal["queued", "running", "done", "failed"]
Matrix = NDArray[np.float32]
Headings = tuple[tuple[int, str, str, int, int], ...]
"""Level, title, anchor, start and end of each heading: a document is cut again without its source being read."""


@dataclass(frozen=True)
class Source:
    """Where documents come from, remembered so that a refresh can go there again."""

    id: int
    space: str
    kind: str
    location: str
    added_at: float
    refreshed_at: float | None
    options: Mapping[str, Any] = field(default_factory=dict)
    """How it is read: ``ignore`` are the patterns of files that are passed over."""


@dataclass(frozen=True)
class Validators:
    """What a server said of a page, and is told when it is asked whether the page has changed; "" where it did not."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class DocumentDraft:
    """A document as read from its source, before it has a row.

    ``raw_tokens`` is what a page would have taken with all its markup; None for what has none.
    """

    location: str
    title: str
    text: str
    format: str
    content_hash: str
    headings: Headings = ()
    source_id: int | None = None
    visibility: str = PUBLIC
    language: str = ""
    modified_at: float | None = None
    expires_at: float | None = None
    raw_tokens: int | None = None


@dataclass(frozen=True)
class Document:
    """A stored document. ``text`` is the extracted text that the chunks' and the headings' offsets count in."""

    id: int
    space: str
    source_id: int | None
    location: str
    title: str
    text: str
    format: str
    content_hash: str
    visibility: str
    language: str
    modified_at: float | None
    expires_at: float | None
    stored_at: float
    headings: Headings = ()
    raw_tokens: int | None = None


@dataclass(frozen=True)
class DocumentSummary:
    """A stored document without its text, of which ``characters`` is the length."""

    id: int
    space: str
    source_id: int | None
    location: str
    title: str
    format: str
    content_hash: str
    visibility: str
    language: str
    modified_at: float | None
    expires_at: float | None
    stored_at: float
    characters: int


@dataclass(frozen=True)
class ChunkDraft:
    """A passage of a document, before it has a row.

    ``document.text[start:end]`` is the passage with the heading lines that open it; ``text`` is the body without
    them. ``context`` is what a torn block repeats so that it can be read alone (a code fence, a table's header).
    """

    ordinal: int
    heading: str
    text: str
    context: str
    location: str
    start: int
    end: int
    token_count: int
    title: str = ""
    segmented: str | None = None

    @property
    def embedded_text(self) -> str:
        """Exactly what the encoder sees."""
        return "\n".join(part for part in (self.heading, self.context, self.text) if part)


@dataclass(frozen=True)
class Chunk:
    """A stored passage, joined with what a reader needs of its document."""

    id: int
    document_id: int
    ordinal: int
    heading: str
    text: str
    context: str
    location: str
    start: int
    end: int
    token_count: int
    title: str
    document_title: str
    document_location: str
    visibility: str

    @property
    def embedded_text(self) -> str:
        """Exactly what the encoder sees."""
        return "\n".join(part for part in (self.heading, self.context, self.text) if part)


@dataclass(frozen=True)
class Generation:
    """All vectors of one (space, chunking, fingerprint)."""

    id: int
    space: str
    chunking_id: int
    fingerprint: str
    encoder: Mapping[str, Any]
    dimensions: int
    state: GenerationState
    created_at: float
    activated_at: float | None
    retired_at: float | None


@dataclass(frozen=True)
class VectorChange:
    """One line of a generation's change log; ``sequence`` only grows and is never used twice."""

    sequence: int
    vector_id: int
    removed: bool


@dataclass(frozen=True)
class StoredCitation:
    """One numbered source as it was shown. It names the document and the text, since chunks come and go."""

    number: int
    document_location: str
    location: str
    title: str
    quote: str
    text_hash: str
    score: float


@dataclass(frozen=True)
class Retrieved:
    """A passage that a question found, by its address, with the score that each stage gave it."""

    location: str
    scores: Mapping[str, float]


@dataclass(frozen=True)
class InteractionDraft:
    """A question and what became of it, before it has a row; ``milliseconds`` by stage.

    ``retrieved`` are the best passages it found, best first; ``signal`` is what its off-topic score was measured by.
    ``shadow``: it was only listened to, so nothing of this was posted.
    """

    space: str
    asked_at: float
    origin: str
    question: str
    decision: str
    answer: str
    confidence: float
    off_topic_score: float
    addressed: bool
    visible_to: frozenset[str]
    sources: tuple[StoredCitation, ...] = ()
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    author_hash: str | None = None
    channel_id: int | None = None
    message_id: int | None = None
    reply_id: int | None = None
    retrieved: tuple[Retrieved, ...] = ()
    signal: str = ""
    shadow: bool = False


@dataclass(frozen=True)
class Interaction:
    """A question that was asked and what became of it; ``helpful`` and ``not_helpful`` count the votes.

    ``signal`` names the references that its off-topic score was measured by; ``verdict`` is an operator's. Of what was
    only listened to (``shadow``), the answer was never posted.
    """

    id: int
    space: str
    asked_at: float
    question: str
    decision: str
    answer: str
    confidence: float
    off_topic_score: float
    sources: tuple[StoredCitation, ...]
    addressed: bool
    origin: str
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    channel_id: int | None = None
    message_id: int | None = None
    reply_id: int | None = None
    withdrawn_at: float | None = None
    helpful: int = 0
    not_helpful: int = 0
    signal: str = ""
    verdict: Verdict | None = None
    shadow: bool = False
