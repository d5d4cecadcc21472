from __future__ import annotations

import itertools

import pytest

from bot.policy import Setting, flags, speaks
from bot.settings import Mode
from retrieval.types import Answer, Decision, Question

DECISIONS: tuple[Decision, ...] = ("answer", "unsure", "off_topic", "small_talk")
MODES: tuple[Mode | None, ...] = ("helpful", "mention", "silent", None)


def an_answer(decision: Decision, text: str = "what shall we cook tonight") -> Answer:
    return Answer(Question(text), decision, "", 0.5, 0.9)


@pytest.mark.parametrize(("decision", "mode"), itertools.product(DECISIONS, MODES))
def test_whoever_speaks_to_it_always_gets_a_word(decision: Decision, mode: Mode | None) -> None:
    assert speaks(decision, Setting(addressed=True, mode=mode, staff=False))


@pytest.mark.parametrize(("decision", "mode"), itertools.product(DECISIONS, MODES))
def test_unasked_it_speaks_only_to_answer_and_only_where_it_is_helpful(decision: Decision, mode: Mode | None) -> None:
    wanted = (decision, mode) == ("answer", "helpful")
    assert speaks(decision, Setting(addressed=False, mode=mode, staff=False)) == wanted


@pytest.mark.parametrize(("decision", "mode"), itertools.product(DECISIONS, MODES))
def test_only_off_topic_messages_in_watched_channels_are_flagged(decision: Decision, mode: Mode | None) -> None:
    wanted = decision == "off_topic" and mode is not None
    assert flags(an_answer(decision), Setting(addressed=False, mode=mode, staff=False)) == wanted


def test_staff_short_messages_and_those_addressed_to_it_are_not_flagged() -> None:
    watched = Setting(addressed=False, mode="silent", staff=False)
    assert flags(an_answer("off_topic", "four words are enough"), watched)
    assert not flags(an_answer("off_topic", "three are not"), watched)
    assert not flags(an_answer("off_topic"), Setting(addressed=False, mode="silent", staff=True))
    assert not flags(an_answer("off_topic"), Setting(addressed=True, mode="silent", staff=False))


@pytest.mark.parametrize("decision", DECISIONS)
def test_where_it_only_listens_it_never_speaks_and_hears_members_only(decision: Decision) -> None:
    for addressed in (True, False):
        setting = Setting(addressed, "shadow", staff=False, shadow=True)
        assert setting.concerns_us
        assert not speaks(decision, setting)
        assert not Setting(addressed, "shadow", staff=True, shadow=True).concerns_us
        assert not Setting(addressed, None, staff=False, shadow=True).concerns_us, "members were not told yet"


def test_staff_is_heard_only_where_it_speaks_to_it() -> None:
    assert not Setting(addressed=False, mode="helpful", staff=True).concerns_us
    assert Setting(addressed=True, mode=None, staff=True).concerns_us
    assert not Setting(addressed=False, mode=None, staff=False).concerns_us
