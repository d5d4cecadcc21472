"""Sources and documents as the lines of a tree, each with its state and the reason for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from storage.records import Source
from storage.shelf import ShelfLine
from tui.data.shelf import Looked, Shelf, SourceShelf
from tui.times import short_time
from tui.widgets.live_table import Column, Row
from tui.words import count, short_places

STATE_WIDTH = 15
SHELF_COLUMNS = (Column("document"), Column("state", STATE_WIDTH), Column("of", 9))
_BRANCH, _LAST = "│ ", "└ "
"""Blanks in front of a name would be taken away."""


_KINDS = {"folder": "folder", "table": "table", "web": "web", "documents": "messages"}
_FRESH, _UNKNOWN = "✓ fresh", "· not looked at yet"

What = Literal["source", "document", "unread", "excluded", "more"]


@dataclass(frozen=True)
class Entry:
    """What a line of the tree stands for: a source, or what hangs on it; ``state`` says how it is, and why."""

    what: What
    source_id: int | None
    location: str = ""
    state: str = ""


@dataclass(frozen=True)
class Line:
    """An entry and how it is shown."""

    entry: Entry
    row: Row


def shelf_lines(shelf: Shelf, looked: Looked | None) -> list[Line]:
    """Every source, and below the opened ones first what is wrong, then the documents by name.

    ``looked`` is what a look at the files found; None before the first one has ended.
    """
    names = short_places(each.source.location for each in shelf.sources if each.source)
    found: list[Line] = []
    for each in shelf.sources:
        if each.counts.documents and not each.matching and not each.excluded:
            continue  # nothing in it has the wanted word
        found.append(_source_line(each, names, shelf.now, looked))
        if each.lines or each.excluded:
            found += _below(each, shelf.now, looked)
    return found


def _source_line(each: SourceShelf, names: Mapping[str, str], now: float, looked: Looked | None) -> Line:
    source = each.source
    sign = "▾" if each.lines or each.excluded else "▸"
    name = f"{names[source.location]}  ({_KINDS.get(source.kind, source.kind)})" if source else "without a source"
    entry = Entry("source", source.id if source else None, source.location if source else "")
    when = short_time(source.refreshed_at or source.added_at, now) if source else ""
    cells = (f"{sign} {name}: {each.matching:,}", _source_state(each, looked), when)
    return Line(entry, Row(f"source {entry.source_id}", cells, "bold"))


def _source_state(each: SourceShelf, looked: Looked | None) -> str:
    location = each.source.location if each.source else ""
    if location in each.unread:
        return f"✗ {each.unread[location]}"
    if looked and location in looked.reasons:
        return f"✗ {looked.reasons[location]}"
    behind = len(looked.of(each.source.id if each.source else None)) if looked else 0
    signs = {"✗": each.counts.unread, "!": behind, "⊘": each.counts.excluded}
    return " ".join(f"{sign} {number:,}" for sign, number in signs.items() if number) or (
        _UNKNOWN if looked is None else _FRESH
    )


def _below(each: SourceShelf, now: float, looked: Looked | None) -> Iterator[Line]:
    number = each.source.id if each.source else None
    wrong = {location: f"! {reason}" for location, reason in (looked.reasons if looked else {}).items()}
    own = {line.location for line in each.lines}
    for location, reason in each.unread.items():
        if location not in own and (each.source is None or location != each.source.location):
            yield Line(
                Entry("unread", number, location, reason),
                Row(f"unread {number} {location}", (_BRANCH + location, f"✗ {reason}", "")),
            )
    behind = [line for line in each.lines if line.location in wrong or line.location in each.unread]
    for line in behind:
        reason = f"✗ {each.unread[line.location]}" if line.location in each.unread else wrong[line.location]
        yield _document_line(each.source, line, reason, now)
    for location in each.excluded:
        yield Line(
            Entry("excluded", number, location),
            Row(f"excluded {location}", (_BRANCH + location, "⊘ kept away", ""), "dim"),
        )
    passed = {line.location for line in behind}
    for line in each.lines:
        if line.location not in passed:
            yield _document_line(each.source, line, _state(line, looked, now), now)
    if (left := each.matching - len(each.lines)) > 0:
        cells = (f"{_LAST}… {count(left, 'more document')}", "Enter shows more", "")
        yield Line(Entry("more", number), Row(f"more {number}", cells, "dim"))


def _document_line(source: Source | None, line: ShelfLine, state: str, now: float) -> Line:
    # The address of a message says nothing to a reader; its title is the question.
    name = line.title if source and source.kind == "documents" else line.location
    lock = "" if line.visibility == "public" else " ⚿"
    cells = (f"{_BRANCH}{name}{lock}", state, short_time(line.modified_at or line.stored_at, now))
    number = source.id if source else None
    return Line(Entry("document", number, line.location, state), Row(f"document {line.location}", cells))


def _state(line: ShelfLine, looked: Looked | None, now: float) -> str:
    if not line.passages:
        return "! no passage in the index that answers"
    if line.expires_at is not None and line.expires_at > now:
        return f"✓ until {short_time(line.expires_at, now)}"
    return _UNKNOWN if looked is None else _FRESH
