"""Documents of Discord messages: no answer cites what one of its readers may not see, whatever is edited or deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.engine import Engine
from retrieval.handed_in.channel_documents import ChannelDocument, MessageOfDocument
from retrieval.settings import RetrievalSettings
from retrieval.types import Asked, Question
from storage.message_documents import AnswerDraft, NoSuchDraftError

ANIMALS = ("zebra", "gnu", "okapi")
SPACES = ("one", "two")
PLACES = ("public", "channel:1", "channel:2", "channel:3")

Step = tuple[str, str, int, str, str]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine(tmp_path_factory.mktemp("channels"), RetrievalSettings(encoder="hashing")) as engine:
        yield engine


def a_document(number: int, animal: str, place: str) -> ChannelDocument:
    text = f"The {animal} quota is exactly {number} stripes for every member of the herd."
    message = MessageOfDocument(number, 1, 100 + number)
    return ChannelDocument(
        f"https://example.org/{number}", f"How large is the {animal} quota?", text, place, (message,)
    )


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("put", "put", "delete")),
        st.sampled_from(SPACES),
        st.integers(1, 5),
        st.sampled_from(ANIMALS),
        st.sampled_from(PLACES),
    ),
    max_size=10,
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.sampled_from(SPACES), st.sets(st.sampled_from(PLACES)), st.sampled_from(ANIMALS))
def test_no_answer_cites_what_a_reader_may_not_see(
    engine: Engine, steps: list[Step], space: str, readers: set[str], animal: str
) -> None:
    for number in range(1, 6):
        engine.channel_documents.forget_message(number)
    now: dict[tuple[str, int], str] = {}
    for each in SPACES:  # so that there is something to ask in each
        engine.channel_documents.put(each, "base", [a_document(99, "base", "public")])
    for action, where, number, kind, place in steps:
        if action == "put":
            engine.channel_documents.put(where, "source", [a_document(number, kind, place)])
            now[where, number] = place
        else:
            engine.channel_documents.forget_message(number)
            now = {key: seen for key, seen in now.items() if key[1] != number}
    seen = frozenset({"public", *readers})
    answer = engine.answers.answer(Question(f"how large is the {animal} quota", space, seen))
    for candidate in answer.candidates:
        location = candidate.chunk.document_location
        if not location.endswith("/99"):
            assert now[space, int(location.rsplit("/", 1)[1])] in seen
    for suggestion in engine.known.suggestions(space, frozenset(), animal):
        raise AssertionError(f"nobody may see {suggestion}")


def test_what_quotes_a_message_that_is_gone_is_named_and_withdrawn_once(tmp_path: Path) -> None:
    with Engine(tmp_path, RetrievalSettings(encoder="hashing")) as engine:
        engine.channel_documents.put("default", "source", [a_document(1, "zebra", "public")])
        answer = engine.answers.answer(Question("how large is the zebra quota"))
        number = engine.conversations.record(answer, Asked("discord", 7, 3, 4))
        assert number is not None
        engine.stores.interactions.note_reply(number, 5)
        (posted,) = engine.channel_documents.forget_message(1)
        assert (posted.channel_id, posted.reply_id) == (3, 5)
        assert engine.conversations.sources(number, frozenset({"public"})) == []
        assert engine.channel_documents.forget_message(1) == []


def test_a_draft_is_known_once_it_is_published_and_only_once(tmp_path: Path) -> None:
    with Engine(tmp_path, RetrievalSettings(encoder="hashing")) as engine:
        draft = AnswerDraft(
            "default",
            "How large?",
            "Large enough for all.",
            "https://example.org/7",
            "public",
            None,
            7,
            1,
            "a",
            "b",
            0.0,
        )
        number = engine.saved_answers.draft(draft)
        assert engine.stores.documents.get("default", draft.location) is None
        assert engine.saved_answers.publish(number) == draft
        document = engine.stores.documents.get("default", draft.location)
        assert document is not None
        assert "Large enough for all." in document.text
        (part,) = engine.channel_documents.with_message(7)
        assert engine.saved_answers.was_approved(part)
        with pytest.raises(NoSuchDraftError, match="published, discarded or forgotten"):
            engine.saved_answers.publish(number)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("how many stripes is the okapi quota, does anybody know?", "It is forty-two, for every member of the herd."),
        ("Hi all, since the update to 2.3 I get `invalid state`:\n```\nHTTP 500\n```\nThanks!", "Clear your cookies."),
    ],
)
def test_of_a_solved_thread_the_answer_is_quoted_and_never_its_question(
    engine: Engine, asked: str, answered: str
) -> None:
    message = MessageOfDocument(50, 1, 150)
    document = ChannelDocument("https://example.org/50", "Help", answered, "public", (message,), question=asked)
    engine.channel_documents.put("solved", "discord:1", [document])
    answer = engine.answers.answer(Question(asked, space="solved"))
    assert answer.sources[0].quote == answered
    (passage,) = [candidate.chunk for candidate in answer.candidates]
    assert passage.text == answered
    assert "Thanks" not in passage.heading
    engine.channel_documents.forget_message(50)
