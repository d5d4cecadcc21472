"""A first ingest against a refresh that finds nothing changed, and what a space takes on the disk."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness import ROUNDS, Row, compared, seconds
from benchmarks.workload import Folder
from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from tests.command_line import EXAMPLE


def rows(folder: Folder) -> list[Row]:
    """Each round ingests into a new data folder, with the model that is compiled already."""
    pairs = [_round(folder) for _ in range(ROUNDS)]
    first, again = ([pair[place] for pair in pairs] for place in (0, 1))
    return [
        compared("a refresh that finds nothing changed", "the first ingest", (again, first), "s", 50.0),
        _bytes(folder),
    ]


def _round(folder: Folder) -> tuple[float, float]:
    """Seconds of the first ingest and of the refresh."""
    with TemporaryDirectory() as name:
        docs = Path(shutil.copytree(EXAMPLE, Path(name) / "docs"))
        with Engine(Path(name) / "data", RetrievalSettings(models=folder.models)) as engine:
            first = seconds(lambda: engine.library.ingest(docs, "default"))
            return first, seconds(lambda: engine.refresher.refresh("default"))


def _bytes(folder: Folder) -> Row:
    with folder.engine() as engine:
        space = engine.spaces.active("default")
        vectors = engine.stores.vectors.ids(space.generation.id)
        bare = len(vectors) * space.generation.dimensions * 4 + sum(
            len(chunk.text.encode()) for chunk in engine.stores.chunks.of_space(space.generation)
        )
    kept = sum(path.stat().st_size for path in folder.data_dir.glob("knowbot.db*"))
    kept += sum(path.stat().st_size for path in (folder.data_dir / "index").glob("*"))
    return Row.of_sizes("bytes on disk, the example", "its texts and float32 vectors alone", (kept, bare))
