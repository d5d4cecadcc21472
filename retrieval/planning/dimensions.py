"""What fewer dimensions and fewer bits cost in quality and save in room: measured on what is stored.

Vectors are cut to their first components and normalised again (Matryoshka representations: Kusupati et al. 2022), so
nothing but the questions is encoded for it. The questions are the corpus's own (``fitting/pseudo_questions.py``);
``benchmarks/smaller_vectors.py`` asks those that people had.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from retrieval.embed import Purpose, normalised
from retrieval.fitting.metrics import ndcg, recall
from retrieval.fitting.pseudo_questions import pseudo_questions
from retrieval.space import OpenSpace
from storage.errors import KnowbotError
from storage.index.exact_search import BYTES, Precision, nearest_rows, quantised
from storage.records import Matrix
from storage.stores import Stores

DEPTH = 10
_ROWS_READ = 100
"""Vectors that are looked at for ten documents: a document may have several."""


class NothingToCompareError(KnowbotError):
    """There are no vectors, or no questions to ask them."""


@dataclass(frozen=True)
class SizeReport:
    """One size at one precision. ``milliseconds`` are the median of one exact search on one core.

    ``recall`` and ``ndcg`` are at ten, over documents, by vectors alone; ``kept`` is the share of the first ten
    documents of the full size that are still among the first ten.
    """

    dimensions: int
    precision: Precision
    storage_bytes: int
    milliseconds: float
    recall: float
    ndcg: float
    kept: float


@dataclass(frozen=True)
class Trial:
    """The same questions for every size: their vectors, the grades of the documents that each wants by their ids, and
    whose each stored row is."""

    rows: Matrix
    owners: Sequence[str]
    questions: Matrix
    grades: Sequence[Mapping[str, int]]


def sizes_below(full: int, wanted: int | None) -> list[int]:
    """``full`` and its halves down to 32, with ``wanted`` among them; descending."""
    halves = [full >> step for step in range(full.bit_length()) if full >> step >= 32]
    return sorted({full, *halves, *([wanted] if wanted and wanted <= full else [])}, reverse=True)


def compare_sizes(stores: Stores, space: OpenSpace, sizes: Sequence[int]) -> list[SizeReport]:
    """Every size at every precision, the full one first; raises NothingToCompareError in an empty space."""
    asked = pseudo_questions(stores.chunks.of_space(space.generation))
    return reports(trial_of(stores, space, [(each.text, {str(each.document_id): 1}) for each in asked]), sizes)


def reports(trial: Trial, sizes: Sequence[int]) -> list[SizeReport]:
    """Every size at every precision, each beside the full one."""
    baseline, _ = _asked(trial, trial.rows.shape[1], "f32")
    return [_report(trial, size, precision, baseline) for size in sizes for precision in get_args(Precision)]


def trial_of(stores: Stores, space: OpenSpace, asked: Sequence[tuple[str, Mapping[str, int]]]) -> Trial:
    """What is stored of a space, and these questions with the grades of documents; raises NothingToCompareError."""
    generation = space.generation
    chunks = {chunk.id: chunk for chunk in stores.chunks.of_space(generation)}
    parts = list(stores.vectors.stored(generation.id))
    if not asked or not parts:
        raise NothingToCompareError(f"space '{generation.space}' has too few documents to be asked about: ingest some")
    ids = np.concatenate([ids for ids, _ in parts])
    chunk_of = stores.vectors.chunks_of(ids.tolist())
    owners = [
        str(chunks[chunk_of[number]].document_id) if chunk_of[number] in chunks else "" for number in ids.tolist()
    ]
    texts = [text for text, _ in asked]
    return Trial(
        rows=np.concatenate([rows for _, rows in parts]),
        owners=owners,
        questions=space.embedder.embed(texts, Purpose("compare", generation.space, "query")),
        grades=[grades for _, grades in asked],
    )


def _report(trial: Trial, size: int, precision: Precision, baseline: Sequence[Sequence[str]]) -> SizeReport:
    ranked, seconds = _asked(trial, size, precision)
    return SizeReport(
        dimensions=size,
        precision=precision,
        storage_bytes=len(trial.rows) * size * BYTES[precision],
        milliseconds=1000 * seconds,
        recall=_mean(recall(each, grades, DEPTH) for each, grades in zip(ranked, trial.grades, strict=True)),
        ndcg=_mean(ndcg(each, grades, DEPTH) for each, grades in zip(ranked, trial.grades, strict=True)),
        kept=_mean(len({*each} & {*full}) / len(full) for each, full in zip(ranked, baseline, strict=True)),
    )


def _asked(trial: Trial, size: int, precision: Precision) -> tuple[list[list[str]], float]:
    """The first ten documents for every question, and the median seconds of one search."""
    rows = quantised(normalised(trial.rows[:, :size]), precision)
    questions = quantised(normalised(trial.questions[:, :size]), precision)
    ranked: list[list[str]] = []
    seconds: list[float] = []
    for question in questions:
        started = time.perf_counter()
        places = nearest_rows(rows, question, _ROWS_READ, precision)
        seconds.append(time.perf_counter() - started)
        documents = dict.fromkeys(trial.owners[place] for place in places.tolist())
        ranked.append(list(documents)[:DEPTH])
    return ranked, statistics.median(seconds)


def _mean(values: Iterable[float]) -> float:
    return statistics.fmean(values)
