"""The search over one generation's vectors: one by one in a small generation, through a graph in a large one.

SQLite holds the truth. The graph's file is what it was after some change, and never changes itself; what happened since
is replayed from the change log before every search, so that a file is never wrong, only behind. Replaying a change
twice does no harm. Without a usable file all vectors are read from SQLite; nothing is ever encoded again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from storage.index.graph import MOST_TOMBSTONES, SAMPLE, built, grown, keys, nearest, reach_of, turned
from storage.index.index_files import Base, IndexFiles, UnusableIndexError
from storage.records import Generation, Matrix
from storage.rows import Hit, Rows, ranked
from storage.stores import Stores
from storage.vectors import Ids, Vectors

EXACT_UP_TO = 20_000
"""Vectors up to which a search looks at every one: it takes milliseconds, and nothing is ever missed.

That is for FEW hits. The graph takes longer the more are wanted and misses more of them, so the limit grows with them.
"""

FEW = 50

STALE_SHARE = 0.1
"""Changes since the file was written, as a share of its vectors, that make it worth writing again."""

_SPARE = 16


@dataclass(frozen=True)
class _State:
    """The generation as it was after change ``sequence``.

    Since the base was written, ``recent`` were added and ``dead`` removed. ``everything`` are all vectors, read once a
    search needs them.
    """

    sequence: int
    base: Base | None
    recent: Rows
    dead: Ids
    everything: Rows | None = None

    @property
    def changes(self) -> int:
        """How many vectors came or went since the base was written."""
        return len(self.recent.ids) + len(self.dead)


class VectorIndex:
    """One generation's vectors. Several threads may search it; one object a process is enough."""

    def __init__(
        self, stores: Stores, generation: Generation, dtype: str = "bf16", exact_up_to: int = EXACT_UP_TO
    ) -> None:
        """``dtype`` ("bf16" or "f16") is how the file keeps vectors; similarities are computed from float32."""
        self._stores, self._vectors, self._generation = stores, stores.vectors, generation
        self._dtype, self._exact_up_to = dtype, exact_up_to
        self._files = IndexFiles(stores, generation, dtype)
        self._lock = stores.db.lock
        self._stamp = self._files.stamp()
        self._state = self._opened()

    def catch_up(self) -> None:
        """Takes in what this and other processes have committed, and a newer file; next to free without changes."""
        with self._lock:
            if self._stores.db.unfinished:
                return
            stamp, last = self._files.stamp(), self._vectors.last_sequence(self._generation.id)
            # A log that went back is another one: the generation was dropped, or a backup restored.
            rewound = last < self._state.sequence
            if rewound or stamp != self._stamp:
                before, self._stamp, self._state = self._state, stamp, self._opened()
                if not rewound:
                    sequence = min(before.sequence, self._state.sequence)
                    self._state = replace(self._state, sequence=sequence, everything=before.everything)
            if last > self._state.sequence:
                self._state = self._advanced(self._state)

    def search(self, queries: Matrix, k: int, allowed: Ids | None = None) -> list[list[Hit]]:
        """The ``k`` nearest vectors to each query (float32, length 1, shape (queries, dimensions)), best first.

        ``allowed`` are the ids of the vectors that may be found at all; None allows all. Similarities are exact, and
        equal ones are in order of id. Nothing is missed where the generation is small or ``allowed`` is given.
        """
        self.catch_up()
        state = self._state
        if allowed is None and state.base and self._prefers_graph(state, state.base, k):
            return [self._search_graph(state, state.base, query, k) for query in queries]
        return self._everything().search(queries, k, allowed)

    def needs_saving(self) -> bool:
        """True where there is no usable file, one that is far behind, or one that is full of what was removed."""
        self.catch_up()
        base, dead = self._state.base, len(self._state.dead)
        if base is None:
            return self._state.sequence > 0
        removed = base.tombstones + dead
        is_full = removed > MOST_TOMBSTONES * (base.manifest.count + base.tombstones)
        return is_full or self._state.changes > STALE_SHARE * base.manifest.count

    def save(self, afresh: bool = False) -> bool:
        """Writes the file as the generation is now; not inside a write block. Searches go on meanwhile.

        With ``afresh`` a new graph is built even where nothing has changed: removed vectors stay in one that grows.
        False where another process wrote meanwhile, whose file then stays. Takes a minute for 50,000 new vectors.
        Raises DiskFullError or FolderUnusableError, and what was there stays.
        """
        self.catch_up()
        with self._lock:
            state, stamp = self._state, self._stamp
        file = self._files.sound() if state.base and not afresh else None
        if file and not state.changes:
            return True
        graph, sequence = grown(file, state.dead, state.recent) if file else None, state.sequence
        if graph is None:
            # The number first: a change that slips in between is in the graph already when it is replayed.
            sequence = self._vectors.last_sequence(self._generation.id)
            graph = built(self._generation.dimensions, self._dtype, self._parts())
        reach = reach_of(graph, _sample(self._vectors, keys(graph)).matrix)
        published = self._files.publish(graph, sequence, reach, instead_of=stamp)
        self.catch_up()
        return published

    def verify(self) -> list[str]:
        """What is wrong with the file, in sentences; none where it agrees with the stored vectors."""
        number = self._generation.id
        with self._stores.write():  # nothing may change while it is compared
            stored = self._vectors.ids(number)
            try:
                self._files.checked()
            except UnusableIndexError as reason:
                return [f"the index file of generation {number} cannot be used: {reason}"] if len(stored) else []
            state = self._advanced(self._opened())
            if state.base is None:
                return [f"the index file of generation {number} cannot be opened"]
            inside = keys(state.base.graph)
            found = np.union1d(np.setdiff1d(inside, state.dead), state.recent.ids)
            wrong = turned(state.base.graph, _sample(self._vectors, np.intersect1d(inside, stored)))
            return [
                f"the index file of generation {number} {what}: {len(ids)} vectors, among them {ids[0]}"
                for what, ids in (
                    ("lacks what is stored", np.setdiff1d(stored, found)),
                    ("holds what was deleted", np.setdiff1d(found, stored)),
                    ("holds other vectors than are stored", wrong),
                )
                if len(ids)
            ]

    def _opened(self) -> _State:
        """The file as it is, or nothing; what happened since is not replayed yet."""
        base = self._files.open()
        sequence = base.manifest.sequence if base else self._vectors.last_sequence(self._generation.id)
        return _State(sequence, base, Rows.empty(self._generation.dimensions), np.zeros(0, np.int64))

    def _advanced(self, state: _State) -> _State:
        changes = self._vectors.changes(self._generation.id, state.sequence)
        if not changes:
            return state
        removed = np.unique(np.array([change.vector_id for change in changes if change.removed], dtype=np.int64))
        added = Rows(*self._vectors.of(change.vector_id for change in changes if not change.removed))
        return replace(
            state,
            sequence=changes[-1].sequence,
            recent=state.recent.changed(removed, added) if state.base else state.recent,
            dead=np.union1d(state.dead, removed) if state.base else state.dead,
            everything=state.everything.changed(removed, added) if state.everything else None,
        )

    def _everything(self) -> Rows:
        with self._lock:
            everything = self._state.everything
            if everything is None:
                # It may be ahead of the state, and meets some changes a second time then.
                everything = Rows.of(self._parts(), self._generation.dimensions)
                if not self._stores.db.unfinished:
                    self._state = replace(self._state, everything=everything)
            return everything

    def _parts(self) -> Iterator[Rows]:
        return (Rows(*part) for part in self._vectors.stored(self._generation.id))

    def _prefers_graph(self, state: _State, base: Base, k: int) -> bool:
        size = base.manifest.count + len(state.recent.ids) - len(state.dead)
        return base.manifest.width > 0 and size > self._exact_up_to * max(1, k / FEW)

    def _search_graph(self, state: _State, base: Base, query: Matrix, k: int) -> list[Hit]:
        """Some more than wanted, and many more where many of them are dead, are compared again in float32."""
        wanted = k + k // 4 + _SPARE
        alive = np.setdiff1d(nearest(base.graph, query, wanted), state.dead)
        while len(alive) < k + _SPARE // 2 and wanted < base.manifest.count:
            wanted *= 4
            alive = np.setdiff1d(nearest(base.graph, query, wanted), state.dead)
        recent = [hit.vector_id for hit in state.recent.search(query[None, :], k)[0]] if len(state.recent.ids) else []
        return ranked(query, *self._vectors.of([*alive.tolist(), *recent]), k)


def _sample(vectors: Vectors, ids: Ids) -> Rows:
    """Stored vectors from all over ``ids``, the same ones every time."""
    places = np.unique(np.linspace(0, len(ids), SAMPLE, endpoint=False, dtype=np.int64))
    return Rows(*vectors.of(np.sort(ids)[places].tolist() if len(ids) else []))
