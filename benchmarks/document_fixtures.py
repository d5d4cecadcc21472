"""What is read of a folder of documents of every kind, beside what is expected of them.

    python benchmarks/document_fixtures.py DATA

DATA holds documents anywhere below it; beside ``<name>`` there may be ``<name>.expected.md``. Token F1 counts words.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from retrieval.extractors.bounded import BoundedExtractor
from retrieval.extractors.web import token_f1
from retrieval.sources.folder import walk
from storage.errors import KnowbotError

_EXPECTED = ".expected.md"


@dataclass(frozen=True)
class Reading:
    """What became of one document. ``f1`` (0-1) where something is expected; ``problem`` where it could not be read."""

    location: str
    kind: str
    seconds: float
    f1: float | None = None
    problem: str = ""


def readings(data: Path) -> Iterator[Reading]:
    """Every document below ``data``, read in the bounded process; what is of no known format is refused by name."""
    extractor = BoundedExtractor()
    try:
        for file in walk(data, (f"*{_EXPECTED}", "SOURCE.md")):
            before = time.perf_counter()
            try:
                text = extractor(file.read(), file.location).text
            except KnowbotError as error:
                yield Reading(file.location, file.path.suffix, time.perf_counter() - before, problem=str(error))
                continue
            expected = file.path.with_name(file.path.name + _EXPECTED)
            wanted = expected.read_text(encoding="utf-8") if expected.exists() else None
            f1 = None if wanted is None else token_f1(text, wanted)
            yield Reading(file.location, file.path.suffix, time.perf_counter() - before, f1)
    finally:
        extractor.close()


def main() -> None:
    """Prints a row a kind, then what could not be read."""
    found = list(readings(Path(sys.argv[1])))
    print("| kind | documents | read | F1 mean | F1 median | F1 lowest | ms median |\n|---|---|---|---|---|---|---|")
    for kind in sorted({each.kind for each in found}):
        own = [each for each in found if each.kind == kind]
        scores = [each.f1 for each in own if each.f1 is not None]
        figures = (statistics.mean(scores), statistics.median(scores), min(scores)) if scores else ()
        milliseconds = statistics.median(each.seconds for each in own) * 1_000
        shown = " | ".join(f"{figure:.3f}" for figure in figures) or " |  | "
        print(f"| {kind} | {len(own)} | {sum(not each.problem for each in own)} | {shown} | {milliseconds:.0f} |")
    for each in found:
        if each.problem:
            print(f"\n{each.problem}", end="")
    lowest = sorted((each.f1, each.location) for each in found if each.f1 is not None)[:12]
    print("\n\nlowest: " + ", ".join(f"{location} {f1:.2f}" for f1, location in lowest))


if __name__ == "__main__":
    main()
