"""What it costs to read documents in a process of their own: the same files at once and there, and the process's start.

python benchmarks/bounded_extraction.py FOLDER
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from retrieval.extract import Extract, extract
from retrieval.extractors.bounded import BoundedExtractor
from retrieval.sources.folder import FoundFile, walk
from storage.errors import KnowbotError

_ROUNDS = 5


def seconds(extractor: Extract, files: Sequence[FoundFile]) -> float:
    """Seconds for all files once; what cannot be read counts too."""
    before = time.perf_counter()
    for file in files:
        try:
            extractor(file.path.read_bytes(), file.location)
        except KnowbotError:
            continue
    return time.perf_counter() - before


def main() -> None:
    """Prints medians of five rounds."""
    files = list(walk(Path(sys.argv[1])))
    bounded = BoundedExtractor()
    at_once = statistics.median(seconds(extract, files) for _ in range(_ROUNDS))
    first = seconds(bounded, files)
    there = statistics.median(seconds(bounded, files) for _ in range(_ROUNDS))
    bounded.close()
    print(
        f"{len(files)} files: at once {at_once:.3f} s, in a process of their own {there:.3f} s ({there / at_once:.2f}),"
    )
    print(f"with its start {first:.3f} s")


if __name__ == "__main__":
    main()
