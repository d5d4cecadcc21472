"""From text to unit vectors: nothing twice, everything counted, nothing without a direction."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.chunk_vectors import ChunkVectors, embed_chunks
from retrieval.costs.metering import Meter
from retrieval.embed import (
    SLICE,
    Embedder,
    EncoderBrokenError,
    Purpose,
    RecentVectors,
    normalised,
    text_hash,
)
from storage.ledger import LedgerDay
from storage.records import ChunkDraft, DocumentDraft, Matrix
from storage.stores import Stores, open_stores
from tests.fakes import LetterEncoder, RecordingEncoder, TableEncoder, a_chunk

ASK = Purpose("ask", "default", "query", keep="query")
INGEST = Purpose("ingest", "default", "document")
NOON = 1_000_000.0


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_stores(tmp_path) as opened:
        yield opened


def an_embedder(stores: Stores, encoder: RecordingEncoder, dimensions: int | None = None) -> Embedder:
    return Embedder(encoder, stores.embedding_cache, Meter.of(stores, lambda: NOON), dimensions)


def a_draft(text: str, heading: str = "", title: str = "") -> ChunkDraft:
    return ChunkDraft(0, heading, text, "", "a.md", 0, len(text), 1, title)


def ledger(stores: Stores) -> LedgerDay:
    (day,) = stores.ledger.by_day_and_model(0.0)
    return day


def letters(text: str) -> Matrix:
    return normalised(LetterEncoder().encode([text], "query")).reshape(-1)


class TestVectors:
    def test_they_come_in_order_and_of_length_1(self, stores: Stores) -> None:
        vectors = an_embedder(stores, LetterEncoder()).embed(["aab", "c", "aab"], ASK)
        assert vectors.dtype == np.float32
        assert vectors[:, :3].tolist() == pytest.approx(
            np.array([[2 / 5**0.5, 1 / 5**0.5, 0], [0, 0, 1], [2 / 5**0.5, 1 / 5**0.5, 0]])
        )

    def test_no_texts_are_no_vectors_and_no_call(self, stores: Stores) -> None:
        encoder = LetterEncoder()
        assert an_embedder(stores, encoder).embed([], ASK).shape == (0, 26)
        assert encoder.kinds == []
        assert stores.ledger.by_day_and_model(0.0) == []

    def test_the_encoder_is_told_whether_it_reads_a_question(self, stores: Stores) -> None:
        encoder = LetterEncoder()
        embedder = an_embedder(stores, encoder)
        embedder.embed(["a"], ASK)
        embedder.embed(["b"], INGEST)
        assert encoder.kinds == ["query", "document"]

    def test_cut_vectors_are_of_length_1_and_another_fingerprint(self, stores: Stores) -> None:
        encoder = LetterEncoder()
        cut = an_embedder(stores, encoder, dimensions=2)
        assert cut.embed(["aaabbbbzzz"], ASK).tolist() == [pytest.approx([0.6, 0.8])]
        assert cut.fingerprint.dimensions == 2
        assert cut.fingerprint.digest != encoder.fingerprint.digest

    def test_cut_and_whole_vectors_are_not_taken_for_each_other(self, stores: Stores) -> None:
        encoder = LetterEncoder()
        an_embedder(stores, encoder, dimensions=2).embed(["ab"], ASK)
        assert an_embedder(stores, encoder).embed(["ab"], ASK).shape == (1, 26)
        assert encoder.encoded == ["ab", "ab"]

    @pytest.mark.parametrize("vector", [[0.0, 0.0], [float("nan"), 1.0], [float("inf"), 1.0]], ids=str)
    def test_a_vector_without_a_direction_is_refused_and_not_kept(self, stores: Stores, vector: list[float]) -> None:
        embedder = an_embedder(stores, TableEncoder({"good": [3.0, 4.0], "bad": vector}))
        with pytest.raises(EncoderBrokenError, match="choose another encoder"):
            embedder.embed(["good", "bad"], ASK)
        assert stores.embedding_cache.find(embedder.fingerprint.digest, map(text_hash, ["good", "bad"])) == {}

    @settings(max_examples=30)
    @given(st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 3), min_size=1, max_size=4))
    def test_whatever_has_a_direction_gets_length_1(self, rows: list[tuple[float, float, float]]) -> None:
        matrix = np.array([[*row, 1.0] for row in rows], dtype=np.float32)
        units = normalised(matrix)
        assert np.linalg.norm(units, axis=1) == pytest.approx(np.ones(len(rows)), abs=1e-6)
        assert (units * np.linalg.norm(matrix, axis=1, keepdims=True)).ravel() == pytest.approx(
            matrix.ravel(), rel=1e-5, abs=1e-3
        )


class TestOnce:
    @settings(max_examples=10)
    @given(
        batches=st.lists(st.lists(st.text("abc", min_size=1, max_size=2), max_size=8), min_size=1, max_size=4),
        purpose=st.sampled_from([ASK, Purpose("fit", "default", "query", keep="reference")]),
    )
    def test_no_text_is_encoded_twice_and_every_text_is_counted(
        self, batches: list[list[str]], purpose: Purpose
    ) -> None:
        encoder = LetterEncoder()
        with TemporaryDirectory() as folder, open_stores(Path(folder)) as stores:
            for batch in batches:
                vectors = an_embedder(stores, encoder).embed(batch, purpose)
                assert vectors.tolist() == [pytest.approx(letters(text)) for text in batch]
            days = stores.ledger.by_day_and_model(0.0)
        assert sorted(encoder.encoded) == sorted({text for batch in batches for text in batch})
        assert sum(day.texts for day in days) == len(encoder.encoded)
        assert sum(day.texts + day.cached_texts for day in days) == sum(map(len, batches))

    def test_no_text_is_encoded_twice_in_one_call_of_many_slices(self, stores: Stores) -> None:
        """Documents are not kept in the cache, and pages of one site repeat each other."""
        encoder = LetterEncoder()
        different = [f"{'a' * (number % 7 + 1)} {number}" for number in range(SLICE)]
        texts = [*different, "b", *different, "b"]
        progress: list[int] = []
        vectors = an_embedder(stores, encoder).embed(texts, INGEST, progress.append)
        assert encoder.encoded == [*different, "b"]
        assert vectors[:, 1].tolist() == [0.0] * SLICE + [1.0] + [0.0] * SLICE + [1.0]
        assert progress == [SLICE, SLICE, 2]
        assert (ledger(stores).texts, ledger(stores).cached_texts) == (SLICE + 1, SLICE + 1)

    def test_documents_are_not_kept_twice(self, stores: Stores) -> None:
        """Their vectors are stored with their passages."""
        embedder = an_embedder(stores, LetterEncoder())
        embedder.embed(["a"], INGEST)
        assert stores.embedding_cache.find(embedder.fingerprint.digest, [text_hash("a")]) == {}

    def test_the_vector_of_a_stored_passage_is_found(self, stores: Stores) -> None:
        encoder = LetterEncoder()
        embedder = an_embedder(stores, encoder)
        fingerprint = embedder.fingerprint
        chunking = stores.generations.chunking("digest", {})
        generation = stores.generations.create("default", chunking, fingerprint.digest, {}, 26, NOON)
        document = stores.documents.put("default", DocumentDraft("a.md", "A", "ab", "markdown", "hash"), NOON)
        stored = embed_chunks(embedder, [a_chunk("ab")], INGEST)
        draft = a_draft("ab")
        stores.vectors.put(generation.id, stored.rows(stores.chunks.put(document, chunking, [draft])))
        assert embedder.embed(["ab"], INGEST)[0].tolist() == pytest.approx(letters("ab"))
        assert encoder.encoded == ["ab"]


class TestRecent:
    def test_what_comes_again_is_neither_encoded_nor_looked_up(self, stores: Stores) -> None:
        encoder = LetterEncoder()
        recent = RecentVectors(an_embedder(stores, encoder), INGEST)
        recent.embed(["a", "b"])
        vectors = recent.embed(["b", "c", "b", "a"])
        assert vectors.tolist() == [pytest.approx(letters(text)) for text in "bcba"]
        assert encoder.encoded == ["a", "b", "c"]

    def test_what_was_not_needed_for_longest_is_forgotten(self, stores: Stores) -> None:
        encoder = LetterEncoder()
        recent = RecentVectors(an_embedder(stores, encoder), INGEST, most=2)
        for text in "abacabc":
            recent.embed([text])
        assert encoder.encoded == ["a", "b", "c", "b", "c"]

    def test_more_texts_than_it_remembers_are_embedded_all_the_same(self, stores: Stores) -> None:
        recent = RecentVectors(an_embedder(stores, LetterEncoder()), INGEST, most=1)
        assert recent.embed(["a", "b", "a"])[:, :2].tolist() == [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]


class TestLedger:
    def test_a_call_is_counted_with_its_special_tokens(self, stores: Stores) -> None:
        an_embedder(stores, LetterEncoder()).embed(["one two three", "four"], ASK)
        day = ledger(stores)
        assert (day.operation, day.model, day.calls, day.currency) == ("ask", "letters", 1, "USD")
        assert (day.texts, day.cached_texts, day.prompt_tokens) == (2, 0, 3 + 1 + 2 * 2)

    def test_a_cache_hit_is_counted_and_costs_no_token(self, stores: Stores) -> None:
        embedder = an_embedder(stores, LetterEncoder())
        embedder.embed(["a", "b"], ASK)
        before = ledger(stores).prompt_tokens
        embedder.embed(["a", "b"], ASK)
        day = ledger(stores)
        assert (day.calls, day.texts, day.cached_texts, day.prompt_tokens) == (2, 2, 2, before)


class TestChunks:
    def test_every_passage_has_a_vector_and_every_question_in_a_heading_another(self, stores: Stores) -> None:
        encoder = LetterEncoder()
        drafts = [a_draft("a"), a_draft("b", heading="cc", title="cc"), a_draft("d")]
        vectors = embed_chunks(an_embedder(stores, encoder), drafts, INGEST)
        assert encoder.encoded == ["a", "cc\nb", "d", "cc"]
        rows = vectors.rows([10, 20, 30])
        assert [(chunk, kind, digest) for chunk, kind, digest, _ in rows] == [
            (10, "passage", text_hash("a")),
            (20, "passage", text_hash("cc\nb")),
            (30, "passage", text_hash("d")),
            (20, "title", text_hash("cc")),
        ]
        assert rows[3][3].tolist() == pytest.approx(letters("cc"))

    def test_no_chunks_are_no_rows(self, stores: Stores) -> None:
        vectors: ChunkVectors = embed_chunks(an_embedder(stores, LetterEncoder()), [], INGEST)
        assert vectors.rows([]) == []


def test_a_hash_tells_every_two_texts_apart_even_halves_of_a_letter() -> None:
    assert text_hash("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert len({text_hash(text) for text in ["a", "a ", "\ud83d", "\udc4d"]}) == 4


def test_a_whole_vector_that_is_known_is_cut_and_not_encoded_again(stores: Stores) -> None:
    encoder = LetterEncoder()
    an_embedder(stores, encoder).embed(["abba", "zebra"], ASK)
    cut = an_embedder(stores, encoder, dimensions=3)
    assert list(cut.missing(["abba", "cab"], "document").values()) == ["cab"]
    rows = cut.embed(["abba", "cab"], ASK)
    assert encoder.encoded == ["abba", "zebra", "cab"]
    np.testing.assert_allclose(rows, normalised(np.array([[2, 2, 0], [1, 1, 1]], dtype=np.float32)), atol=1e-6)
