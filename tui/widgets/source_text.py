"""Sources and what is out of date, as lines of a table."""

from __future__ import annotations

from storage.records import Source
from tui.data.overview import Inspection, Overview
from tui.times import short_time
from tui.widgets.live_table import Column, Row
from tui.words import count, short_places

SOURCE_COLUMNS = (Column("source"), Column("looked at", 9), Column("how it is"))


def sources_title(view: Overview, inspection: Inspection | None) -> str:
    """How much there is, and how much of it is out of date."""
    if not view.sources:
        return "Sources"
    stale = f", {len(inspection.stale):,} out of date" if inspection and inspection.stale else ""
    return f"Sources: {count(view.counts.documents, 'document')}{stale}"


def source_rows(view: Overview, inspection: Inspection | None) -> list[Row]:
    """Every source, then every document that is out of date, and why."""
    names = short_places(source.location for source in view.sources)
    rows = [
        Row(
            f"source {source.id}",
            (names[source.location], short_time(source.refreshed_at, view.now), _state(source, inspection)),
        )
        for source in view.sources
    ]
    stale = {
        location: why for location, why in (inspection.stale if inspection else {}).items() if location not in names
    }
    return rows + [Row(f"stale {location}", (f"· {location}", "", f"! {why}")) for location, why in stale.items()]


def _state(source: Source, inspection: Inspection | None) -> str:
    if inspection is None:
        return "… being looked at"
    if unreadable := inspection.stale.get(source.location):
        return f"✗ {unreadable}"
    behind = inspection.behind.get(source.id, 0)
    if not behind:
        return "✓ up to date"
    return f"! {count(behind, 'document is', 'documents are')} out of date: press 2, then r, to refresh"
