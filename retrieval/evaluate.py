"""How good are the answers? Runs the product over labelled questions, and opens the labels last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.engine import Engine
from retrieval.evaluation.answers import answer_figures, quoted
from retrieval.evaluation.data import Grades, Line, read_grades, read_lines, write_lines
from retrieval.evaluation.refusal import Promise, refusal_figures
from retrieval.evaluation.workplace import Progress, ingest_corpus, throw_away
from retrieval.fitting import metrics
from retrieval.gate import kept_thresholds
from retrieval.settings import RetrievalSettings
from retrieval.types import Answer, Candidate, Question
from storage.records import DEFAULT_SPACE

RANKED = 100
"""Documents written down for each query."""


def evaluate_retrieval(
    folder: Path, settings: RetrievalSettings, run: Path | None, on_progress: Progress = lambda *_: None
) -> dict[str, Any]:
    """Ingests ``corpus.jsonl``, answers ``queries.jsonl``, writes ``run``, then scores by ``qrels.tsv`` if there.

    Where there is an ``answers.jsonl``, what was quoted is scored as well.
    """
    queries = list(read_lines(folder / "queries.jsonl", "id", "text"))
    with throw_away(settings) as engine:
        ingest_corpus(engine, folder, on_progress)
        answers = []
        for done, query in enumerate(queries, start=1):
            answers.append(engine.answers.answer(Question(query["text"]), most=None))
            on_progress("asking", done, len(queries))
        grades = read_grades(folder / "qrels.tsv")
        refusal = {"refusal": _refusal(engine, queries, answers, grades)} if grades else {}
    lines = [_retrieval_line(query["id"], answer) for query, answer in zip(queries, answers, strict=True)]
    if run:
        write_lines(run, lines)
    milliseconds = [line["ms"] for line in lines]
    speed = {"p50": float(np.quantile(milliseconds, 0.5)), "p95": float(np.quantile(milliseconds, 0.95))}
    figures = _retrieval_figures(lines, answers, grades) | refusal if grades else {}
    by_query = {line["query"]: answer for line, answer in zip(lines, answers, strict=True)}
    figures |= answer_figures(folder / "answers.jsonl", by_query)
    return {"queries": len(lines), **figures, "ms_per_query": speed}


def _retrieval_line(query: str, answer: Answer) -> Line:
    return {
        "query": query,
        "ranked": [[document, round(score, 6)] for document, score in _ranked(answer.candidates)],
        "decision": answer.decision,
        "confidence": round(answer.confidence, 6),
        "answer": quoted(answer),
        "ms": round(sum(answer.milliseconds.values()), 3),
    }


def _ranked(
    candidates: Sequence[Candidate], score: Callable[[Candidate], float] = lambda c: c.final
) -> list[tuple[str, float]]:
    """Documents by their best passage."""
    best: dict[str, float] = {}
    for candidate in sorted(candidates, key=lambda c: (-score(c), c.chunk.id)):
        best.setdefault(candidate.chunk.document_location, score(candidate))
    return list(best.items())[:RANKED]


def _retrieval_figures(lines: Sequence[Line], answers: Sequence[Answer], grades: Grades) -> dict[str, Any]:
    judged = [(line, answer) for line, answer in zip(lines, answers, strict=True) if grades.get(line["query"])]
    final = [([document for document, _ in line["ranked"]], grades[line["query"]]) for line, _ in judged]
    correct = [metrics.hit(ranked, relevant, 1) for ranked, relevant in final]
    confidence = [line["confidence"] for line, _ in judged]

    def stage(score: Callable[[Candidate], float]) -> float:
        rankings = ([d for d, _ in _ranked(answer.candidates, score)] for _, answer in judged)
        return _mean(metrics.ndcg(r, grades[line["query"]]) for r, (line, _) in zip(rankings, judged, strict=True))

    return {
        "ndcg@10": _mean(metrics.ndcg(*each) for each in final),
        "hit@1": _mean(correct),
        "hit@5": _mean(metrics.hit(*each, 5) for each in final),
        "recall@10": _mean(metrics.recall(*each) for each in final),
        "mrr@10": _mean(metrics.reciprocal_rank(*each) for each in final),
        "stages": {
            "vector": stage(lambda c: c.vector),
            "lexical": stage(lambda c: c.lexical),
            "fused": stage(lambda c: c.fused),
            "final": _mean(metrics.ndcg(*each) for each in final),
        },
        "brier": metrics.brier(confidence, correct),
        "ece": metrics.expected_calibration_error(confidence, correct),
        "confidence_auroc": metrics.auroc(confidence, correct),
        "answered": _answered(judged, grades),
    }


def _answered(judged: Sequence[tuple[Line, Answer]], grades: Grades) -> dict[str, float | None]:
    """What was answered: the share of the questions, sources an answer, and the shares of first and all relevant."""
    given = [(answer, grades[line["query"]]) for line, answer in judged if answer.decision == "answer"]
    cited = [[grade.get(each.chunk.document_location, 0) > 0 for each in a.sources] for a, grade in given if a.sources]
    return {
        "share": len(given) / len(judged),
        "sources": _mean(map(len, cited)) if cited else None,
        "first_relevant": _mean(each[0] for each in cited) if cited else None,
        "sources_relevant": _mean(relevant for each in cited for relevant in each) if cited else None,
    }


def _refusal(engine: Engine, queries: Sequence[Line], answers: Sequence[Answer], grades: Grades) -> dict[str, Any]:
    """See ``refusal_figures``; every second question has its documents withheld."""
    judged = [(query, answer) for query, answer in zip(queries, answers, strict=True) if grades.get(query["id"])]
    promises = []
    for place, (query, answer) in enumerate(judged):
        relevant, found = grades[query["id"]].keys(), answer.candidates
        if place % 2:
            left = [each for each in found if each.chunk.document_location not in relevant]
            promises.append(Promise(round(engine.answers.confidence(answer.question, left), 6), True, right=False))
        else:
            right = bool(found) and found[0].chunk.document_location in relevant
            promises.append(Promise(round(answer.confidence, 6), False, right))
    return refusal_figures(promises, kept_thresholds(engine.stores, DEFAULT_SPACE).answer)


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))
