"""What a model wants before every text, where its own folder does not say so, and which models are known to want it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.encoders.base import TextKind


@dataclass(frozen=True)
class Prompts:
    """What stands before a question and before a passage: "" is nothing, None what the model's own folder says."""

    query: str | None = None
    document: str | None = None

    def of(self, kind: TextKind) -> str | None:
        """The prompt of one kind of text."""
        return self.query if kind == "query" else self.document


THEIR_OWN = Prompts()

# As the models' own descriptions have them (Wang et al. 2022 and 2024, "E5"; Xiao et al. 2023, "C-Pack", for BGE).
# BGE-M3 wants none.
_TRAINED_WITH = (
    (
        r"\be5\b.*\binstruct\b",
        Prompts("Instruct: Given a question, retrieve passages that answer the question\nQuery: ", ""),
    ),
    (r"\be5\b", Prompts("query: ", "passage: ")),
    (r"\bbge-(small|base|large)-en\b", Prompts("Represent this sentence for searching relevant passages: ", "")),
    (r"\bbge-(small|base|large)-zh\b", Prompts("为这个句子生成表示以用于检索相关文章：", "")),
)


def trained_with(names: Iterable[str]) -> Prompts | None:
    """The prompts of the first family of models that one of ``names`` speaks of; None for all others."""
    spoken = " ".join(names).lower().replace("_", "-")
    return next((prompts for family, prompts in _TRAINED_WITH if re.search(family, spoken)), None)


def as_settings(model: str, prompts: Prompts) -> str:
    """What ``knowbot.toml`` would have to hold, in a sentence; TOML quotes as JSON does."""
    query, document = (json.dumps(each or "", ensure_ascii=False) for each in (prompts.query, prompts.document))
    return f"[prompts.{json.dumps(model, ensure_ascii=False)}] with query = {query} and document = {document}"
