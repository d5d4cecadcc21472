"""Numbers beside a plot: few, whole and round."""

from __future__ import annotations

from itertools import count as counting

MOST_STEPS = 4


def whole_ticks(highest: float) -> tuple[list[float], list[str]]:
    """Where to put ticks from 0 to ``highest``, and what to write there: ``500``, ``12 k``."""
    steps = (factor * 10**power for power in counting() for factor in (1, 2, 5))
    step = next(step for step in steps if step * MOST_STEPS >= highest)
    ticks = range(0, int(highest) + 1, step)
    return list(map(float, ticks)), [f"{tick / 1000:g} k" if tick >= 1000 else str(tick) for tick in ticks]
