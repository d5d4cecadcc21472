"""A document in full with the borders of its passages, where it was quoted, and what a line of the tree stands for."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from storage.records import Chunk
from storage.shelf import Quoted
from tui.data.shelf import Preview, SourceShelf
from tui.times import full_time, short_time
from tui.widgets.shelf_rows import Entry
from tui.words import count, many_lines, one_line

SHOWN_PASSAGES = 60
"""Of a document that has more, the rest is counted."""

_LONGEST_PASSAGE = 6_000
_FEWEST_DASHES = 3
_LEAST_ROOM = 10


def document_text(preview: Preview, state: str, width: int) -> Content:
    """Title, state, where it was quoted, then passage by passage; borders are ``width`` cells long."""
    blocks = [_head(preview, state), *_quoting(preview.quoted, preview.now, width)]
    shown = preview.passages[:SHOWN_PASSAGES]
    blocks += [_passage(preview, number, chunk, width) for number, chunk in enumerate(shown, start=1)]
    if not preview.passages:
        blocks += [Content("It has no passage in the index that answers, so it is in no answer.")]
    if left := len(preview.passages) - len(shown):
        blocks.append(Content(f"… and {count(left, 'more passage')}"))
    return Content("\n").join(blocks)


def entry_text(entry: Entry, shelf: SourceShelf | None, now: float) -> Content:
    """A source, or a document that is not there: what is known of it and what can be done."""
    if entry.what == "unread":
        return _told(entry.location, f"✗ It could not be read: {entry.state}", "r looks at every source again")
    if entry.what == "excluded":
        return _told(
            entry.location,
            "⊘ It was forgotten on purpose: no refresh takes it in again.",
            "u lets it in again, with the next look at its source",
        )
    if shelf is None or shelf.source is None:
        return Content("Documents that belong to no source: no refresh looks at them.")
    source = shelf.source
    facts = [
        count(shelf.counts.documents, "document"),
        f"✗ {shelf.counts.unread} unread, ⊘ {shelf.counts.excluded} kept away",
        f"added {full_time(source.added_at)}, looked at {short_time(source.refreshed_at, now)}",
        *(f"! {location}: {reason}" for location, reason in list(shelf.unread.items())[:SHOWN_PASSAGES]),
    ]
    ignored = ", ".join(map(str, source.options.get("ignore", ())))
    facts += [f"passes over {ignored}"] if ignored else []
    return _told(source.location, "\n".join(facts), "→ opens it, R looks at it again, delete forgets it")


def _told(title: str, what: str, keys: str) -> Content:
    return Content.from_markup(
        "[b]$title[/b]\n\n$what\n\n[$secondary]$keys[/]", title=one_line(title), what=many_lines(what), keys=keys
    )


def _head(preview: Preview, state: str) -> Content:
    document = preview.document
    stored = f"stored {short_time(document.stored_at, preview.now)}"
    facts = [document.location, document.format, count(len(preview.passages), "passage"), stored]
    if document.visibility != "public":
        facts.append(f"only for {document.visibility.replace(':', ' ')}")
    if document.expires_at is not None:
        facts.append(f"until {short_time(document.expires_at, preview.now)}")
    return Content.from_markup(
        "[b]$title[/b]\n[$secondary]$facts[/]\n$state",
        title=one_line(document.title),
        facts=" · ".join(facts),
        state=state,
    )


def _quoting(quoted: Quoted, now: float, width: int) -> Iterator[Content]:
    times = sum(quoted.by_passage.values())
    if not times:
        yield Content.from_markup("[$secondary]no answer has quoted it yet[/]")
        return
    yield Content.from_markup(
        "quoted [b]$times[/b]   helpful [b]$helpful[/b]   not helpful [b]$not_helpful[/b]",
        times=count(times, "time"),
        helpful=str(quoted.helpful),
        not_helpful=str(quoted.not_helpful),
    )
    for each in quoted.latest:
        votes = f"{f'  +{each.helpful}' * bool(each.helpful)}{f'  −{each.not_helpful}' * bool(each.not_helpful)}"
        when = f"  {short_time(each.asked_at, now):<9}  "
        room = max(width - len(when) - len(votes), _LEAST_ROOM)
        question = one_line(each.question)
        yield Content.from_markup(
            "[$secondary]$when$question$votes[/]",
            when=when,
            question=question if len(question) <= room else f"{question[: room - 1]}…",
            votes=votes,
        )


def _passage(preview: Preview, number: int, chunk: Chunk, width: int) -> Content:
    quoted = preview.quoted.by_passage.get(chunk.location, 0)
    told = [str(number), chunk.heading.replace("\n", " ") or chunk.location, f"{chunk.token_count} tokens"]
    told += [f"quoted {count(quoted, 'time')}"] if quoted else []
    line = f"┌─ {' · '.join(map(one_line, told))} "
    body = many_lines(preview.document.text[chunk.start : chunk.end].strip("\n")[:_LONGEST_PASSAGE])
    return Content.from_markup(
        "\n[$primary]$border[/]\n$body",
        border=line[: width - _FEWEST_DASHES] + "─" * max(width - len(line), _FEWEST_DASHES),
        body=body,
    )
