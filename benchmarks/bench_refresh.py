"""What a refresh takes that finds nothing changed, against the first ingest, in one process with the model loaded."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from retrieval.engine import Engine
from tests.command_line import EXAMPLE


def main() -> None:
    """Prints seconds, the ratio, and how many texts the refresh encoded."""
    with tempfile.TemporaryDirectory() as folder, Engine(Path(folder) / "data") as engine:
        docs = Path(shutil.copytree(EXAMPLE, Path(folder) / "docs"))
        small = Path(folder) / "warm.md"
        small.write_text("# Warm\n\nThe model is loaded before anything is measured.\n", encoding="utf-8")
        engine.library.ingest(small, "other")
        ingest = seconds(engine, docs)
        before = encoded(engine)
        started = time.perf_counter()
        report = engine.refresher.refresh("default")
        refresh = time.perf_counter() - started
        print(f"first ingest {ingest:.2f} s, unchanged refresh {refresh:.3f} s: {ingest / refresh:.0f} times")
        print(f"{report.sentence}; {encoded(engine) - before} texts encoded")


def seconds(engine: Engine, docs: Path) -> float:
    """What the first ingest takes."""
    started = time.perf_counter()
    engine.library.ingest(docs, "default")
    return time.perf_counter() - started


def encoded(engine: Engine) -> int:
    """Texts that the encoder was given until now."""
    return sum(line.texts for line in engine.stores.ledger.by_day_and_model(0.0))


if __name__ == "__main__":
    main()
