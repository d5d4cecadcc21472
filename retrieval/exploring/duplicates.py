"""Passages that say the same, and documents that do: near in meaning first, then in nearly the same words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from retrieval.exploring.corpus import Corpus
from retrieval.texts.shingles import resemblance, shingles
from storage.records import Chunk
from storage.stores import Stores
from storage.vector_index import VectorIndex

NEAR = 0.9
"""The cosine from which two passages are compared word for word."""

ALIKE = 0.6
"""The resemblance from which two texts are listed: every twelfth word may be another one."""

_NEIGHBOURS = 16
_AT_ONCE = 256

Pair = tuple[int, int]


@dataclass(frozen=True)
class Place:
    """Where something stands: its address and what it is called."""

    location: str
    title: str


@dataclass(frozen=True)
class DuplicateGroup:
    """Places that say the same; ``resemblance`` is the least of two neighbours among them, 0-1.

    ``whole`` for documents that are the same from end to end, otherwise single passages of them.
    """

    places: tuple[Place, ...]
    resemblance: float
    whole: bool


def duplicates(stores: Stores, index: VectorIndex, corpus: Corpus) -> list[DuplicateGroup]:
    """Groups of whole documents, then of passages that no such group holds already; the largest first.

    Two texts are listed from ALIKE on; of two that are the same from SAME_SHARE on an answer shows only one.
    """
    near = {pair: _resemblance(corpus.chunks, pair) for pair in _near_pairs(stores, index, corpus)}
    pairs = {pair: share for pair, share in near.items() if share >= ALIKE}
    whole = _document_pairs(corpus.chunks, pairs)
    documents = [_group(members, whole, _documents(corpus.chunks), True) for members in _joined(whole)]
    within = {pair: share for pair, share in pairs.items() if _document_pair(corpus.chunks, pair) not in whole}
    named = {place: Place(c.location, c.heading or c.document_title) for place, c in enumerate(corpus.chunks)}
    passages = [_group(members, within, named, False) for members in _joined(within)]
    return [group for groups in (documents, passages) for group in sorted(groups, key=lambda g: -len(g.places))]


def _near_pairs(stores: Stores, index: VectorIndex, corpus: Corpus) -> Iterator[Pair]:
    """Places (lower, higher) of passages that are NEAR each other, by the index that answers questions."""
    places = {chunk.id: place for place, chunk in enumerate(corpus.chunks)}
    seen: set[Pair] = set()
    for first in range(0, len(corpus.chunks), _AT_ONCE):
        found = index.search(corpus.vectors[first : first + _AT_ONCE], _NEIGHBOURS)
        near = [
            (first + row, hit.vector_id) for row, hits in enumerate(found) for hit in hits if hit.similarity >= NEAR
        ]
        owners = stores.vectors.chunks_of([vector_id for _, vector_id in near])
        for place, vector_id in near:
            other = places.get(owners.get(vector_id, -1), place)
            pair = (min(place, other), max(place, other))
            if place != other and pair not in seen:
                seen.add(pair)
                yield pair


def _document_pairs(chunks: Sequence[Chunk], pairs: Iterable[Pair]) -> dict[Pair, float]:
    """Of documents (by id) with passages in common, those that are alike from end to end."""
    candidates = {pair for each in pairs if (pair := _document_pair(chunks, each)) and pair[0] != pair[1]}
    wanted = {number for pair in candidates for number in pair}
    texts: defaultdict[int, list[str]] = defaultdict(list)
    for chunk in chunks:
        if chunk.document_id in wanted:
            texts[chunk.document_id].append(chunk.text)
    said = {number: shingles("\n".join(parts)) for number, parts in texts.items()}
    shares = {pair: resemblance(said[pair[0]], said[pair[1]]) for pair in candidates}
    return {pair: share for pair, share in sorted(shares.items()) if share >= ALIKE}


def _document_pair(chunks: Sequence[Chunk], pair: Pair) -> Pair:
    one, other = chunks[pair[0]].document_id, chunks[pair[1]].document_id
    return min(one, other), max(one, other)


def _documents(chunks: Sequence[Chunk]) -> dict[int, Place]:
    return {chunk.document_id: Place(chunk.document_location, chunk.document_title) for chunk in chunks}


def _joined(pairs: Iterable[Pair]) -> list[list[int]]:
    """The connected groups, each and all in ascending order."""
    leader: dict[int, int] = {}

    def of(member: int) -> int:
        while leader.setdefault(member, member) != member:
            member = leader[member]
        return member

    for one, other in pairs:
        low, high = sorted((of(one), of(other)))
        leader[high] = low
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for member in sorted(leader):
        groups[of(member)].append(member)
    return list(groups.values())


def _group(
    members: Sequence[int], pairs: Mapping[Pair, float], names: Mapping[int, Place], whole: bool
) -> DuplicateGroup:
    own = set(members)
    least = min(share for pair, share in pairs.items() if pair[0] in own)
    return DuplicateGroup(tuple(names[member] for member in members), round(least, 4), whole)


def _resemblance(chunks: Sequence[Chunk], pair: Pair) -> float:
    return resemblance(shingles(chunks[pair[0]].text), shingles(chunks[pair[1]].text))
