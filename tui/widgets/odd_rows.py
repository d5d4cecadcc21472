"""What says the same and what is unlike all else, as lines of a table."""

from __future__ import annotations

from collections.abc import Iterator

from tui.data.shelf import Oddities
from tui.times import short_time
from tui.widgets.live_table import Column, Row
from tui.words import count, one_line, share

ODD_COLUMNS = (Column("what", 14), Column("document or passage"), Column("like", 5, "right"))

_BRANCH = "│ "


def odd_rows(found: Oddities) -> list[Row]:
    """Each group of doubles with its places below it, then the strangers with what is nearest to them."""
    return [*_doubles(found), *_strangers(found)]


def location_of(key: str | None) -> str:
    """The document that a line stands for; "" for the head of a group."""
    return (key or "").partition(" ")[2].partition("#")[0] if (key or "").startswith("at") else ""


def odd_title(found: Oddities) -> str:
    """How many there are of each kind, and when that was found."""
    doubles, strangers = len(found.duplicates), len(found.outliers)
    looked = short_time(found.made_at, found.now)
    return f"{count(doubles, 'double')}, {count(strangers, 'stranger')}, looked at {looked}"


def _doubles(found: Oddities) -> Iterator[Row]:
    for number, group in enumerate(found.duplicates):
        kind = "≡ same document" if group.whole else "≈ same passage"
        head = f"{kind}, {len(group.places)} times"
        yield Row(f"group {number}", (kind, head, share(group.resemblance, 1.0)), "bold")
        for place in group.places:
            name = f"{_BRANCH}{place.location}  {one_line(place.title)}"
            yield Row(f"at{number} {place.location}", ("", name, ""))


def _strangers(found: Oddities) -> Iterator[Row]:
    for each in found.outliers:
        name = f"{each.location}  {one_line(each.title)}, nearest to {each.nearest}"
        yield Row(f"at-stranger {each.location}", ("◇ stranger", name, f"{each.similarity:.2f}"))
