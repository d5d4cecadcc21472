"""What the speed benchmarks share: measuring in turns, a row a comparison, and the table that comes of it.

Machines are busy and no two are alike, so nothing here is a number by itself: ours and the baseline take turns in the
same run, and what counts is the median of the ratios with their spread.
"""

from __future__ import annotations

import json
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from retrieval.encoders.runtime import processor, threads

ROUNDS = 5
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Row:
    """One comparison. ``ours`` and ``baseline`` are medians in ``unit``; ``ratio`` above 1 means that ours is better.

    ``low`` and ``high`` are the least and the greatest ratio of a round. Without a target there is nothing to reach.
    """

    what: str
    against: str
    unit: str
    ours: float
    baseline: float
    ratio: float
    low: float
    high: float
    target: float | None = None
    note: str = ""

    @staticmethod
    def of_sizes(what: str, against: str, sizes: tuple[float, float], target: float | None = None) -> Row:
        """A comparison of (ours, baseline) in bytes, which are the same in every round."""
        ours, baseline = sizes
        ratio = baseline / ours
        return Row(what, against, "MB", ours / 1e6, baseline / 1e6, ratio, ratio, ratio, target)

    @property
    def verdict(self) -> str:
        """Whether the target was reached."""
        if self.target is None:
            return ""
        return f"{'reached' if self.ratio >= self.target else 'missed'} ({self.target:g})"


def seconds(work: Callable[[], object]) -> float:
    """What a call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_turns(*works: Callable[[], object], rounds: int = ROUNDS) -> list[list[float]]:
    """Seconds of each work in each round, after one round that warms up."""
    for work in works:
        work()
    taken = [[seconds(work) for work in works] for _ in range(rounds)]
    return [list(each) for each in zip(*taken, strict=True)]


def compared(
    what: str,
    against: str,
    pairs: tuple[Sequence[float], Sequence[float]],
    unit: str = "s",
    target: float | None = None,
    note: str = "",
    more_is_better: bool = False,
) -> Row:
    """A row of (ours, baseline), round by round; by default less is better."""
    ours, baseline = pairs
    ratios = [(mine / theirs if more_is_better else theirs / mine) for mine, theirs in zip(ours, baseline, strict=True)]
    middle = statistics.median
    return Row(
        what, against, unit, middle(ours), middle(baseline), middle(ratios), min(ratios), max(ratios), target, note
    )


def scaled(values: Sequence[float], factor: float) -> list[float]:
    """Each value times ``factor``."""
    return [value * factor for value in values]


def write_results(rows: Sequence[Row], name: str, took: float, missing: Sequence[str]) -> None:
    """``results/<name>.json`` and ``results/<name>.md``."""
    RESULTS.mkdir(exist_ok=True)
    machine = {"processor": processor(), "threads": threads(), "python": platform.python_version()}
    content = {"machine": machine, "seconds": round(took), "missing": list(missing), "rows": [asdict(r) for r in rows]}
    (RESULTS / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    (RESULTS / f"{name}.md").write_text(as_table(rows, machine, took, missing), encoding="utf-8")


def as_table(rows: Sequence[Row], machine: dict[str, object], took: float, missing: Sequence[str]) -> str:
    """Markdown: a line a row."""
    about = ", ".join(f"{key}: {value}" for key, value in machine.items())
    lines = [
        "# Speed",
        "",
        f"`make bench` on {about}; {took / 60:.0f} minutes. A ratio above 1 means that knowbot is better. It is the",
        "median of the rounds, which took turns with the baseline in the same run, beside the least and the greatest.",
        "",
        "| what | against | knowbot | baseline | ratio | least - greatest | target |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        ours, theirs = (f"{value:.4g} {row.unit}" for value in (row.ours, row.baseline))
        what = f"{row.what} ({row.note})" if row.note else row.what
        spread = f"{row.low:.2f} - {row.high:.2f}"
        lines.append(f"| {what} | {row.against} | {ours} | {theirs} | **{row.ratio:.2f}** | {spread} | {row.verdict} |")
    lines += ["", *(f"Left out: {line}" for line in missing)]
    return "\n".join(lines).rstrip() + "\n"
