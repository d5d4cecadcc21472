"""A share that was counted, with what it may really be."""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z = 1.96
"""Standard deviations of a normal distribution that hold 95% of it."""


@dataclass(frozen=True)
class Share:
    """``part`` of ``whole``; ``low`` to ``high`` is Wilson's interval (1927), which holds the truth 19 times in 20."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """0-1; 0.0 of nothing."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def low(self) -> float:
        """The least that it may well be."""
        return max(self._middle - self._half, 0.0) if self.whole else 0.0

    @property
    def high(self) -> float:
        """The most that it may well be: of nothing, anything."""
        return min(self._middle + self._half, 1.0) if self.whole else 1.0

    @property
    def _middle(self) -> float:
        return (self.value + _Z**2 / (2 * self.whole)) / (1 + _Z**2 / self.whole)

    @property
    def _half(self) -> float:
        inside = self.value * (1 - self.value) / self.whole + _Z**2 / (4 * self.whole**2)
        return _Z * math.sqrt(inside) / (1 + _Z**2 / self.whole)
