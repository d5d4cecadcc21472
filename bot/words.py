"""Every sentence that a member or a moderator reads on Discord. Change them here; nothing else in knowbot speaks."""

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
SOURCE = "Source:"
SEE_ALSO = "See also:"
NOTHING_NEAR = "I found nothing that comes near it."

HELPFUL = "Helpful"
NOT_HELPFUL = "Not helpful"
WITHDRAW = "Withdraw"
ASK_A_HUMAN = "Ask a human"
ON_TOPIC = "On topic"
OFF_TOPIC = "Off topic"
UNDO = "Undo"

VOTED: Mapping[bool, str] = {
    True: "Thank you, noted as helpful.",
    False: "Thank you, noted as not helpful. That shows the people who keep the documents where to look.",
}
FORGOTTEN = "I no longer know that answer, so there is nothing to note."
WITHDRAWN = "A moderator has withdrawn this answer."
STAFF_ONLY = "That is for this server's moderators."

ASK_SOMETHING = "Ask me something about the documents, in a sentence or two."
NOTHING_KNOWN = "I have not been given any documents yet, so I cannot answer. The people who run me know how."
PAUSED = "I am taking a break: the moderators have paused me."
PAUSE_ON = "Paused. I answer and flag nothing in this server until somebody says `/resume`."
PAUSE_OFF = "I am back and answer again."
SLOWER = "That is a lot of questions at once. Give me a minute, then ask again."
BUSY = "Many people are asking just now. Please ask again in a minute."
FAILED = "Something went wrong on my side and I could not answer. It is in my log; please ask again later."


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


def human_wanted(role_id: int, asker: str, link: str) -> str:
    """Calls the helpers for a question that the documents do not answer."""
    return f"<@&{role_id}> {asker} would like a person's help with {link}"


def flag_title(score: float) -> str:
    """Over the notice of a flagged message; ``score`` is the judge's (0-1)."""
    return f"Looks off topic ({score:.0%})"


def flag_reason(signal: str) -> str:
    """Which references the judge compared the message with."""
    return {
        "documents": "It is far from everything in the documents.",
        "messages": "It is unlike the messages that are known to be on topic.",
    }.get(signal, "")


def flag_decided(verdict: str, moderator: str) -> str:
    """Under the notice of a flag once somebody has decided; the verdict is taught."""
    word = ON_TOPIC.lower() if verdict == "in" else OFF_TOPIC.lower()
    return f"{moderator} says it is {word}. I judge the next messages by it."


def digest_title(count: int) -> str:
    """Over the one message that stands for all flags beyond the hourly limit."""
    return f"{count} more messages looked off topic in the last hour"


DIGEST_FOOTER = "Whoever runs me can go through them in the console, on the screen Flags."
MORE_FLAGS = "and {count} more"
