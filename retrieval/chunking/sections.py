"""A document as the sections that its headings open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.types import Extracted, Heading


@dataclass(frozen=True)
class Section:
    """A stretch of text with something in it. ``text[start:body]`` are the heading lines, ``text[body:end]`` the rest.

    ``path`` are the titles above it, outermost first, its own last; ``heading`` is its own, None before the first.
    """

    start: int
    body: int
    end: int
    path: tuple[str, ...] = ()
    heading: Heading | None = None


def sections(extracted: Extracted) -> Iterator[Section]:
    """The sections in order; together they cover all that is not white space.

    A heading with nothing below it opens the next section, and counts to its path; at the end of the document, where
    nothing comes next, such headings are a section's body themselves.
    """
    text, headings = extracted.text, extracted.headings
    first = headings[0].start if headings else len(text)
    if text[:first].strip():
        yield Section(0, 0, first)
    above: list[Heading] = []
    bare: list[Heading] = []
    for index, heading in enumerate(headings):
        above = [*(outer for outer in above if outer.level < heading.level), heading]
        end = headings[index + 1].start if index + 1 < len(headings) else len(text)
        if not text[heading.end : end].strip():
            bare.append(heading)
            continue
        opened = sorted({*above, *bare}, key=lambda opening: opening.start)
        start = bare[0].start if bare else heading.start
        yield Section(start, heading.end, end, tuple(opening.title for opening in opened), heading)
        bare = []
    if bare:
        path = tuple(outer.title for outer in above if outer.start < bare[0].start)
        yield Section(bare[0].start, bare[0].start, len(text), path, bare[0])
