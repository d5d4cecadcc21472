"""Tables of questions and answers: every whole row is a document, every broken one is named."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from retrieval.sources.tables import BrokenRowError, NotATableError, Row, rows_of
from retrieval.types import Question

SPACE = "default"
FAQ = "question,answer\nHow do I reset?,Press the key.\nWhere is it?,\nWhy?,Because.\n"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing"), clock=lambda: 1_000.0) as engine:
        yield engine


def rows(tmp_path: Path, name: str, text: str) -> list[Row]:
    (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    return rows_of(tmp_path / name)


def whole(found: list[Row]) -> list[tuple[str, str, str]]:
    return [(row.location, row.question, row.answer) for row in found if not row.problem]


def test_rows_are_numbered_and_a_broken_one_is_named_and_passed_over(tmp_path: Path) -> None:
    found = rows(tmp_path, "faq.csv", FAQ)
    assert whole(found) == [
        ("faq.csv#row-1", "How do I reset?", "Press the key."),
        ("faq.csv#row-3", "Why?", "Because."),
    ]
    with pytest.raises(BrokenRowError, match="row 2 has no answer"):
        found[1].read()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("faq.csv", "ID;Title;Text\nreset;How?;So.\n"),
        ("faq.tsv", "id\tQ\tA\nreset\tHow?\tSo.\n"),
        ("faq.csv", "\ufeffKey,Question ,Answer-s\r\nreset,How?,So.\r\n"),
        ("faq.json", '[{"id": "reset", "question": "How?", "answer": "So."}]'),
        ("faq.json", '{"faq": [{"slug": "reset", "prompt": "How?", "response": "So."}], "version": 2}'),
        ("faq.jsonl", '{"id": "reset", "title": "How?", "body": "So."}\n'),
    ],
)
def test_columns_are_known_by_the_names_that_people_give_them(tmp_path: Path, name: str, text: str) -> None:
    assert whole(rows(tmp_path, name, text)) == [(f"{name}#reset", "How?", "So.")]


def test_an_object_of_questions_and_answers_is_a_table(tmp_path: Path) -> None:
    assert whole(rows(tmp_path, "faq.json", '{"How?": "So.", "Why?": "Because."}')) == [
        ("faq.json#row-1", "How?", "So."),
        ("faq.json#row-2", "Why?", "Because."),
    ]


def test_cells_hold_delimiters_quotes_and_lines(tmp_path: Path) -> None:
    found = rows(tmp_path, "faq.csv", 'question,answer\n"Why, ""really""?","One\n\n- two"\n')
    assert whole(found) == [("faq.csv#row-1", 'Why, "really"?', "One\n\n- two")]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("faq.csv", "question,answer\na,b\na,b,c\n", "3 cells and the header 2"),
        ("faq.jsonl", '{"q": "a", "a": "b"}\n{"q": \n', "no whole JSON"),
        ("faq.jsonl", '{"q": "a", "a": "b"}\n[1]\n', "no object"),
        ("faq.jsonl", '{"q": "a", "a": "b", "id": 7}\n{"q": "c", "a": "d", "id": 7}\n', "id of a row before"),
        ("faq.json", '[{"q": "a", "a": "b"}, {"q": {"x": 1}, "a": "b"}]', "no question"),
    ],
)
def test_a_broken_row_costs_no_other(tmp_path: Path, name: str, text: str, problem: str) -> None:
    good, broken = rows(tmp_path, name, text)
    assert not good.problem
    assert problem in broken.problem


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "name,age\nTom,3\n"),
        ("a.csv", ""),
        ("a.json", "{"),
        ("a.json", "[1, 2]"),
        ("package.json", '{"name": "x"}'),
    ],
)
def test_what_is_no_table_of_questions_is_refused_by_name(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(NotATableError, match=name):
        rows(tmp_path, name, text)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(*[st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1)] * 2),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(["csv", "jsonl", "json"]),
)
def test_every_row_is_a_document_or_named_whatever_it_holds(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]], kind: str
) -> None:
    records = [{"question": question, "answer": answer} for question, answer in pairs]
    text = {
        "csv": lambda: _as_csv(pairs),
        "jsonl": lambda: "".join(json.dumps(record) + "\n" for record in records),
        "json": lambda: json.dumps(records),
    }[kind]()
    try:
        found = rows(tmp_path_factory.mktemp("t"), f"faq.{kind}", text)
    except NotATableError:
        assert not any(question.strip() and answer.strip() for question, answer in pairs) or kind == "csv"
        return
    assert len(found) <= len(pairs)
    assert len({row.location for row in found}) == len(found)
    for row in found:
        if not row.problem:
            extracted = row.extract(row.read())
            assert extracted.title
            assert extracted.text


def _as_csv(pairs: list[tuple[str, str]]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows([("question", "answer"), *pairs])
    return written.getvalue()


def test_a_table_is_ingested_remembered_and_refreshed(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text(FAQ, encoding="utf-8")
    report = engine.library.ingest(path, SPACE)
    assert report.new == ["faq.csv#row-1", "faq.csv#row-3"]
    assert [each.location for each in report.skipped] == ["faq.csv#row-2"]
    answer = engine.answers.answer(Question("how do i reset"))
    assert answer.sources[0].location == "faq.csv#row-1"
    path.write_text(FAQ.replace("Press the key", "Hold the key").replace("Why?,Because.\n", ""), encoding="utf-8")
    (source,) = engine.library.sources(SPACE)
    report = engine.library.refresh(source)
    assert (source.kind, report.changed, report.gone) == ("table", ["faq.csv#row-1"], ["faq.csv#row-3"])


def test_a_row_that_breaks_keeps_what_was_stored_of_it(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "faq.csv"
    path.write_text(FAQ, encoding="utf-8")
    engine.library.ingest(path, SPACE)
    path.write_text(FAQ.replace("Because.", ""), encoding="utf-8")
    report = engine.library.ingest(path, SPACE)
    assert report.gone == []
    assert engine.stores.documents.get(SPACE, "faq.csv#row-3") is not None


def test_a_link_stands_below_the_answer_and_a_title_is_composed(tmp_path: Path) -> None:
    record = {"question": "Cafe\u0301?", "answer": "Yes.", "url": "https://example.org/cafe"}
    (row,) = rows(tmp_path, "faq.jsonl", json.dumps(record) + "\n")
    extracted = row.extract(row.read())
    assert (extracted.title, extracted.text) == ("Café?", "Yes.\n\nhttps://example.org/cafe")


def test_tables_in_a_folder_are_named_with_what_to_do(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "faq.csv").write_text(FAQ, encoding="utf-8")
    (tmp_path / "docs" / "a.md").write_text("# A\n\nText.", encoding="utf-8")
    (skipped,) = engine.library.ingest(tmp_path / "docs", SPACE).skipped
    assert "ingest the file by itself" in skipped.reason
