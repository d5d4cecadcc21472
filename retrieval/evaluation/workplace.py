"""What both evaluations stand on: the product itself, over a data folder that goes when the evaluation ends."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from retrieval.embed import load_model
from retrieval.engine import Engine
from retrieval.evaluation.data import read_corpus
from retrieval.settings import RetrievalSettings
from storage.records import DEFAULT_SPACE

Progress = Callable[[str, int, int], None]
"""Told what is going on, how much of it is done, and how much there is."""


@contextmanager
def throw_away(settings: RetrievalSettings) -> Iterator[Engine]:
    """An engine over a folder that goes when the block ends; always exact, so that two runs agree."""
    exact = replace(settings, exact_up_to=10**9)
    with tempfile.TemporaryDirectory(prefix="knowbot-evaluate-") as folder, Engine(Path(folder), exact) as engine:
        # At once: what a model that becomes worth its loading half-way encodes is different by a hair from then on.
        load_model(engine.spaces.embedder(settings.encoder).encoder, engine.meter, "document", many=True)
        yield engine


def ingest_corpus(engine: Engine, folder: Path, on_progress: Progress) -> None:
    """Ingests ``corpus.jsonl`` the way a folder is ingested, and lets the product fit itself to it."""
    documents = read_corpus(folder)
    count = iter(range(1, len(documents) + 1))
    engine.library.ingest_documents(
        DEFAULT_SPACE, "corpus.jsonl", documents, lambda _: on_progress("ingesting", next(count), len(documents))
    )
