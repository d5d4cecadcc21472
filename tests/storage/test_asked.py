"""Questions by the page, narrowed down; verdicts; counts by day."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.asked import QuestionFilter
from storage.records import InteractionDraft, Retrieved
from storage.stores import Stores, open_stores

DAY = 86_400.0


def ask(stores: Stores, at: float, text: str, **others: object) -> int:
    values = {"origin": "discord", "decision": "answer", "answer": "so", "confidence": 0.9, "off_topic_score": 0.1}
    values |= {"space": "default", "addressed": True, "visible_to": frozenset({"public"})}
    number = stores.interactions.record(InteractionDraft(asked_at=at, question=text, **{**values, **others}))  # type: ignore[arg-type]
    assert number is not None
    return number


@pytest.fixture
def stores(tmp_path: Path) -> Stores:
    stores = open_stores(tmp_path)
    for number in range(7):
        ask(stores, 1.0 if number in (2, 3) else float(number), f"question {number}")
    return stores


def texts(stores: Stores, **wanted: object) -> list[str]:
    return [each.question for each in stores.asked.page(QuestionFilter("default", **wanted), 50)]  # type: ignore[arg-type]


def test_pages_follow_each_other_and_leave_out_nothing_asked_at_the_same_moment(stores: Stores) -> None:
    wanted, read = QuestionFilter("default"), stores.asked.page(QuestionFilter("default"), 2)
    while page := stores.asked.page(wanted, 2, read[-1]):
        read += page
    assert [each.question[-1] for each in read] == list("6543210")
    assert stores.asked.count(wanted, 99) == 7
    assert stores.asked.count(wanted, 5) == 5


def test_filters_narrow_down_and_combine(stores: Stores) -> None:
    odd = ask(stores, 20.0, "100% of_it", decision="unsure", channel_id=5)
    ask(stores, 21.0, "elsewhere", space="other", channel_id=9)
    stores.interactions.vote(odd, "ann", helpful=False, now=30.0)
    assert texts(stores, words="0% OF_") == texts(stores, decision="unsure") == texts(stores, channel_id=5)
    assert texts(stores, words="0%of") == []
    assert texts(stores, thought="not helpful") == ["100% of_it"]
    assert texts(stores, thought="helpful") == []
    assert texts(stores, since=6.0, words="question") == ["question 6"]
    assert len(stores.asked.page(QuestionFilter(None), 50)) == 9
    assert stores.asked.channels("default", 9) == [5]


def test_a_verdict_is_kept_found_and_taken_back(stores: Stores) -> None:
    assert stores.asked.mark(1, "wrong")
    assert texts(stores, thought="wrong") == ["question 0"]
    assert stores.interactions.get(1).verdict == "wrong"
    assert stores.asked.mark(1, None)
    assert texts(stores, thought="wrong") == []
    assert not stores.asked.mark(99, "right")


def test_what_was_found_is_kept_with_every_stages_score(stores: Stores) -> None:
    found = (Retrieved("a.md#x", {"vector": 0.5, "fused": 0.75}), Retrieved("b.md", {"fused": 0.1}))
    number = ask(stores, 9.0, "why", retrieved=found, signal="documents")
    assert stores.asked.retrieved(number) == list(found)
    assert stores.asked.retrieved(1) == stores.asked.retrieved(999) == []
    assert stores.interactions.get(number).signal == "documents"


def test_days_are_counted_from_the_start_given(stores: Stores) -> None:
    late = ask(stores, 2.5 * DAY, "later", decision="unsure")
    stores.interactions.vote(late, "ann", helpful=False, now=1.5 * DAY)
    counts = stores.asked.by_day("default", 0.0, 3)
    assert counts.decisions == ({"answer": 7}, {}, {"unsure": 1})
    assert counts.unhelpful == (0, 1, 0)
    assert counts.flags == (0, 0, 0)


def test_a_golden_question_is_one_once(stores: Stores) -> None:
    stores.golden.put("default", "why?", "a.md", "console", 1.0)
    stores.golden.put("default", "why?", "b.md", "console", 2.0, text_hash="h", answer="so")
    assert stores.golden.location_of("default", "why?") == "b.md"
    assert stores.known_questions.golden("default", frozenset({"public"}), 3.0, 9) == []
    stores.golden.delete("default", "why?")
    assert stores.golden.location_of("default", "why?") is None
