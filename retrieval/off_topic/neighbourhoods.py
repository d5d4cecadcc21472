"""How near each message of a group is to the others that are nearest to it, kept while messages come and go.

Working that out for all of them compares each with each. One message more is compared with each once, and one less
concerns only those that had it among their nearest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storage.records import Matrix

MOST_NEIGHBOURS = 15
_BLOCK = 1024
_NOBODY = np.float32(-2.0)
"""Below every cosine: stands where there are fewer others."""

_ROUNDING = 1e-5
_LARGE_CHANGE = 0.1
"""From this share of the messages on, it is quicker to compare each with each again."""

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Neighbourhoods:
    """Unit vectors, one a row, and for each its cosines to the MOST_NEIGHBOURS nearest others, descending."""

    messages: Matrix
    cosines: Matrix

    @staticmethod
    def of(messages: Matrix) -> Neighbourhoods:
        """Compares each with each."""
        return Neighbourhoods(messages, _nearest(messages, np.arange(len(messages))))

    def after(self, kept: Rows, added: Matrix) -> Neighbourhoods:
        """Those of the messages in the rows ``kept`` (ascending), followed by the messages ``added``."""
        changes = len(self.messages) - len(kept) + len(added)
        if changes > _LARGE_CHANGE * len(self.messages):
            return Neighbourhoods.of(np.concatenate([self.messages[kept], added]))
        return self._without(kept)._joined_by(added)

    def crowding(self, nearest: int) -> NDArray[np.float32]:
        """The mean cosine of each to its ``nearest`` others, at most MOST_NEIGHBOURS; zeros where it is alone."""
        count = min(nearest, len(self.messages) - 1)
        if count < 1:
            return np.zeros(len(self.messages), dtype=np.float32)
        return np.asarray(self.cosines[:, :count].mean(axis=1), dtype=np.float32)

    def _without(self, kept: Rows) -> Neighbourhoods:
        if len(kept) == len(self.messages):
            return self
        gone = np.delete(self.messages, kept, axis=0)
        messages, cosines = self.messages[kept], self.cosines[kept]
        # Whoever had none of them among its nearest has the same nearest as before.
        had_one = np.flatnonzero((messages @ gone.T).max(axis=1) >= cosines[:, -1] - _ROUNDING)
        cosines[had_one] = _nearest(messages, had_one)
        return Neighbourhoods(messages, cosines)

    def _joined_by(self, added: Matrix) -> Neighbourhoods:
        if not len(added):
            return self
        count = len(self.messages)
        messages = np.concatenate([self.messages, added])
        beside = np.concatenate([self.cosines, self.messages @ added.T], axis=1)
        newcomers = _nearest(messages, np.arange(count, len(messages)))
        return Neighbourhoods(messages, np.concatenate([_largest(beside), newcomers]))


def _nearest(messages: Matrix, rows: Rows) -> Matrix:
    """The largest cosines of the messages in ``rows`` to others, shape (len(rows), MOST_NEIGHBOURS)."""
    found = np.full((len(rows), MOST_NEIGHBOURS), _NOBODY, dtype=np.float32)
    for first in range(0, len(rows), _BLOCK):
        block = rows[first : first + _BLOCK]
        cosines = messages[block] @ messages.T
        cosines[np.arange(len(block)), block] = _NOBODY
        largest = _largest(cosines)
        found[first : first + len(block), : largest.shape[1]] = largest
    return found


def _largest(cosines: Matrix) -> Matrix:
    """The MOST_NEIGHBOURS largest of each row, descending; all of them where there are fewer."""
    if cosines.shape[1] > MOST_NEIGHBOURS:
        cosines = np.partition(cosines, -MOST_NEIGHBOURS, axis=1)[:, -MOST_NEIGHBOURS:]
    return np.asarray(np.sort(cosines, axis=1)[:, ::-1], dtype=np.float32)
