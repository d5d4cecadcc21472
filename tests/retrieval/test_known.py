"""Known questions: suggested, found again, and told apart from those that only look alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.handed_in.channel_documents import ChannelDocument
from retrieval.known import SAME_WITHIN, normalised
from retrieval.settings import RetrievalSettings
from retrieval.types import Answer, Asked, Question

PLACE = "channel:1"
SEEN = frozenset({"public", PLACE})
QUESTION = "How many stripes is the zebra quota?"
TEXT = "The zebra quota is exactly forty-one stripes for every member of the herd."


class Time:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def engine(tmp_path: Path, clock: Time) -> Iterator[Engine]:
    with Engine(tmp_path, RetrievalSettings(encoder="hashing"), clock) as engine:
        document = ChannelDocument("https://example.org/1", QUESTION, TEXT, PLACE)
        engine.channel_documents.put("default", "here", [document])
        yield engine


def ask(engine: Engine, text: str, channel: int = 1, reply: int | None = 9) -> Answer:
    answer = engine.answers.answer(Question(text, visible_to=SEEN))
    number = engine.conversations.record(answer, Asked("discord", 7, channel))
    if number and reply:
        engine.stores.interactions.note_reply(number, reply)
    return answer


def test_a_title_that_asks_is_suggested_to_those_who_may_read_it_only(engine: Engine) -> None:
    assert engine.known.suggestions("default", SEEN, "ZEBRA quo") == [QUESTION]
    assert engine.known.suggestions("default", SEEN, "zebra gnu") == []
    assert engine.known.suggestions("default", frozenset({"public"}), "zebra") == []
    assert engine.known.suggestions("nowhere", SEEN, "zebra") == []


def test_a_golden_question_is_suggested_as_far_as_its_document_may_be_read(engine: Engine) -> None:
    sql = (
        "INSERT INTO golden_question (space, question, location, origin, added_at) VALUES ('default', ?, ?, 'test', 0)"
    )
    engine.stores.db.conn.executemany(sql, [("zebra one?", "https://example.org/1"), ("zebra two?", None)])
    assert set(engine.known.suggestions("default", SEEN, "zebra")) == {"zebra one?", "zebra two?", QUESTION}
    assert engine.known.suggestions("default", frozenset({"public"}), "zebra") == ["zebra two?"]


def test_the_first_of_the_same_questions_is_found_within_a_day_and_its_channel(engine: Engine, clock: Time) -> None:
    first = ask(engine, "how many stripes is the zebra quota", reply=5)
    assert first.decision == "answer"
    again = engine.answers.answer(Question("How many stripes is the ZEBRA quota??", visible_to=SEEN))
    found = engine.known.first(again, 1)
    assert found is not None
    assert found.reply_id == 5
    assert engine.known.first(again, 2) is None
    other = engine.answers.answer(Question("is the herd large", visible_to=SEEN))
    assert engine.known.first(other, 1) is None
    clock.now += SAME_WITHIN + 1
    assert engine.known.first(again, 1) is None


def test_similar_questions_come_from_channels_that_may_be_read(engine: Engine) -> None:
    ask(engine, "how many stripes is the zebra quota then", channel=1, reply=5)
    ask(engine, "how many stripes is the zebra quota now", channel=2, reply=6)
    found = engine.known.similar(Question("how many stripes is the zebra quota", visible_to=SEEN))
    assert {each.reply_id for each in found} == {None, 5}
    assert found == sorted(found, key=lambda each: -each.similarity)


def test_words_are_compared_without_their_dress() -> None:
    assert normalised("  How's THAT,  then?! ") == "how s that then"
