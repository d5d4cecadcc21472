from __future__ import annotations

from dataclasses import replace

import pytest

from storage.interactions import NoSuchInteractionError
from storage.records import InteractionDraft, StoredCitation
from storage.stores import Stores


def asked(question: str, now: float, *sources: StoredCitation) -> InteractionDraft:
    return InteractionDraft(
        space="default",
        asked_at=now,
        origin="console",
        question=question,
        decision="answer" if sources else "unsure",
        answer="forty-two",
        confidence=0.8,
        off_topic_score=0.1,
        addressed=True,
        visible_to=frozenset({"public", "channel:7"}),
        sources=sources,
        milliseconds={"encode": 3.5},
        channel_id=2**60,
    )


def cited(number: int) -> StoredCitation:
    return StoredCitation(number, "a.md", f"a.md#{number}", "A", "a quote", "hash", 0.7)


def test_a_question_comes_back_with_its_sources_in_order(stores: Stores) -> None:
    number = stores.interactions.record(asked("why?", 1.0, cited(2), cited(1)))
    (found,) = stores.interactions.list("default", 10)
    assert (found.id, found.question, found.answer, found.addressed) == (number, "why?", "forty-two", True)
    assert found.sources == (cited(1), cited(2))


def test_the_latest_questions_come_first(stores: Stores) -> None:
    for now, question in enumerate(["first", "second", "third"]):
        stores.interactions.record(asked(question, float(now)))
    assert [each.question for each in stores.interactions.list("default", 2)] == ["third", "second"]
    assert stores.interactions.list("elsewhere", 2) == []


def test_what_was_seen_and_how_long_it_took_is_kept(stores: Stores) -> None:
    stores.interactions.record(asked("why?", 1.0))
    (row,) = stores.db.rows("SELECT visible_to, milliseconds, channel_id FROM interaction")
    assert row == ('["channel:7", "public"]', '{"encode": 3.5}', 2**60)


def recorded(stores: Stores, draft: InteractionDraft) -> int:
    number = stores.interactions.record(draft)
    assert number is not None
    return number


def test_a_message_that_arrives_twice_is_one_question(stores: Stores) -> None:
    draft = replace(asked("why?", 1.0, cited(1)), message_id=77)
    assert not stores.interactions.knows_message(77)
    first = recorded(stores, draft)
    assert stores.interactions.record(replace(draft, question="again?")) is None
    assert stores.interactions.knows_message(77)
    assert [(each.id, each.question) for each in stores.interactions.list(None, 9)] == [(first, "why?")]
    assert len(stores.interactions.get(first).sources) == 1


def test_questions_without_a_message_are_never_taken_for_one_another(stores: Stores) -> None:
    assert recorded(stores, asked("why?", 1.0)) != recorded(stores, asked("why?", 1.0))


def test_the_latest_vote_of_each_member_counts(stores: Stores) -> None:
    number = recorded(stores, asked("why?", 1.0))
    for now, (voter, helpful) in enumerate([("ann", True), ("bob", True), ("ann", False), ("ann", False)]):
        stores.interactions.vote(number, voter, helpful, float(now), reason=f"reason {now}")
    found = stores.interactions.get(number)
    assert (found.helpful, found.not_helpful) == (1, 1)
    assert stores.db.rows("SELECT voter_hash, reason FROM vote ORDER BY 1") == [
        ("ann", "reason 3"),
        ("bob", "reason 1"),
    ]
    with pytest.raises(NoSuchInteractionError, match="no question 99"):
        stores.interactions.vote(99, "ann", True, 1.0)


def test_an_answer_is_withdrawn_once(stores: Stores) -> None:
    number = recorded(stores, asked("why?", 1.0))
    assert stores.interactions.withdraw(number, "moderator", 5.0)
    assert not stores.interactions.withdraw(number, "another", 6.0)
    assert stores.interactions.get(number).withdrawn_at == 5.0
    assert stores.db.rows("SELECT withdrawn_by FROM interaction") == [("moderator",)]


def test_a_reply_leads_to_its_question(stores: Stores) -> None:
    number = recorded(stores, asked("why?", 1.0, cited(1)))
    assert stores.interactions.of_reply(500) is None
    stores.interactions.note_reply(number, 500)
    found = stores.interactions.of_reply(500)
    assert found is not None
    assert (found.id, found.sources) == (number, (cited(1),))


def test_decisions_are_counted_since_then(stores: Stores) -> None:
    for now in (1.0, 2.0, 3.0):
        stores.interactions.record(asked("why?", now, cited(1)))
    stores.interactions.record(asked("what?", 3.0))
    assert stores.interactions.tally(2.0) == {"answer": 2, "unsure": 1}
    assert stores.interactions.tally(9.0) == {}
