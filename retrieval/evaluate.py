"""How good are the answers? Runs the product over labelled questions, and opens the labels last."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.calibrate import Logistic, confidence_features
from retrieval.evaluation.answers import answer_figures, quoted
from retrieval.evaluation.data import Grades, Line, read_grades, read_lines, write_lines
from retrieval.evaluation.workplace import Progress, ingest_corpus, throw_away
from retrieval.fitting import metrics
from retrieval.fitting.fit import kept_fit
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
        confidence = kept_fit(engine.stores, engine.spaces.present(DEFAULT_SPACE)).confidence
    lines = [_retrieval_line(query["id"], answer) for query, answer in zip(queries, answers, strict=True)]
    if run:
        write_lines(run, lines)
    milliseconds = [line["ms"] for line in lines]
    speed = {"p50": float(np.quantile(milliseconds, 0.5)), "p95": float(np.quantile(milliseconds, 0.95))}
    grades = read_grades(folder / "qrels.tsv")
    figures = _retrieval_figures(lines, answers, grades) if grades else {}
    if grades:
        figures["refusal"] = _refusal(lines, answers, grades, confidence)
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


def _refusal(
    lines: Sequence[Line], answers: Sequence[Answer], grades: Grades, confidence: Logistic
) -> dict[str, float | None]:
    """How well low confidence tells questions whose documents were withheld, every second one, from the others."""
    judged = [(line, answer) for line, answer in zip(lines, answers, strict=True) if grades.get(line["query"])]
    promised = [line["confidence"] for line, _ in judged[::2]]
    for line, answer in judged[1::2]:
        relevant = {document for document, grade in grades[line["query"]].items() if grade > 0}
        left = [c for c in answer.candidates if c.chunk.document_location not in relevant]
        promised.append(round(confidence.probability(confidence_features(left)), 6))
    withheld = [False] * len(judged[::2]) + [True] * len(judged[1::2])
    doubt = [-each for each in promised]
    return {
        "auroc": metrics.auroc(doubt, withheld),
        "recall_at_precision_80": metrics.recall_at_precision(doubt, withheld, 0.8),
    }


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))
