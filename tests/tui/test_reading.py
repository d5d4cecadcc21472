"""What a screen asks of the database when it opens: no statement looks at every question, passage or call."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from storage.asked import QuestionFilter
from storage.records import DEFAULT_SPACE
from tests.tui.building import NOW, open_engine
from tui.admin_data import AdminData
from tui.data.shelf import Wanted

LARGE = ("interaction", "citation", "vote", "flag", "chunk", "document", "ledger", "chunk_fts")
"""Tables that grow with traffic or with documents."""

COUNTED = re.compile(r"SELECT \(SELECT count\(\*\) FROM generation JOIN chunk")
"""How complete an index is has to be counted; it is counted once between two changes of the index."""

_SCAN = re.compile(rf"SCAN ({'|'.join(LARGE)})\b(?! USING COVERING INDEX document_)")
"""Documents are counted by an index that has no text in it."""

VIEWS: dict[str, Callable[[AdminData], Awaitable[object]]] = {
    "overview": lambda data: data.overview.view(),
    "knowledge": lambda data: data.shelf.view(Wanted(lone=True)),
    "questions": lambda data: data.questions.page(QuestionFilter(DEFAULT_SPACE), None),
    "thresholds": lambda data: data.thresholds.view("all"),
    "flags": lambda data: data.conversations.flags(True),
    "costs": lambda data: data.costs.view(30),
    "tokens": lambda data: data.tokens.encodings(),
    "index": lambda data: data.index.view(),
    "jobs": lambda data: data.jobs.work(),
    "map": lambda data: data.exploring.view(),
}


def statements_of(data_dir: Path, name: str) -> list[tuple[str, list[str]]]:
    """Every statement that reads for a screen the second time, and its plan."""
    seen: list[str] = []

    async def opened() -> list[tuple[str, list[str]]]:
        data = AdminData(lambda: open_engine(data_dir), DEFAULT_SPACE, lambda: NOW)
        for thread in (data._threads.reading, data._threads.looking):
            await thread.run(lambda engine: engine.stores.db.conn.set_trace_callback(seen.append))
        await VIEWS[name](data)
        reads = [each for each in seen if each.lstrip().startswith(("SELECT", "WITH"))]
        plans = await data._threads.acting.run(
            lambda engine: [
                (each, [row[3] for row in engine.stores.db.rows(f"EXPLAIN QUERY PLAN {each}")]) for each in reads
            ]
        )
        await data.close()
        return plans

    return asyncio.run(opened())


@pytest.mark.parametrize("name", VIEWS)
def test_a_screen_opens_without_looking_at_every_row(data_dir: Path, name: str) -> None:
    statements = statements_of(data_dir, name)
    assert statements
    for statement, plan in statements:
        scans = [step for step in plan if _SCAN.search(step)]
        assert not scans or COUNTED.search(statement), (statement, plan)


def test_what_has_to_be_counted_is_not_counted_again_until_it_changes(data_dir: Path) -> None:
    with open_engine(data_dir) as engine:
        generation = engine.spaces.present(DEFAULT_SPACE)
        engine.stores.generations.counts(generation.id, anew=False)
        seen: list[str] = []
        engine.stores.db.conn.set_trace_callback(seen.append)
        engine.stores.generations.counts(generation.id, anew=False)
        assert not [statement for statement in seen if COUNTED.search(statement.strip())]


def test_a_scan_of_a_large_table_would_be_noticed(data_dir: Path) -> None:
    with open_engine(data_dir) as engine:
        plan = engine.stores.db.rows("EXPLAIN QUERY PLAN SELECT count(*) FROM interaction WHERE answer LIKE '%x%'")
        assert _SCAN.search(plan[0][3])
