"""Messages that try to talk the bot, or people, out of something: instructions to an assistant, fishing for secrets.

knowbot itself follows no instruction from a message. Moderators want to know who tries, and what members are asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.banks import suspicious_lines
from retrieval.embed import Purpose
from retrieval.query import EmptyQuestionError, prepare_query
from retrieval.space import Spaces
from storage.records import Matrix

_RULES = (
    (
        "injection",
        re.compile(
            r"\b(ignore|disregard|forget|override|bypass)\b.{0,20}\b(previous|prior|above|earlier|all|any|your)\b.{0,20}"
            r"\b(instructions?|prompts?|rules|guidelines|directions|restrictions)\b",
            re.IGNORECASE | re.DOTALL,
        ),
    ),
    (
        "injection",
        re.compile(
            r"\b(reveal|show|print|repeat|output|leak|tell me|what is|what's)\b.{0,30}\b(your|the)\b.{0,15}"
            r"\b(system|hidden|initial|secret)\s+(prompt|instructions?|message)\b",
            re.IGNORECASE | re.DOTALL,
        ),
    ),
    (
        "injection",
        re.compile(
            r"\b(jailbreak|developer mode|do anything now)\b|<\|(im_start|im_end|system)\|>|\[/?INST\]", re.IGNORECASE
        ),
    ),
    (
        "secrets",
        re.compile(
            r"\b(give|send|dm|post|paste|share|tell|show|reveal|leak|need|want|what is|what's)\b.{0,40}"
            r"\b(your|his|her|their|the (bot|admin|server|mod)('s)?|admin'?s?|someone'?s?)\b.{0,20}"
            r"\b(password|passwd|tokens?|api[ -]?keys?|private keys?|seed phrase|recovery phrase|2fa codes?|"
            r"one[- ]time codes?|credentials|credit card)\b",
            re.IGNORECASE | re.DOTALL,
        ),
    ),
)

SIMILAR = 0.72
"""From this cosine to a line of the bank on, words that no rule knows are suspicious all the same."""

_RULE_SCORE = 0.95


@dataclass(frozen=True)
class Suspicion:
    """What a message seems to try (``injection`` or ``secrets``), and how surely (0-1)."""

    reason: str
    score: float


def by_rule(text: str) -> Suspicion | None:
    """What the words alone give away; None where they are innocent."""
    for reason, pattern in _RULES:
        if pattern.search(text):
            return Suspicion(reason, _RULE_SCORE)
    return None


class Watch:
    """Rules first, then the nearness to a small built-in bank."""

    def __init__(self, spaces: Spaces) -> None:
        self._spaces = spaces
        self._banks: dict[str, Matrix] = {}

    def look(self, text: str, space: str) -> Suspicion | None:
        """None for an innocent message. Raises what encoding raises; after an answer its vector is known already."""
        if found := by_rule(text):
            return found
        embedder = self._spaces.active(space).embedder
        try:
            query = prepare_query(text, embedder.encoder.tokenizer, embedder.encoder.max_tokens)
        except EmptyQuestionError:
            return None
        lines = suspicious_lines()
        digest = embedder.fingerprint.digest
        if digest not in self._banks:
            purpose = Purpose("judge", space, "query", keep="reference")
            self._banks[digest] = embedder.embed([line for _, line in lines], purpose)
        vector = embedder.embed([query.text], Purpose("judge", space, "query", keep="query"))[0]
        cosines = self._banks[digest] @ vector
        nearest = int(cosines.argmax())
        score = float(cosines[nearest])
        return Suspicion(lines[nearest][0], round(score, 4)) if score >= SIMILAR else None
