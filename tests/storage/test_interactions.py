from __future__ import annotations

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
