"""Everything that looking at a whole space says, worked out once and kept, so that a screen opens at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from retrieval.exploring.corpus import read_corpus
from retrieval.exploring.corpus_map import Axes, MapPoint, map_of
from retrieval.exploring.duplicates import DuplicateGroup, Place, duplicates
from retrieval.exploring.gaps import Gap, gaps_of
from retrieval.exploring.outliers import Outlier, outliers
from retrieval.exploring.topics import Topic, topics_of
from retrieval.space import OpenSpace
from storage.stores import Stores

OnProgress = Callable[[int, int], None]

LOOK_BACK = 30 * 86_400.0
"""Seconds of questions that gaps are made of."""

_STEPS = 5


@dataclass(frozen=True)
class Survey:
    """What was found of a space at ``made_at`` (seconds since the epoch), in its generation ``generation_id``.

    ``silhouette`` says how well the topics are told apart, -1 to 1. ``points`` and ``axes`` are the map.
    """

    made_at: float
    generation_id: int
    passages: int
    topics: tuple[Topic, ...]
    silhouette: float
    gaps: tuple[Gap, ...]
    duplicates: tuple[DuplicateGroup, ...]
    outliers: tuple[Outlier, ...]
    points: tuple[MapPoint, ...]
    axes: Axes

    def to_json(self) -> dict[str, Any]:
        """As it is kept: without the words of any question."""
        return asdict(replace(self, gaps=tuple(replace(gap, examples=()) for gap in self.gaps)))

    @staticmethod
    def from_json(kept: dict[str, Any]) -> Survey:
        """The inverse of ``to_json``."""
        return Survey(
            made_at=kept["made_at"],
            generation_id=kept["generation_id"],
            passages=kept["passages"],
            topics=tuple(Topic(**{**each, "examples": _pairs(each["examples"])}) for each in kept["topics"]),
            silhouette=kept["silhouette"],
            gaps=tuple(Gap(**{**each, "questions": tuple(each["questions"]), "examples": ()}) for each in kept["gaps"]),
            duplicates=tuple(
                DuplicateGroup(tuple(Place(**place) for place in each["places"]), each["resemblance"], each["whole"])
                for each in kept["duplicates"]
            ),
            outliers=tuple(Outlier(**each) for each in kept["outliers"]),
            points=tuple(MapPoint(**each) for each in kept["points"]),
            axes=Axes(
                tuple(kept["axes"]["mean"]),
                (tuple(kept["axes"]["directions"][0]), tuple(kept["axes"]["directions"][1])),
                kept["axes"]["explained"],
            ),
        )


def make_survey(stores: Stores, space: OpenSpace, now: float, on_progress: OnProgress = lambda *_: None) -> Survey:
    """Looks at the whole space; seconds on a small one, a minute or more on a large one. The space is not empty."""
    corpus = read_corpus(stores, space.generation)
    on_progress(1, _STEPS)
    topics, clustering = topics_of(corpus)
    on_progress(2, _STEPS)
    alike = duplicates(stores, space.index, corpus)
    on_progress(3, _STEPS)
    strange = outliers(corpus)
    points, axes = map_of(corpus, clustering)
    on_progress(4, _STEPS)
    gaps = gaps_of(stores, space, corpus, now - LOOK_BACK)
    on_progress(_STEPS, _STEPS)
    return Survey(
        made_at=now,
        generation_id=space.generation.id,
        passages=len(corpus.chunks),
        topics=tuple(topics),
        silhouette=round(clustering.silhouette, 4),
        gaps=tuple(gaps),
        duplicates=tuple(alike),
        outliers=tuple(strange),
        points=tuple(points),
        axes=axes,
    )


def _pairs(kept: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in kept)
