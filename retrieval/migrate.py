"""Another encoder, or a newer chunker, without downtime: a generation is built beside the old one, then switched to.

Whatever is missing is worked out from what is stored, so a build that was killed is taken up where it stood.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from retrieval.embed import Purpose, embed_chunks
from retrieval.space import Clock, FingerprintMismatchError, OpenSpace, Spaces
from retrieval.types import Extracted, Heading
from storage.errors import KnowbotError
from storage.records import Document
from storage.stores import Stores


class IncompleteGenerationError(KnowbotError):
    """A generation that lacks vectors was about to answer."""


@dataclass(frozen=True)
class Migration:
    """What a reindex came to. ``encoded`` vectors were missing; ``total`` chunks have theirs now."""

    target: OpenSpace
    total: int
    encoded: int
    switched: bool


def reindex(
    stores: Stores,
    spaces: Spaces,
    space: str,
    encoder: tuple[str, int | None],
    clock: Clock,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Migration:
    """Builds the generation of ``encoder`` (name, dimensions) in ``space`` and switches to it when it is complete."""
    before = spaces.present(space)
    target = spaces.create(space, *encoder)
    encoded = fill(stores, target, on_progress)
    left = len(stores.generations.chunks_without_vector(target.generation, limit=1))
    if left:
        raise IncompleteGenerationError(
            f"the new index of space '{space}' still lacks vectors: run the same `knowbot reindex` again"
        )
    switched = target.generation.id != before.id
    if switched:
        stores.generations.activate(target.generation.id, clock())
        drop_foreign(stores, spaces, space)
    total = stores.generations.counts(target.generation.id).chunks
    return Migration(spaces.active(space), total, encoded, switched)


def fill(stores: Stores, target: OpenSpace, on_progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Cuts every document that the generation's chunking lacks, encodes every chunk that has no vector; how many."""
    generation = target.generation
    for document in stores.documents.without_chunks(generation.space, generation.chunking_id):
        with stores.write():
            drafts = target.chunker.chunks(as_extracted(document), document.location)
            stores.chunks.put(document.id, generation.chunking_id, drafts)
    done, total = 0, stores.generations.counts(generation.id).missing
    while missing := stores.generations.chunks_without_vector(generation, target.embedder.batch_texts):
        chunks = [chunk for _, chunk in sorted(stores.chunks.get(missing).items())]
        vectors = embed_chunks(target.embedder, chunks, Purpose("reindex", generation.space, "document"))
        with stores.write():
            # Between reading and writing a document may have gone, and its chunks with it.
            alive = stores.chunks.get([chunk.id for chunk in chunks])
            rows = [row for row in vectors.rows([chunk.id for chunk in chunks]) if row[0] in alive]
            stores.vectors.put(generation.id, rows)
        done += len(chunks)
        on_progress(done, max(total, done))
    return done


def drop_foreign(stores: Stores, spaces: Spaces, space: str) -> None:
    """Deletes generations whose encoder this machine has no more: they follow no change, so there is no return."""
    for generation in stores.generations.live(space):
        try:
            spaces.open(generation)
        except FingerprintMismatchError:
            stores.generations.drop(generation.id)


def as_extracted(document: Document) -> Extracted:
    """A stored document as the chunker takes it."""
    headings = tuple(Heading(*heading) for heading in document.headings)
    return Extracted(document.title, document.text, document.format, headings)
