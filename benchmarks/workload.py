"""What the speed benchmarks run on: the example's documents and questions, and a data folder that they are in."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from retrieval.encoders.find_model import DEFAULT_MODEL, find_model
from retrieval.engine import Engine
from retrieval.settings import MODELS, RetrievalSettings
from retrieval.texts.sentences import units
from storage.records import Matrix
from tests.command_line import EXAMPLE, ROOT

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

QUESTIONS = [
    json.loads(line)["text"] for line in (ROOT / "examples" / "questions.jsonl").read_text("utf-8").splitlines()
]
_ASIDES = ("please tell me", "quick question", "sorry to ask", "does anybody know", "one more thing", "I wonder")


@dataclass(frozen=True)
class Folder:
    """A data folder with the example in it, and the compiled model."""

    data_dir: Path

    @property
    def models(self) -> Path:
        """Where the compiled model is."""
        return self.data_dir / MODELS

    def engine(self, patient: bool = False) -> Engine:
        """As the bot opens it."""
        return Engine(self.data_dir, RetrievalSettings(patient=patient))


@contextmanager
def ingested() -> Iterator[Folder]:
    """The example, ingested into a folder that goes in the end."""
    with TemporaryDirectory(prefix="knowbot-bench-") as name:
        folder = Folder(Path(name) / "data")
        with folder.engine(patient=True) as engine:
            engine.library.ingest(EXAMPLE, "default")
        yield folder


def short_lines(count: int) -> list[str]:
    """Distinct lines as members write them."""
    return [f"{_ASIDES[n % len(_ASIDES)]}, number {n}: {QUESTIONS[n % len(QUESTIONS)]}" for n in range(count)]


def mixed_documents(count: int) -> list[str]:
    """Stretches of the example, from a line to a page, all within the encoder's context."""
    chooser = random.Random(0)
    pages = [path.read_text("utf-8") for path in sorted(EXAMPLE.rglob("*.md"))]
    texts = []
    for number in range(count):
        page = pages[number % len(pages)]
        start = chooser.randrange(max(1, len(page) - 600))
        texts.append(f"{number} {page[start : start + chooser.choice((80, 250, 450, 600))]}")
    return texts


def like_passages(count: int, seed: int) -> Matrix:
    """Unit vectors, shape (count, dimensions), that lie as those of real texts do.

    Each is a mixture of two sentences of the example, moved in the directions in which sentences differ, as far as they
    differ in them. Its nearest neighbour among 100,000 has a cosine of 0.67 to 0.84 (tenth and ninetieth percent).
    """
    sentences, random = _sentences(), np.random.default_rng(seed)
    directions = np.linalg.cholesky(np.cov(sentences.T) + 1e-6 * np.eye(sentences.shape[1]))
    one, other = sentences[random.integers(0, len(sentences), (2, count))]
    share = random.uniform(0.5, 1.0, (count, 1))
    rows = share * one + (1 - share) * other + 0.5 * random.normal(size=one.shape) @ directions.T
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@cache
def _sentences() -> Matrix:
    pages = [path.read_text("utf-8") for path in sorted(EXAMPLE.rglob("*.md"))]
    texts = [page[unit.start : unit.end][:600] for page in pages for unit in units(page)]
    return textbook_model().encode(list(dict.fromkeys(texts)), normalize_embeddings=True)


def textbook_model() -> SentenceTransformer:
    """sentence-transformers with its defaults."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - ten seconds

    return SentenceTransformer(str(find_model(DEFAULT_MODEL).path), device="cpu", local_files_only=True)


def textbook_search(matrix: Matrix, query: Matrix, count: int = 10) -> Sequence[int]:
    """NumPy's dot product over all rows, then argpartition."""
    similarities = matrix @ query
    best = np.argpartition(-similarities, count)[:count]
    return [int(place) for place in best[np.argsort(-similarities[best])]]
