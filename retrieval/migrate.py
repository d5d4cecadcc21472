"""Another encoder, or a newer chunker, without downtime: a generation is built beside the old one, then switched to.

Whatever is missing is worked out from what is stored, so a build that was killed is taken up where it stood.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from retrieval.by_words import NOT_NOW
from retrieval.chunk_vectors import embed_chunks
from retrieval.embed import Purpose
from retrieval.encoders.base import ContextualEncoder, EncoderUnavailableError
from retrieval.fitting.compare import Comparison, LowerQualityError, compare
from retrieval.space import ChunkingMismatchError, Clock, FingerprintMismatchError, OpenSpace, Spaces
from retrieval.types import Extracted, Heading
from storage.errors import KnowbotError
from storage.generations import GenerationCounts
from storage.records import Chunk, Document, Generation
from storage.stores import Stores

logger = logging.getLogger(__name__)

OnProgress = Callable[[int, int], None]

_ROUNDS = 20


class IncompleteGenerationError(KnowbotError):
    """A generation that lacks vectors was about to answer."""


@dataclass(frozen=True)
class Migration:
    """What a reindex came to. ``encoded`` vectors were missing; ``total`` chunks have theirs now.

    ``comparison`` is None where there was nothing to switch, or the former index could not be asked any more.
    """

    target: OpenSpace
    total: int
    encoded: int
    switched: bool
    comparison: Comparison | None = None


def reindex(
    stores: Stores,
    spaces: Spaces,
    space: str,
    encoder: tuple[str, int | None],
    clock: Clock,
    on_progress: OnProgress = lambda done, total: None,
    accept_lower: bool = False,
) -> Migration:
    """Builds the generation of ``encoder`` (name, dimensions) in ``space`` and switches to it when it is complete.

    Raises LowerQualityError where it finds less than the one that answers and ``accept_lower`` does not allow that;
    it is kept, so that nothing is encoded again when it is allowed later.
    """
    before = spaces.present(space)
    target = spaces.create(space, *encoder)
    encoded = fill(stores, target, _beyond(stores.generations.counts(target.generation.id), on_progress))
    switched = target.generation.id != before.id
    comparison = None
    if switched:
        comparison = _compared(stores, spaces, before, target, clock())
        if comparison and comparison.is_lower and not accept_lower:
            raise LowerQualityError(
                f"the new index of space '{space}' was not switched to, since it finds less: {comparison.sentence}; "
                "add --accept-lower to the same `knowbot reindex` to switch all the same, encoding nothing again"
            )
    encoded += switch(stores, target, clock())
    if switched:
        drop_foreign(stores, spaces, space)
    total = stores.generations.counts(target.generation.id).chunks
    return Migration(spaces.active(space), total, encoded, switched, comparison)


def _beyond(before: GenerationCounts, on_progress: OnProgress) -> OnProgress:
    """Progress that begins with what an interrupted build has stored, and tells of that at once."""
    stored = before.passages
    if stored:
        on_progress(stored, before.chunks)
    return lambda done, total: on_progress(stored + done, stored + total)


def _compared(stores: Stores, spaces: Spaces, before: Generation, target: OpenSpace, now: float) -> Comparison | None:
    """None where the former index's encoder is not here any more, or not to be had just now."""
    try:
        return compare(stores, spaces.open(before), target, now)
    except (FingerprintMismatchError, EncoderUnavailableError, *NOT_NOW) as error:
        logger.warning("the index that answers could not be compared with the new one: %s", error)
        return None


def switch(stores: Stores, target: OpenSpace, now: float) -> int:
    """Completes a generation and lets it answer, both seen by one transaction; how many passages were encoded.

    Documents may have come since it was filled, from a process that did not know of it. Raises
    IncompleteGenerationError where they come faster than they are encoded.
    """
    generation, encoded = target.generation, 0
    for _ in range(_ROUNDS):
        encoded += fill(stores, target)
        with stores.write():
            _cut(stores, target)
            if not stores.generations.chunks_without_vector(generation, limit=1):
                stores.generations.activate(generation.id, now)
                return encoded
    raise IncompleteGenerationError(
        f"the new index of space '{generation.space}' still lacks vectors: run the same `knowbot reindex` again"
    )


def _cut(stores: Stores, target: OpenSpace) -> None:
    """Cuts what the generation's chunking lacks; a document that is replaced or goes meanwhile is passed over."""
    space, chunking = target.generation.space, target.generation.chunking_id
    for document in stores.documents.without_chunks(space, chunking):
        drafts = target.chunker.chunks(as_extracted(document), document.location)
        with stores.write():
            if stores.documents.get(space, document.location) == document:
                stores.chunks.put(document.id, chunking, drafts)


def fill(stores: Stores, target: OpenSpace, on_progress: OnProgress = lambda done, total: None) -> int:
    """Cuts every document that the generation's chunking lacks, encodes every chunk that has no vector; how many."""
    generation = target.generation
    _cut(stores, target)
    done, total = 0, stores.generations.counts(generation.id).missing
    while missing := stores.generations.chunks_without_vector(generation, target.embedder.batch_texts):
        chunks = _together(stores, target, missing)
        vectors = embed_chunks(target.embedder, chunks, Purpose("reindex", generation.space, "document"))
        with stores.write():
            # Between reading and writing a document may have gone, and its chunks with it.
            alive = stores.chunks.get([chunk.id for chunk in chunks])
            rows = [row for row in vectors.rows([chunk.id for chunk in chunks]) if row[0] in alive]
            stores.vectors.put(generation.id, rows)
        done += len(chunks)
        on_progress(done, max(total, done))
    return done


def _together(stores: Stores, target: OpenSpace, missing: Sequence[int]) -> list[Chunk]:
    """The chunks with these ids, with all others of their documents where the encoder has to read them."""
    chunks = [chunk for _, chunk in sorted(stores.chunks.get(missing).items())]
    if not isinstance(target.embedder.encoder, ContextualEncoder):
        return chunks
    documents = dict.fromkeys(chunk.document_id for chunk in chunks)
    chunking = target.generation.chunking_id
    return [chunk for document in documents for chunk in stores.chunks.of_document(document, chunking)]


def drop_foreign(stores: Stores, spaces: Spaces, space: str) -> None:
    """Deletes generations whose encoder or chunker is here no more: they follow no change, so there is no return."""
    for generation in stores.generations.live(space):
        try:
            _ = spaces.open(generation).chunker
        except (FingerprintMismatchError, ChunkingMismatchError):
            if generation.state != "active":
                stores.generations.drop(generation.id)


def drop_old(stores: Stores, space: str, before: float) -> list[Generation]:
    """Deletes what was retired before that time, and what was built before it and never switched to; which."""
    old = [
        generation
        for generation in stores.generations.live(space)
        if (generation.state == "retired" and (generation.retired_at or 0.0) < before)
        or (generation.state == "building" and generation.created_at < before and _is_complete(stores, generation))
    ]
    for generation in old:
        stores.generations.drop(generation.id)
    return old


def _is_complete(stores: Stores, generation: Generation) -> bool:
    return stores.generations.counts(generation.id).missing == 0


def as_extracted(document: Document) -> Extracted:
    """A stored document as the chunker takes it."""
    headings = tuple(Heading(*heading) for heading in document.headings)
    return Extracted(document.title, document.text, document.format, headings)
