"""Dry runs: the write path up to the point where something would be encoded or stored."""

from __future__ import annotations

import time
from dataclasses import dataclass

from retrieval.costs.metering import Meter
from retrieval.fitting.fit import kept_fit
from retrieval.ingest import Ingest
from retrieval.migrate import as_extracted
from retrieval.planning.estimate import Estimate, Workload, estimated
from retrieval.space import OpenSpace, Spaces, chunker_for
from storage.stores import Stores


@dataclass(frozen=True)
class ReindexPlan:
    """What a reindex would do: chunks and tokens of the whole space as the encoder would see them."""

    chunks: int
    tokens: int
    dimensions: int
    estimate: Estimate


def estimate_ingest(stores: Stores, meter: Meter, run: Ingest, seconds: float) -> list[Estimate]:
    """For every generation that a planned ingest would write into; planning took ``seconds``.

    Reading and cutting are done once for all of them, so they stand in the first estimate.
    """
    others = [seconds, *[0.0] * len(run.targets)]
    return [
        estimated(meter, workload, *_corpus_after(stores, target, run.report.chunks), other)
        for target, workload, other in zip(run.targets, run.workloads, others, strict=False)
    ]


def plan_reindex(
    stores: Stores, spaces: Spaces, space: str, encoder: str | None, dimensions: int | None
) -> ReindexPlan:
    """What a reindex would do; None keeps the present encoder, or all dimensions. Nothing is stored."""
    embedder = spaces.embedder(encoder or str(spaces.present(space).encoder["name"]), dimensions)
    started = time.perf_counter()
    workload, chunker = Workload(embedder), chunker_for(embedder)
    chunks = tokens = 0
    for document in stores.documents.without_chunks(space, 0):  # of no chunking, so of every document
        drafts = chunker.chunks(as_extracted(document), document.location)
        workload.add(drafts)
        chunks += len(drafts)
        tokens += sum(draft.token_count for draft in drafts)
    changes = embedder.fingerprint.digest != spaces.present(space).fingerprint
    estimate = estimated(spaces.meter, workload, chunks, changes, time.perf_counter() - started)
    return ReindexPlan(chunks, tokens, embedder.dimensions, estimate)


def _corpus_after(stores: Stores, target: OpenSpace, new_chunks: int) -> tuple[int, bool]:
    """The passages there will be, and whether they are fitted to anew."""
    generation = target.generation
    passages = stores.generations.counts(generation.id).chunks + new_chunks
    fit = kept_fit(stores, generation)
    return passages, generation.state == "active" and not fit.serves(generation.id, passages)
