"""Forgetting a document or a member for good: out of every answer at once, and out of every file before it returns."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from retrieval.embed import text_hash
from retrieval.freshness.recall import Recalled, recalled_in
from retrieval.query import EmptyQuestionError, prepare_query
from retrieval.space import Clock, Spaces
from storage.erasure import Copy, Erased, copies_holding, erase, unfinished_since
from storage.errors import KnowbotError
from storage.forgetting import Place
from storage.stores import Stores

_HOLDS_DOCUMENT = "SELECT 1 FROM document WHERE space = :space AND location = :location"
_HOLDS_MEMBER = """
SELECT 1 FROM interaction WHERE author_hash = :author UNION ALL SELECT 1 FROM vote WHERE voter_hash = :author
UNION ALL SELECT 1 FROM flag WHERE author_hash = :author
UNION ALL SELECT 1 FROM taught_example WHERE author_hash = :author
"""
_NAMED = 3


class NoSuchDocumentError(KnowbotError):
    """The space holds no document under that name."""


@dataclass(frozen=True)
class Forgotten:
    """What was removed where, which copies still hold it, and what else it leaves to be done.

    ``source`` is where the document would come from again if it were not kept away; "" where it has none. ``posted``
    are the answers that quoted it, which Discord still shows.
    """

    places: tuple[Place, ...]
    erased: Erased
    copies: tuple[Copy, ...]
    source: str = ""
    posted: tuple[Recalled, ...] = ()
    documents: tuple[str, ...] = ()
    """The documents that went with a member."""


class Forgetter:
    """Forgets, and lets in again. What a kill interrupts is finished by the next call, or by ``mend``."""

    def __init__(self, stores: Stores, spaces: Spaces, hashed: Callable[[int], str], clock: Clock) -> None:
        self._stores, self._spaces, self._hashed, self._clock = stores, spaces, hashed, clock

    def document(self, space: str, location: str) -> Forgotten:
        """Forgets a document and keeps it away; raises NoSuchDocumentError, and what ``erase`` raises."""
        if self._stores.documents.get(space, location) is None and not self._is_unfinished(space, location):
            raise self._unknown(space, location)
        with self._stores.write():
            places, source = self._remove(space, location)
            posted = tuple(each for each in recalled_in(self._stores, space) if location in each.documents)
        erased = erase(self._stores)
        copies = copies_holding(self._stores.data_dir, _HOLDS_DOCUMENT, {"space": space, "location": location})
        return Forgotten(tuple(places), erased, tuple(copies), source, posted)

    def member(self, member_id: int) -> Forgotten:
        """Forgets what a member left, by their Discord number, with the documents that their messages are part of."""
        author = self._hashed(member_id)
        with self._stores.write():
            documents = self._stores.forgetting.documents_by(author)
            removed = [place for each in documents for place in self._remove(*each)[0]]
            removed += self._stores.forgetting.member(author, self._hashes_by(author), self._clock())
        copies = copies_holding(self._stores.data_dir, _HOLDS_MEMBER, {"author": author})
        names = tuple(location for _, location in documents)
        return Forgotten(_summed(removed), erase(self._stores), tuple(copies), documents=names)

    def excluded(self, space: str) -> list[str]:
        """The documents that are kept away."""
        return list(self._stores.excluded.of(space))

    def let_in_again(self, space: str, location: str) -> None:
        """Has the next refresh take the document in; raises NoSuchDocumentError where it was not kept away."""
        if not self._stores.excluded.take_back(space, location):
            names = ", ".join(f"'{each}'" for each in self.excluded(space)) or "none"
            raise NoSuchDocumentError(f"'{location}' of space '{space}' is not kept away; those that are: {names}")

    def unfinished_since(self) -> float | None:
        """When something was to be forgotten whose bytes may still be in a file; None where there is nothing."""
        return unfinished_since(self._stores)

    def _remove(self, space: str, location: str) -> tuple[list[Place], str]:
        """The rows, in the caller's transaction; where it came from."""
        document, now = self._stores.documents.get(space, location), self._clock()
        sources = self._stores.sources.list(space)
        source = next((each for each in sources if document and each.id == document.source_id), None)
        if source:
            self._stores.excluded.put(space, location, source.id, now)
        hashes = {text_hash(text) for text in self._stores.forgetting.texts_of(space, location)}
        return self._stores.forgetting.document(space, location, hashes, now), source.location if source else ""

    def _hashes_by(self, author: str) -> set[str]:
        """Of their texts as they stand, and as each encoder of a space would have been asked them."""
        texts = self._stores.forgetting.texts_by(author)
        hashes = {text_hash(text) for text in texts}
        for generation in self._stores.generations.live(None):
            with suppress(KnowbotError):  # an encoder that is not here has nothing cached that could be told apart
                encoder = self._spaces.open(generation).embedder.encoder
                for text in texts:
                    with suppress(EmptyQuestionError):
                        hashes.add(text_hash(prepare_query(text, encoder.tokenizer, encoder.max_tokens).text))
        return hashes

    def _is_unfinished(self, space: str, location: str) -> bool:
        """True where the document went in an earlier call that was killed before its bytes did."""
        return self.unfinished_since() is not None and location in self._stores.excluded.of(space)

    def _unknown(self, space: str, location: str) -> NoSuchDocumentError:
        known = list(self._stores.documents.hashes(space))
        near = difflib.get_close_matches(location, known, _NAMED) or known[:_NAMED]
        hint = f"did you mean {' or '.join(near)}?" if near else "it holds none at all"
        return NoSuchDocumentError(f"space '{space}' holds no document '{location}': {hint}")


def _summed(places: Sequence[Place]) -> tuple[Place, ...]:
    counts: dict[str, int] = {}
    for place in places:
        counts[place.name] = counts.get(place.name, 0) + place.found
    return tuple(Place(name, found) for name, found in counts.items())
