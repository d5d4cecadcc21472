"""What is kept of a conversation, and that nobody can be named from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from retrieval.types import Answer, Asked, Citation, Question
from storage.interactions import NoSuchInteractionError
from tests.fakes import a_chunk

NOW = 1_000.0
ANN, BOB, MODERATOR = 111_111_111, 222_222_222, 333_333_333
CHUNK = a_chunk("Open Settings and press Reset.")
ANSWER = Answer(
    Question("how do I reset it?", visible_to=frozenset({"public", "channel:7"})),
    "answer",
    "Press Reset.",
    confidence=0.8,
    off_topic_score=0.1,
    sources=(Citation(1, "Reset", "1.md#reset", "press Reset", 0.7, CHUNK),),
    milliseconds={"search": 2.0},
)
STRAY = Answer(Question("buy cheap watches"), "off_topic", "", 0.1, 0.9, off_topic_signal="documents")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(tmp_path / "data", RetrievalSettings(encoder="hashing"), clock=lambda: NOW) as engine:
        yield engine


def kept(engine: Engine, answer: Answer, asked: Asked) -> int:
    number = engine.conversations.record(answer, asked)
    assert number is not None
    return number


def texts(engine: Engine, label: str) -> list[str]:
    return [row[0] for row in engine.stores.db.rows("SELECT text FROM taught_example WHERE label = ?", (label,))]


def test_an_answer_is_kept_with_where_it_came_from_and_what_it_rests_on(engine: Engine) -> None:
    number = kept(engine, ANSWER, Asked("discord", ANN, channel_id=7, message_id=70))
    found = engine.stores.interactions.get(number)
    assert (found.question, found.answer, found.origin, found.asked_at) == (
        "how do I reset it?",
        "Press Reset.",
        "discord",
        NOW,
    )
    (source,) = found.sources
    assert (source.document_location, source.location, source.quote) == ("1.md", "1.md#reset", "press Reset")


def test_a_message_that_discord_delivers_twice_is_kept_once(engine: Engine) -> None:
    asked = Asked("discord", ANN, message_id=70)
    kept(engine, ANSWER, asked)
    assert engine.conversations.record(ANSWER, asked) is None


def test_no_number_of_a_member_stands_anywhere_in_the_database(engine: Engine) -> None:
    number = kept(engine, STRAY, Asked("discord", ANN, channel_id=7, message_id=70))
    engine.conversations.vote(number, BOB, helpful=False)
    flag = engine.conversations.flag(number, STRAY, Asked("discord", ANN, message_id=70))
    engine.conversations.decide(flag.id, "out", "Mod")
    engine.conversations.withdraw(number, MODERATOR)
    for (table,) in engine.stores.db.rows("SELECT name FROM sqlite_master WHERE type = 'table'"):
        content = str(engine.stores.db.rows(f'SELECT * FROM "{table}"'))
        assert not [person for person in (ANN, BOB, MODERATOR) if str(person) in content], table


def test_a_member_is_recognised_without_being_named(engine: Engine) -> None:
    number = kept(engine, ANSWER, Asked("discord", ANN))
    engine.conversations.vote(number, ANN, helpful=True)
    rows = engine.stores.db.rows("SELECT author_hash, voter_hash FROM interaction JOIN vote ON interaction_id = id")
    assert rows == [(engine.conversations.hashed(ANN),) * 2]
    assert engine.conversations.hashed(ANN) != engine.conversations.hashed(BOB)


def test_a_question_from_a_terminal_has_no_author_and_makes_no_key(engine: Engine) -> None:
    kept(engine, ANSWER, Asked("ask"))
    assert engine.stores.db.rows("SELECT author_hash FROM interaction") == [(None,)]
    assert not (engine.stores.data_dir / "author.key").exists()


def test_votes_count_by_member_and_only_for_what_is_there(engine: Engine) -> None:
    number = kept(engine, ANSWER, Asked("discord", ANN))
    for voter, helpful in ((ANN, True), (BOB, False), (BOB, True)):
        engine.conversations.vote(number, voter, helpful)
    found = engine.stores.interactions.get(number)
    assert (found.helpful, found.not_helpful) == (2, 0)
    with pytest.raises(NoSuchInteractionError):
        engine.conversations.vote(99, ANN, True)


def test_an_answer_is_withdrawn_once(engine: Engine) -> None:
    number = kept(engine, ANSWER, Asked("discord", ANN))
    assert engine.conversations.withdraw(number, MODERATOR)
    assert not engine.conversations.withdraw(number, MODERATOR)
    assert engine.stores.interactions.get(number).withdrawn_at == NOW


def test_a_verdict_closes_the_flag_and_teaches_its_message(engine: Engine) -> None:
    number = kept(engine, STRAY, Asked("discord", ANN, 7, 70))
    flag = engine.conversations.flag(number, STRAY, Asked("discord", ANN, 7, 70))
    assert (flag.excerpt, flag.score, flag.reason, flag.channel_id) == ("buy cheap watches", 0.9, "documents", 7)
    decided = engine.conversations.decide(flag.id, "out", "Mod")
    assert (decided.verdict, decided.decided_by, decided.decided_at) == ("out", "Mod", NOW)
    assert texts(engine, "out") == ["buy cheap watches"]


def test_a_reopened_flag_has_taught_nothing(engine: Engine) -> None:
    flag = engine.conversations.flag(kept(engine, STRAY, Asked("discord")), STRAY, Asked("discord"))
    engine.conversations.decide(flag.id, "out", "Mod")
    assert engine.conversations.reopen(flag.id) == flag
    assert texts(engine, "out") == []


def test_another_verdict_replaces_the_first(engine: Engine) -> None:
    flag = engine.conversations.flag(kept(engine, STRAY, Asked("discord")), STRAY, Asked("discord"))
    engine.conversations.decide(flag.id, "out", "Mod")
    assert engine.conversations.decide(flag.id, "in", "Other").decided_by == "Other"
    assert (texts(engine, "in"), texts(engine, "out")) == (["buy cheap watches"], [])
