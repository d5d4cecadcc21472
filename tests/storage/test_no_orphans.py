from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.stores import open_stores
from tests.storage.building import DIMENSIONS, EVERYONE, Corpus, document, new_corpus, passage, random_units, rows

LOCATIONS = st.sampled_from(["a.md", "b.md", "c.md"])
PUT = st.tuples(st.just("put"), LOCATIONS, st.integers(0, 3))
CUT_AGAIN = st.tuples(st.just("cut again"), LOCATIONS, st.integers(0, 3))
DELETE = st.tuples(st.just("delete"), LOCATIONS, st.just(0))
DROP = st.tuples(st.just("drop"), st.just(""), st.just(0))


class Model:
    """What ought to be stored: the number of passages of every document, for both generations alike."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus, self.stores = corpus, corpus.stores
        self.passages: dict[str, int] = {}
        self.second = self.new_second()

    def new_second(self) -> Corpus:
        chunking = self.stores.generations.chunking("second", {})
        made = self.stores.generations.create("default", chunking, "second", {}, DIMENSIONS, 1.0)
        for location, count in getattr(self, "passages", {}).items():
            self.cut(Corpus(self.stores, made), location, count)
        return Corpus(self.stores, made)

    def cut(self, corpus: Corpus, location: str, count: int) -> None:
        known = self.stores.documents.get("default", location)
        assert known is not None
        drafts = [passage(i, f"{location[0]}word") for i in range(count)]
        chunks = self.stores.chunks.put(known.id, corpus.generation.chunking_id, drafts)
        self.stores.vectors.put(corpus.generation.id, rows(chunks, random_units(3)[:count]))

    def put(self, location: str, count: int) -> None:
        with self.stores.write():
            self.stores.documents.put("default", document(location), 1.0)
            self.passages[location] = count
            for corpus in (self.corpus, self.second):
                self.cut(corpus, location, count)

    def cut_again(self, location: str, count: int) -> None:
        if location in self.passages:
            self.put(location, self.passages[location])
            self.cut(self.corpus, location, self.passages[location])

    def delete(self, location: str, count: int) -> None:
        assert self.stores.documents.delete("default", location) == (self.passages.pop(location, None) is not None)

    def drop(self, location: str, count: int) -> None:
        self.stores.generations.drop(self.second.generation.id)
        self.second = self.new_second()

    def check(self) -> None:
        assert self.stores.integrity_problems() == []
        total = sum(self.passages.values())
        for corpus in (self.corpus, self.second):
            generation = corpus.generation
            assert len(self.stores.chunks.of_space(generation)) == total
            ids = self.stores.vectors.ids(generation.id).tolist()
            assert len(ids) == total
            for location in "abc":
                found = self.stores.chunks.lexical(generation, {f"{location}word": 1.0}, EVERYONE, 1.0, 99)
                assert len(found) == self.passages.get(f"{location}.md", 0)
            changes = self.stores.vectors.changes(generation.id, 0)
            replayed = {change.vector_id for change in changes} - {c.vector_id for c in changes if c.removed}
            assert sorted(replayed) == ids


@given(steps=st.lists(st.one_of(PUT, PUT, CUT_AGAIN, DELETE, DROP), max_size=12))
@settings(max_examples=40)
def test_no_order_of_changes_leaves_anything_behind(steps: list[tuple[str, str, int]]) -> None:
    with TemporaryDirectory() as folder, open_stores(Path(folder)) as stores:
        model = Model(new_corpus(stores))
        do: dict[str, Callable[[str, int], None]] = {
            "put": model.put,
            "cut again": model.cut_again,
            "delete": model.delete,
            "drop": model.drop,
        }
        for step, location, count in steps:
            do[step](location, count)
        model.check()
