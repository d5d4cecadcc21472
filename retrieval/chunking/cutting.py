"""Cutting a text into passages of a limited number of tokens, at the borders that its structure offers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from semantic_text_splitter import MarkdownSplitter, TextSplitter

from retrieval.chunking.repeatables import Repeatable, opening_at
from retrieval.counting.tokens import Tokenizer

Span = tuple[int, int]
"""Two offsets, the second behind the last character."""

# The splitter takes quadratic time for a long text without borders: 3 MB in one line would take three minutes.
_WINDOW_CHARACTERS = 10_000
_WORD = re.compile(r"\s?(?:\w{1,24}|[^\w\s])|\s+")


class Cutter:
    """Cuts texts into spans of at most so many tokens. It counts quickly: a few tokens more are possible."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        # Word by word, remembered: five times as quick as counting every try of the splitter anew.
        self._count_word: Callable[[str], int] = lru_cache(maxsize=1 << 16)(tokenizer.count)

    def count(self, text: str) -> int:
        """About how many tokens ``text`` has; exact for tokenizers that never join words."""
        return sum(map(self._count_word, _WORD.findall(text)))

    def cut(self, text: str, span: Span, capacity: int, blocks: Sequence[Repeatable], markdown: bool) -> list[Span]:
        """Spans within ``span``, in order, with nothing but white space between them.

        Of ``blocks``, those that fit stay whole. Larger ones are cut between lines; each part leaves room for the
        opening that it will have to repeat.
        """
        if self.count(text[slice(*span)]) <= capacity:
            return list(_trimmed(text, *span))
        position, end = span
        atoms: list[Span] = []
        for block in blocks:
            start, stop = max(block.start, position), min(block.end, end)
            if self.count(text[start:stop]) > capacity:
                atoms += self._split(text, (position, start), capacity, markdown)
                atoms += self._lines(text, (start, stop), block, capacity)
                position = stop
        atoms += self._split(text, (position, end), capacity, markdown)
        return self._joined(text, atoms, capacity, blocks)

    def _split(self, text: str, span: Span, capacity: int, markdown: bool) -> Iterator[Span]:
        splitter = (MarkdownSplitter if markdown else TextSplitter).from_callback(self.count, max(1, capacity))
        for start, end in _windows(text, span, max(_WINDOW_CHARACTERS, 8 * capacity)):
            for offset, part in splitter.chunk_indices(text[start:end]):
                yield start + offset, start + offset + len(part)

    def _lines(self, text: str, span: Span, block: Repeatable, capacity: int) -> Iterator[Span]:
        """The lines of a block, those of its opening with the first after it; one that is too long is cut further."""
        capacity -= self.count(block.opening)
        start, end = span
        while start < end:
            newline = text.find("\n", max(start, block.body), end)
            line_end = end if newline < 0 or block.ends_at(text, newline) else newline + 1
            if self.count(text[start:line_end]) > capacity:
                yield from self._split(text, (start, line_end), capacity, markdown=False)
            else:
                yield from _trimmed(text, start, line_end)
            start = line_end

    def _joined(self, text: str, atoms: Iterable[Span], capacity: int, blocks: Sequence[Repeatable]) -> list[Span]:
        """Neighbours put together as long as they fit, with what the first of them must repeat."""
        joined: list[Span] = []
        size = 0
        for start, end in atoms:
            more = self.count(text[start:end])
            if joined and size + more <= capacity:
                joined[-1] = (joined[-1][0], end)
                size += more
            else:
                joined.append((start, end))
                size = more + self.count(opening_at(blocks, start))
        return joined


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """The span without blank lines around it, if anything is left; a first line keeps its indentation."""
    part = text[start:end]
    if part.strip():
        indentation = len(part) - len(part.lstrip())
        yield start + part.rfind("\n", 0, indentation) + 1, start + len(part.rstrip())


def _windows(text: str, span: Span, size: int) -> Iterator[Span]:
    """Consecutive parts of at most ``size`` characters, ending at a blank line, a line's end or a blank if possible."""
    start, end = span
    while end - start > size:
        middle, limit = start + size // 2, start + size
        borders = (text.rfind(border, middle, limit) for border in ("\n\n", "\n", " "))
        cut = next((border + 1 for border in borders if border >= 0), limit)
        yield start, cut
        start = cut
    if text[start:end].strip():
        yield start, end
