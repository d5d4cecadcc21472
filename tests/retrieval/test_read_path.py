"""What an answer asks of the database: few statements, and none that looks at every row of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from retrieval.types import Asked, Question

MOST_STATEMENTS = 31
"""Of an answer, its record and the sentences that are read included; SQLite's own work inside a full-text index does
not count."""

_ANY_OF_A_LIST = re.compile(r"SCAN (wanted|json_each|readable|CONSTANT ROW|\d+ CONSTANT|chunk_fts|NULL)|VIRTUAL TABLE")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    pages = tmp_path / "pages"
    pages.mkdir()
    for number in range(40):
        text = f"# Lamp {number}\n\nLamp number {number} is switched on by its green button. It glows for an hour."
        (pages / f"{number}.md").write_text(text, encoding="utf-8")
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing:64")) as engine:
        engine.library.ingest(pages, "default")
        engine.answers.answer(Question("Which button switches lamp 3 on?"))
        yield engine


def statements_of_an_answer(engine: Engine) -> list[str]:
    seen: list[str] = []
    engine.stores.db.conn.set_trace_callback(seen.append)
    answer = engine.answers.answer(Question("How long does lamp 7 glow in the evening?"))
    engine.conversations.record(answer, Asked("ask"))
    engine.stores.db.conn.set_trace_callback(None)
    return [statement for statement in seen if not statement.startswith("--")]


def test_an_answer_takes_a_handful_of_statements(engine: Engine) -> None:
    statements = statements_of_an_answer(engine)
    assert len(statements) <= MOST_STATEMENTS, statements


def test_no_statement_of_an_answer_looks_at_every_row_of_a_table(engine: Engine) -> None:
    reads = [each for each in statements_of_an_answer(engine) if each.lstrip().startswith(("SELECT", "WITH"))]
    assert len(reads) > 5
    for statement in reads:
        plan = [row[3] for row in engine.stores.db.rows(f"EXPLAIN QUERY PLAN {statement}")]
        scans = [step for step in plan if "SCAN" in step and not _ANY_OF_A_LIST.search(step)]
        assert not scans, (statement, plan)
