"""How good is the off-topic judge? Runs it over labelled messages, and opens the labels last."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.engine import Engine
from retrieval.evaluation.data import EvaluationDataError, Line, read_lines, write_lines
from retrieval.evaluation.workplace import Progress, ingest_corpus, throw_away
from retrieval.fitting import metrics
from retrieval.settings import RetrievalSettings
from storage.records import DEFAULT_SPACE

_TEXTBOOK_THRESHOLD = 0.35
"""Of the cosine to the nearest reference, below which introductions call a message off topic."""


def evaluate_offtopic(
    folder: Path,
    settings: RetrievalSettings,
    run: Path | None,
    taught: Path | None = None,
    on_progress: Progress = lambda *_: None,
) -> dict[str, Any]:
    """Judges every text of ``offtopic.jsonl`` by the references beside it, writes ``run``, then reads the labels."""
    messages = [line["text"] for line in read_lines(folder / "offtopic.jsonl", "text")]
    with throw_away(settings) as engine:
        _learn_references(engine, folder, on_progress)
        if taught:
            examples = [(line["text"], line["label"]) for line in read_lines(taught, "text", "label")]
            engine.judge.teach(DEFAULT_SPACE, examples, "moderator")
        on_progress("judging", 0, len(messages))
        verdicts = engine.judge.verdicts(DEFAULT_SPACE, messages)
        threshold = engine.lab.thresholds(DEFAULT_SPACE).off_topic
        nearest = engine.judge.nearest(DEFAULT_SPACE, messages)
    lines = [
        {"line": number, "score": round(verdict.score, 6), "flagged": bool(verdict.score >= threshold)}
        for number, verdict in enumerate(verdicts)
    ]
    if run:
        write_lines(run, lines)
    labels = [line.get("label") for line in read_lines(folder / "offtopic.jsonl", "text")]
    return {"n": len(lines), "threshold": threshold, **_offtopic_figures(lines, labels, nearest)}


def _offtopic_figures(lines: Sequence[Line], labels: Sequence[str | None], nearest: Sequence[float]) -> dict[str, Any]:
    known = [i for i, label in enumerate(labels) if label in ("in", "out")]
    if not known:
        return {}
    out = np.array([labels[i] == "out" for i in known])
    scores = np.array([lines[i]["score"] for i in known])
    flagged = np.array([lines[i]["flagged"] for i in known])
    return {
        "auroc": metrics.auroc(scores, out),
        "aupr": metrics.average_precision(scores, out),
        "missed_at_5pct_false_flags": metrics.missed_at(scores, out, 0.05),
        "false_flag_rate": float(flagged[~out].mean()) if (~out).any() else None,
        "off_topic_recall": float(flagged[out].mean()) if out.any() else None,
        "baseline_auroc": metrics.auroc([-nearest[i] for i in known], out),
        f"baseline_below_{_TEXTBOOK_THRESHOLD}": _below(np.array([nearest[i] for i in known]), out),
    }


def _below(nearest: NDArray[np.float64], out: NDArray[np.bool_]) -> dict[str, float | None]:
    """What a fixed threshold would flag, of those that are on topic and of those that are not."""
    flagged = nearest < _TEXTBOOK_THRESHOLD
    return {
        "false_flag_rate": float(flagged[~out].mean()) if (~out).any() else None,
        "recall": float(flagged[out].mean()) if out.any() else None,
    }


def _learn_references(engine: Engine, folder: Path, on_progress: Progress) -> None:
    """Makes everything beside the messages known: on-topic messages, documents, or both."""
    train, corpus = folder / "train.jsonl", folder / "corpus.jsonl"
    if not train.exists() and not corpus.exists():
        raise EvaluationDataError(f"{folder} holds neither train.jsonl nor corpus.jsonl: add the on-topic references")
    if corpus.exists():
        ingest_corpus(engine, folder, on_progress)
    if train.exists():
        engine.judge.teach(DEFAULT_SPACE, [(line["text"], "in") for line in read_lines(train, "text")], "import")
