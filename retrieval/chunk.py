"""From a document to passages that fit the encoder, each with what is needed to read it alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from retrieval.chunking.cutting import Cutter, Span
from retrieval.chunking.repeatables import Repeatable, opening_at, repeatables
from retrieval.chunking.sections import Section, sections
from retrieval.counting.tokens import Tokenizer
from retrieval.extract import EXTRACTOR_VERSION
from retrieval.texts.questions import is_question_like
from retrieval.types import Extracted
from storage.records import ChunkDraft

CHUNKER_VERSION = 1
"""To be raised with any change that cuts the same text otherwise."""

_FEWEST_TOKENS = 32
_LONGEST_HEADING = 300  # characters


def lost_text(draft: ChunkDraft, tokenizer: Tokenizer) -> list[str]:
    """The stretches of the passage that the encoder's vocabulary cannot express; [] where nothing is lost."""
    return tokenizer.unknown(draft.embedded_text)


@dataclass(frozen=True)
class _Frame:
    """What all passages of a section share. Offsets in ``blocks`` count in ``body``."""

    section: Section
    body: str
    heading: str
    location: str
    blocks: Sequence[Repeatable]
    markdown: bool


class Chunker:
    """Cuts documents by their headings, then within a section at the borders that its structure offers.

    No passage has more than ``max_tokens`` tokens, with its heading, what it repeats and the special tokens.
    """

    def __init__(self, tokenizer: Tokenizer, max_tokens: int) -> None:
        """``max_tokens`` includes special tokens and is at least 32."""
        if max_tokens < _FEWEST_TOKENS:
            raise ValueError(f"max_tokens={max_tokens} leaves no room for text; give at least {_FEWEST_TOKENS}.")
        self._tokenizer = tokenizer
        self._cutter = Cutter(tokenizer)
        self._max_tokens = max_tokens
        self._room = max_tokens - tokenizer.special_tokens

    @property
    def spec(self) -> dict[str, Any]:
        """Everything that decides where a text is cut."""
        return {
            "chunker": CHUNKER_VERSION,
            "extractor": EXTRACTOR_VERSION,
            "tokenizer": self._tokenizer.digest,
            "max_tokens": self._max_tokens,
        }

    @property
    def digest(self) -> str:
        """The first 16 hex digits of the sha256 over ``spec``."""
        return hashlib.sha256(json.dumps(self.spec, sort_keys=True).encode()).hexdigest()[:16]

    def chunks(self, extracted: Extracted, location: str) -> list[ChunkDraft]:
        """The passages in order. Their spans do not overlap, and outside of them there is only white space."""
        drafts: list[ChunkDraft] = []
        for section in sections(extracted):
            frame = self._frame(extracted, section, location)
            first, *others = self._passages(frame, (0, len(frame.body)), self._room - self._count(frame.heading))
            titles = [section.path[-1]] if section.path else []
            title = self._question(titles if drafts else [*titles, extracted.title])
            drafts += [replace(first, start=section.start, title=title), *others]
        return [replace(draft, ordinal=ordinal) for ordinal, draft in enumerate(drafts)]

    def _frame(self, extracted: Extracted, section: Section, location: str) -> _Frame:
        body = extracted.text[section.body : section.end]
        markdown = extracted.format != "text"
        # An opening that is a table by itself would leave no room for its rows.
        blocks = [block for block in repeatables(body) if self._cutter.count(block.opening) <= self._room // 4]
        anchor = f"#{section.heading.anchor}" if section.heading else ""
        heading = self._heading(extracted.title, section.path)
        return _Frame(section, body, heading, location + anchor, blocks if markdown else (), markdown)

    def _passages(self, frame: _Frame, span: Span, capacity: int) -> Iterator[ChunkDraft]:
        """The passages of ``span``. What the quick count let through too large is cut again, smaller."""
        for start, end in self._cutter.cut(frame.body, span, capacity, frame.blocks, frame.markdown):
            draft = self._draft(frame, start, end)
            if draft.token_count <= self._max_tokens:
                yield draft
            else:
                yield from self._passages(frame, (start, end), capacity * 2 // 3)

    def _draft(self, frame: _Frame, start: int, end: int) -> ChunkDraft:
        draft = ChunkDraft(
            ordinal=0,
            heading=frame.heading,
            text=frame.body[start:end],
            context=opening_at(frame.blocks, start),
            location=frame.location,
            start=frame.section.body + start,
            end=frame.section.body + end,
            token_count=0,
        )
        return replace(draft, token_count=self._count(draft.embedded_text) + self._tokenizer.special_tokens)

    def _heading(self, title: str, path: Sequence[str]) -> str:
        """The document's title and the headings down to the section, within a quarter of the room.

        The outermost go first; a last one that is too long is cut at a word.
        """
        repeated = bool(path) and path[0].casefold() == title.casefold()
        titles = [part for part in (title, *path[repeated:]) if part]
        while len(titles) > 1 and not self._is_short(" > ".join(titles)):
            del titles[0]
        heading = " > ".join(titles)
        while heading and not self._is_short(heading):
            heading = heading[: min(_LONGEST_HEADING, len(heading) * 3 // 4)]
            heading = heading.rpartition(" ")[0] or heading
        return heading

    def _is_short(self, heading: str) -> bool:
        return len(heading) <= _LONGEST_HEADING and self._count(heading) <= self._room // 4

    def _question(self, titles: Sequence[str]) -> str:
        """The first of ``titles`` that asks something and that the encoder can take as it is, else ""."""
        asking = (title for title in titles if is_question_like(title))
        return next((title for title in asking if self._count(title) <= self._room), "")

    def _count(self, text: str) -> int:
        return self._tokenizer.count(text)
