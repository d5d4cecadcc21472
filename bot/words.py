"""Every sentence that a member reads. Change them here; nothing else in knowbot speaks."""

from __future__ import annotations

from collections.abc import Mapping

from retrieval.types import Answer, Decision

WITHOUT_ANSWER: Mapping[Decision, str] = {
    "unsure": "I do not know: the documents do not say it clearly enough.",
    "off_topic": "That does not look like what this community's documents are about: the people here may know more.",
    "small_talk": "Happy to be here. Ask me about the documents whenever you like.",
}
NEAREST = "The nearest I found:"
SOURCES = "Sources:"
NOTHING_NEAR = "I found nothing that comes near it."


def confidence_word(confidence: float) -> str:
    """A plain word for a probability (0-1)."""
    if confidence >= 0.85:
        return "I am quite sure of this."
    if confidence >= 0.65:
        return "I am fairly sure of this."
    return "This is my best guess."


def reply(answer: Answer) -> str:
    """What to say before the sources."""
    if answer.decision == "answer":
        return answer.text
    if answer.decision == "unsure" and not answer.sources:
        return f"{WITHOUT_ANSWER['unsure']} {NOTHING_NEAR}"
    return WITHOUT_ANSWER[answer.decision]
