"""The generations of a space: what each holds and takes, how many neighbours it finds, and which of them answers."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.library import switch_to
from retrieval.planning.dimensions import SizeReport, compare_sizes, sizes_below
from retrieval.planning.plan import ReindexPlan, plan_reindex
from retrieval.space import Clock, OpenSpace, Spaces
from storage.errors import KnowbotError
from storage.generations import Chunking, GenerationCounts
from storage.index.index_files import file_bytes, saved_recall, sweep_orphans
from storage.index.index_recall import index_recall
from storage.records import Generation
from storage.stores import Stores

_FLOAT_BYTES = 4


class PaidQuestionsError(KnowbotError):
    """Measuring would encode questions through an API."""


@dataclass(frozen=True)
class IndexOverview:
    """A generation with how complete it is, how its passages were cut, and the bytes of its vectors and its file.

    ``recall`` is the share (0-1) of the nearest vectors that its search finds: 1.0 where every vector is compared, else
    as it was measured when its file was written; None for a file of a former version, until it is written again.
    """

    generation: Generation
    counts: GenerationCounts
    chunking: Chunking
    vector_bytes: int
    file_bytes: int
    recall: float | None


class Indexes:
    """Looks at generations, measures them, and says which of them answers."""

    def __init__(self, stores: Stores, spaces: Spaces, clock: Clock) -> None:
        self._stores, self._spaces, self._clock = stores, spaces, clock

    def overview(self, space: str) -> list[IndexOverview]:
        """Every generation of the space, newest first; cheap enough to be asked again and again."""
        return [self._described(generation) for generation in reversed(self._stores.generations.live(space))]

    def recall(self, generation_id: int) -> float:
        """The share (0-1) of the ten nearest vectors that its search finds, over a sample; 1.0 where it is exact."""
        opened = self._spaces.open(self._stores.generations.get(generation_id))
        return index_recall(self._stores, opened.generation, opened.index)

    def plan(self, space: str, encoder: str | None, dimensions: int | None) -> ReindexPlan:
        """What a reindex would encode, cost and take; loads a local model to time it. Stores nothing."""
        return plan_reindex(self._stores, self._spaces, space, encoder, dimensions)

    def sizes(self, space: str) -> list[SizeReport]:
        """What fewer dimensions and fewer bits would do to the generation that answers, the full size first.

        Raises NothingToCompareError, and PaidQuestionsError where its questions would have to be paid for.
        """
        opened = self._spaces.active(space)
        if opened.embedder.is_paid:
            raise PaidQuestionsError(
                "measuring would encode questions, which costs money with this encoder: "
                "`knowbot reindex --dry-run --dimensions N --yes` does it all the same"
            )
        return compare_sizes(self._stores, opened, sizes_below(opened.embedder.dimensions, None))

    def switch_to(self, generation_id: int) -> OpenSpace:
        """Lets a generation answer that was retired, or that was built and not switched to; completed first.

        Raises UnknownGenerationError, FingerprintMismatchError, ChunkingMismatchError.
        """
        return switch_to(self._stores, self._spaces, self._stores.generations.get(generation_id), self._clock)

    def drop(self, generation_id: int) -> None:
        """Deletes a generation and its files; raises UnknownGenerationError, GenerationInUseError."""
        self._stores.generations.drop(generation_id)
        sweep_orphans(self._stores)

    def _described(self, generation: Generation) -> IndexOverview:
        counts = self._stores.generations.counts(generation.id, anew=False)
        vectors = counts.passages + counts.titles
        size = vectors * generation.dimensions * _FLOAT_BYTES
        chunking, file = self._stores.generations.chunking_of(generation), file_bytes(self._stores, generation.id)
        exact = not file or vectors <= self._spaces.exact_up_to
        recall = 1.0 if exact else saved_recall(self._stores, generation.id)
        return IndexOverview(generation, counts, chunking, size, file, recall)
