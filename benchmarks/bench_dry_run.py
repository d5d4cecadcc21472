"""How far the seconds that a dry run promises are from those that the ingest takes; a factor of 1.5 is allowed.

Each round begins with an empty data folder. Half of the examples is estimated by a sample that is encoded on the spot,
the other half by the ledger's timings of the first; every estimate and every ingest is a process of its own.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

EXAMPLES = Path(__file__).parent.parent / "examples" / "lanternfish"
ROUNDS = 5
ALLOWED = 1.5

_PLAN = """
import sys; from pathlib import Path; from retrieval.engine import Engine
with Engine(Path(sys.argv[1])) as engine:
    (estimate,) = engine.library.plan(Path(sys.argv[2]), "default").estimates
    print(estimate.seconds, estimate.basis)
"""
_INGEST = """
import sys, time; from pathlib import Path; from retrieval.engine import Engine
started = time.perf_counter()
with Engine(Path(sys.argv[1])) as engine:
    engine.library.ingest(Path(sys.argv[2]), "default")
print(time.perf_counter() - started)
"""


def halves(folder: Path) -> tuple[Path, Path]:
    """The example files, every second one in the other folder."""
    parts = (folder / "first", folder / "second")
    for number, path in enumerate(sorted(path for path in EXAMPLES.rglob("*") if path.is_file())):
        target = parts[number % 2] / path.relative_to(EXAMPLES)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return parts


def said(script: str, data_dir: Path, documents: Path) -> list[str]:
    """What a fresh process prints."""
    command = [sys.executable, "-c", script, str(data_dir), str(documents)]
    root = EXAMPLES.parent.parent
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.split()


def ratio(data_dir: Path, documents: Path) -> tuple[str, float]:
    """Where the estimate came from, and estimated through real seconds."""
    estimated, basis = said(_PLAN, data_dir, documents)
    (real,) = said(_INGEST, data_dir, documents)
    print(f"  {basis:7} estimated {float(estimated):6.1f} s, took {float(real):6.1f} s")
    return basis, float(estimated) / float(real)


def main() -> None:
    """Prints every ratio and the medians; fails where a median is beyond what is allowed."""
    ratios: dict[str, list[float]] = {}
    with TemporaryDirectory() as folder:
        parts = halves(Path(folder))
        for number in range(ROUNDS):
            for part in parts:
                basis, factor = ratio(Path(folder) / f"data{number}", part)
                ratios.setdefault(basis, []).append(factor)
    medians = {basis: statistics.median(each) for basis, each in ratios.items()}
    for basis, median in medians.items():
        print(f"by {basis}: median of {len(ratios[basis])} ratios {median:.2f}")
    if not all(1 / ALLOWED <= median <= ALLOWED for median in medians.values()):
        sys.exit(f"an estimate is off by more than a factor of {ALLOWED}")


if __name__ == "__main__":
    main()
