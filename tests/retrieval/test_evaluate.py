"""The evaluation writes what the product did before it opens a label, and does the same thing twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from retrieval.evaluate import evaluate_retrieval
from retrieval.evaluation.data import EvaluationDataError
from retrieval.evaluation.offtopic import evaluate_offtopic
from retrieval.settings import RetrievalSettings

QUICK = RetrievalSettings(encoder="hashing")
TOPICS = {"bread": "flour yeast oven dough", "boats": "sail rudder harbour tide", "bikes": "chain pedal tyre brake"}


def write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three documents, a question to each, and messages about them and about something else."""
    folder = tmp_path / "set"
    folder.mkdir()
    write(folder / "corpus.jsonl", [{"id": k, "title": k, "text": f"All about {v}."} for k, v in TOPICS.items()])
    write(folder / "queries.jsonl", [{"id": f"q-{k}", "text": v.split()[1]} for k, v in TOPICS.items()])
    (folder / "qrels.tsv").write_text("".join(f"q-{k}\t{k}\t1\n" for k in TOPICS), encoding="utf-8")
    on_topic = [f"{a} {b}" for words in TOPICS.values() for a in words.split() for b in words.split() if a != b]
    write(folder / "train.jsonl", [{"text": text} for text in on_topic])
    messages = [("the yeast in my dough", "in"), ("quarterly tax return", "out"), ("brake and pedal", "in")]
    write(folder / "offtopic.jsonl", [{"text": text, "label": label} for text, label in messages])
    return folder


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_retrieval_figures_are_those_of_the_run(folder: Path, tmp_path: Path) -> None:
    figures = evaluate_retrieval(folder, QUICK, tmp_path / "run.jsonl")
    assert figures["queries"] == 3
    assert figures["ndcg@10"] == figures["hit@1"] == figures["mrr@10"] == 1.0
    assert set(figures["stages"]) == {"vector", "lexical", "fused", "final"}
    assert set(figures["ms_per_query"]) == {"p50", "p95"}
    assert set(figures["refusal"]) == {"auroc", "recall_at_precision_80", "would_be_wrong"}
    answered, decisions = figures["answered"], [line["decision"] for line in lines_of(tmp_path / "run.jsonl")]
    assert answered["share"] == decisions.count("answer") / 3 > 0
    assert answered["first_relevant"] == 1.0
    # Each question has one relevant document.
    assert answered["sources_relevant"] == pytest.approx(1 / answered["sources"])
    for line in lines_of(tmp_path / "run.jsonl"):
        assert set(line) == {"query", "ranked", "decision", "confidence", "answer", "ms"}
        assert f"q-{line['ranked'][0][0]}" == line["query"]


def test_without_labels_the_run_is_written_and_the_figures_are_left_out(folder: Path, tmp_path: Path) -> None:
    (folder / "qrels.tsv").unlink()
    figures = evaluate_retrieval(folder, QUICK, tmp_path / "run.jsonl")
    assert set(figures) == {"queries", "ms_per_query"}
    assert len(lines_of(tmp_path / "run.jsonl")) == 3
    write(folder / "offtopic.jsonl", [{"text": "the yeast in my dough"}])
    assert set(evaluate_offtopic(folder, QUICK, tmp_path / "off.jsonl")) == {"n", "threshold"}


def test_what_was_quoted_is_scored_where_there_are_reference_answers(folder: Path, tmp_path: Path) -> None:
    write(folder / "answers.jsonl", [{"id": f"q-{k}", "answer": f"all, about {v}"} for k, v in TOPICS.items()])
    figures = evaluate_retrieval(folder, QUICK, tmp_path / "run.jsonl")
    assert figures["answer_f1"] == figures["answer_f1_lead"] == 1.0
    assert [line["answer"] for line in lines_of(tmp_path / "run.jsonl")] == [f"All about {v}." for v in TOPICS.values()]


def test_two_runs_agree_but_for_the_stopwatch(folder: Path, tmp_path: Path) -> None:
    runs = []
    for name in ("first", "second"):
        evaluate_retrieval(folder, QUICK, tmp_path / name)
        runs.append([{**line, "ms": None} for line in lines_of(tmp_path / name)])
        evaluate_offtopic(folder, QUICK, tmp_path / f"{name}.off")
    assert runs[0] == runs[1]
    assert (tmp_path / "first.off").read_bytes() == (tmp_path / "second.off").read_bytes()


def test_off_topic_messages_are_told_apart_by_their_references(folder: Path, tmp_path: Path) -> None:
    figures = evaluate_offtopic(folder, QUICK, tmp_path / "run.jsonl")
    assert figures["auroc"] == 1.0
    assert {"aupr", "missed_at_5pct_false_flags", "false_flag_rate", "off_topic_recall", "baseline_auroc"} <= set(
        figures
    )
    assert figures["baseline_below_0.35"] == {"false_flag_rate": 0.0, "recall": 1.0}
    run = lines_of(tmp_path / "run.jsonl")
    assert [set(line) for line in run] == [{"line", "score", "flagged"}] * 3
    assert run[1]["score"] > max(run[0]["score"], run[2]["score"])
    assert [line["flagged"] for line in run] == [line["score"] >= figures["threshold"] for line in run]


def test_verdicts_given_before_take_part_in_the_judgement(folder: Path, tmp_path: Path) -> None:
    write(tmp_path / "taught.jsonl", [{"text": "yeast infection", "label": "out"}])
    evaluate_offtopic(folder, QUICK, tmp_path / "before")
    evaluate_offtopic(folder, QUICK, tmp_path / "after", tmp_path / "taught.jsonl")
    assert lines_of(tmp_path / "after")[0]["score"] != lines_of(tmp_path / "before")[0]["score"]


def test_a_line_that_is_wrong_is_named(folder: Path) -> None:
    with (folder / "queries.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "q-4"}\n')
    with pytest.raises(EvaluationDataError, match=r"queries\.jsonl line 4 has no 'text'"):
        evaluate_retrieval(folder, QUICK, None)
