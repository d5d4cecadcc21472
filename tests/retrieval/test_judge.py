"""The off-topic judge of a space: what it was taught, and what documents tell it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.anomaly import ABSTAINED, FEWEST_REFERENCES, Boundary, Verdict
from retrieval.calibrate import PRIOR
from retrieval.chunk_vectors import embed_chunks
from retrieval.costs.metering import Meter
from retrieval.embed import Embedder, Purpose
from retrieval.encoders.hashing import HashingEncoder
from retrieval.fitting.fit import FIT, Fit
from retrieval.judge import Judge
from retrieval.query import PreparedQuery, query_terms
from retrieval.search import Found
from retrieval.settings import RetrievalSettings
from retrieval.space import Spaces
from storage.records import ChunkDraft, DocumentDraft, Label
from storage.stores import Stores, open_stores
from tests.fakes import LetterEncoder, RecordingEncoder

NOON = 1_000_000.0
HERE = "here"
NOWHERE = Found((), ())
ASK = Purpose("ask", HERE, "query")
UNFITTED = Fit(generation_id=1, passages=0, confidence=PRIOR, documents=None)
FITTED = Fit(generation_id=1, passages=50, confidence=PRIOR, documents=Boundary(0.5, 0.1, 50))

ON_TOPIC: list[tuple[str, Label]] = [("a" * 9 + "b" * number, "in") for number in range(FEWEST_REFERENCES)]
"""What this community talks about: much a, and some b."""


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_stores(tmp_path) as opened:
        yield opened


@pytest.fixture
def judge(stores: Stores) -> Judge:
    return a_judge(stores)


def a_judge(stores: Stores) -> Judge:
    return Judge(
        stores,
        spaces_of(stores),
        lambda: NOON,
    )


def an_embedder(stores: Stores, encoder: RecordingEncoder | HashingEncoder) -> Embedder:
    return Embedder(encoder, stores.embedding_cache, Meter.of(stores, lambda: NOON))


def opinion(judge: Judge, embedder: Embedder, text: str, fit: Fit = UNFITTED, found: Found = NOWHERE) -> Verdict:
    query = PreparedQuery(text, query_terms(text), ())
    return judge.verdict(HERE, embedder, query, embedder.embed([text], ASK)[0], found, fit)


class TestTeaching:
    def test_a_judge_that_knows_nothing_abstains(self, stores: Stores, judge: Judge) -> None:
        assert opinion(judge, an_embedder(stores, LetterEncoder()), "aab") == ABSTAINED

    def test_one_message_too_few_and_it_still_abstains(self, stores: Stores, judge: Judge) -> None:
        judge.teach(HERE, ON_TOPIC[1:], "import")
        assert opinion(judge, an_embedder(stores, LetterEncoder()), "aab") == ABSTAINED

    def test_taught_it_tells_on_topic_from_off_topic_at_the_next_message(self, stores: Stores, judge: Judge) -> None:
        embedder = an_embedder(stores, LetterEncoder())
        assert opinion(judge, embedder, "zzz").abstained
        judge.teach(HERE, ON_TOPIC, "import")
        on_topic, off_topic = opinion(judge, embedder, "aaab"), opinion(judge, embedder, "zzz")
        assert on_topic.signal == off_topic.signal == "messages"
        assert (on_topic.similarity, off_topic.similarity) == pytest.approx((0.75, -0.25), abs=0.01)
        assert on_topic.score < 0.5 < 0.99 < off_topic.score

    def test_what_moderators_called_off_topic_is_more_so_afterwards(self, stores: Stores, judge: Judge) -> None:
        embedder = an_embedder(stores, LetterEncoder())
        judge.teach(HERE, ON_TOPIC, "import")
        before = opinion(judge, embedder, "aazz").score
        judge.teach(HERE, [("zzz", "out")], "moderator")
        assert opinion(judge, embedder, "aazz").score > before

    def test_the_latest_verdict_on_a_message_counts(self, stores: Stores, judge: Judge) -> None:
        embedder = an_embedder(stores, LetterEncoder())
        judge.teach(HERE, ON_TOPIC, "import")
        judge.teach(HERE, [(ON_TOPIC[0][0], "out")], "moderator")
        assert opinion(judge, embedder, "aab").abstained

    def test_a_forgotten_example_counts_no_more(self, stores: Stores, judge: Judge) -> None:
        embedder = an_embedder(stores, LetterEncoder())
        judge.teach(HERE, ON_TOPIC, "import")
        assert not opinion(judge, embedder, "aab").abstained
        stores.taught.delete(stores.taught.list(HERE, "in")[0].id)
        assert opinion(judge, embedder, "aab").abstained

    def test_one_space_learns_nothing_from_another(self, stores: Stores, judge: Judge) -> None:
        judge.teach("elsewhere", ON_TOPIC, "import")
        assert opinion(judge, an_embedder(stores, LetterEncoder()), "aab").abstained

    def test_a_taught_message_is_encoded_once_also_for_the_next_process(self, stores: Stores) -> None:
        encoder = LetterEncoder()
        embedder = an_embedder(stores, encoder)
        a_judge(stores).teach(HERE, ON_TOPIC, "import")
        for judge in (a_judge(stores), a_judge(stores)):
            opinion(judge, embedder, "z")
            opinion(judge, embedder, "z")
        assert sorted(text for text in encoder.encoded if text != "z") == [text for text, _ in ON_TOPIC]

    def test_a_taught_message_may_be_longer_than_the_encoder_reads(self, stores: Stores, judge: Judge) -> None:
        """Members write up to 4000 characters; their message is taught as it would have been asked."""
        encoder = LetterEncoder(max_tokens=10)
        embedder = an_embedder(stores, encoder)
        judge.teach(HERE, [*ON_TOPIC, ("zzz " * 100, "out")], "moderator")
        assert opinion(judge, embedder, "zzz").score > 0.99
        assert "zzz zzz zzz zzz zzz zzz zzz zzz" in encoder.encoded

    def test_a_message_without_a_word_teaches_nothing(self, stores: Stores, judge: Judge) -> None:
        """An encoder may have no vector for it, and the gate calls it small talk anyway."""
        judge.teach(HERE, [*ON_TOPIC[1:], ("👍", "in"), (" ", "in")], "import")
        assert opinion(judge, an_embedder(stores, LetterEncoder()), "aab").abstained


class TestDocuments:
    def test_without_taught_messages_the_three_nearest_passages_decide(self, stores: Stores, judge: Judge) -> None:
        found = Found((), (0.9, 0.5, 0.1, -0.5))
        verdict = opinion(judge, an_embedder(stores, LetterEncoder()), "aab", FITTED, found)
        assert verdict.signal == "documents"
        assert verdict.score == pytest.approx(0.5)

    def test_nothing_found_is_as_far_as_can_be(self, stores: Stores, judge: Judge) -> None:
        verdict = opinion(judge, an_embedder(stores, LetterEncoder()), "aab", FITTED)
        assert verdict.similarity == 0.0
        assert verdict.score > 0.99

    def test_what_messages_know_documents_need_not(self, stores: Stores, judge: Judge) -> None:
        embedder = an_embedder(stores, LetterEncoder())
        judge.teach(HERE, ON_TOPIC, "import")
        assert opinion(judge, embedder, "aaab", FITTED).signal == "messages"
        assert opinion(judge, embedder, "zzz", FITTED, Found((), (0.9,))).signal == "documents"


class TestWhy:
    def test_it_names_the_signal_and_the_nearest_texts_of_both_kinds(self, judge: Judge) -> None:
        judge.teach(HERE, [(f"the red house number {number}", "in") for number in range(40)], "import")
        judge.teach(HERE, [("who won the match?", "out"), ("buy cheap watches", "out")], "moderator")
        verdict = judge.why(HERE, "who lost the match?")
        assert verdict.signal == "messages"
        assert verdict.nearest_off_topic == "who won the match?"
        assert verdict.nearest_on_topic.startswith("the red house")
        assert (verdict.score >= 0.5) == (verdict.similarity <= verdict.threshold)

    def test_the_nearest_text_may_be_a_passage(self, stores: Stores, judge: Judge) -> None:
        ingest(stores, "the red house")
        judge.teach(HERE, [("who won the match", "in")], "import")
        assert judge.why(HERE, "a red house").nearest_on_topic == "the red house"

    def test_a_judge_that_knows_nothing_names_nothing(self, judge: Judge) -> None:
        assert judge.why(HERE, "who won the match?") == ABSTAINED


class TestManyMessages:
    def test_each_is_judged_as_if_alone(self, judge: Judge) -> None:
        judge.teach(HERE, [(f"the red house number {number}", "in") for number in range(40)], "import")
        texts = ["the red house number 7", "who won the match?", "a red door"]
        together = judge.verdicts(HERE, texts)
        alone = [judge.verdicts(HERE, [text])[0] for text in texts]
        assert [each.score for each in together] == pytest.approx([each.score for each in alone], abs=1e-5)
        assert [each.signal for each in together] == [each.signal for each in alone]
        assert together[0].similarity > together[2].similarity > together[1].similarity

    def test_they_are_judged_by_what_was_fitted_to_the_space(self, stores: Stores, judge: Judge) -> None:
        (before,) = judge.verdicts(HERE, ["the red house"])
        stores.tunables.set(HERE, FIT, FITTED.to_json(), "knowbot", NOON)
        (after,) = judge.verdicts(HERE, ["the red house"])
        assert (before, after.signal) == (ABSTAINED, "documents")

    def test_the_nearest_reference_may_be_a_passage_or_a_taught_message(self, stores: Stores, judge: Judge) -> None:
        ingest(stores, "the red house")
        judge.teach(HERE, [("who won the match", "in")], "import")
        passage, message, neither = judge.nearest(HERE, ["the red house", "who won the match", "xyz"])
        assert (passage, message) == pytest.approx((1.0, 1.0))
        assert neither < 0.5

    def test_an_overlong_message_is_judged_all_the_same(self, judge: Judge) -> None:
        assert judge.verdicts(HERE, ["word " * 4000]) == [ABSTAINED]


def spaces_of(stores: Stores) -> Spaces:
    return Spaces(stores, RetrievalSettings("hashing:64", exact_up_to=1000), Meter.of(stores, lambda: NOON))


def ingest(stores: Stores, text: str) -> None:
    """One document of one passage, with its vector, into the active generation."""
    space = spaces_of(stores).active_or_new(HERE)
    document = stores.documents.put(HERE, DocumentDraft("a.md", "A", text, "markdown", "hash"), NOON)
    draft = ChunkDraft(0, "", text, "", "a.md", 0, len(text), 3)
    ids = stores.chunks.put(document, space.generation.chunking_id, [draft])
    vectors = embed_chunks(space.embedder, [draft], Purpose("ingest", HERE, "document"))
    stores.vectors.put(space.generation.id, vectors.rows(ids))
