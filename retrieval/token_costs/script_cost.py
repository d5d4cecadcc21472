"""How well a tokenizer serves a script: its tokens for as much text, beside what it needs for English."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from retrieval.counting.tokens import Tokenizer

_BADLY_SERVED = 1.25
_FEWEST_LETTERS = 20
_SMALLEST_SHARE = 0.1
_ACCENTED_SHARE = 0.01
_LATIN = "LATIN"

# A letter of these says as much as several of an alphabet: their texts are that much shorter than English ones.
_LETTERS_WORTH = {"CJK": 3.0, "HIRAGANA": 2.0, "KATAKANA": 2.0, "HANGUL": 2.0}

_ENGLISH = (
    "Most people write to a help desk when something that worked yesterday has stopped working today. They describe "
    "what they see, not what is wrong, and they hope that somebody has had the same trouble before. A good answer "
    "names the cause in one sentence, says what to do first, and tells where the whole story can be read. If nobody "
    "knows the answer, it is better to say so at once than to guess, because a wrong guess costs more time than a "
    "short wait for someone who really knows."
)


@dataclass(frozen=True)
class ScriptCost:
    """A script of a text: ``share`` (0-1) of its letters, and how many times the tokens of as much English it takes."""

    script: str
    share: float
    tokens: int
    fair: float

    @property
    def ratio(self) -> float:
        """1.0 for a script that is served as English is."""
        return self.tokens / self.fair if self.fair else 1.0


@dataclass(frozen=True)
class Served:
    """A script that costs ``excess`` tokens more than as much English; ``ratio`` is how many times as many."""

    script: str
    excess: int
    ratio: float


def served(text: str, tokenizer: Tokenizer) -> Iterator[Served]:
    """The scripts of ``text`` that need 1.25 times the tokens of as much English, or more.

    Plain ASCII letters are taken for English or code and never charged; Latin letters are where some bear accents.
    Scripts with under 20 letters or a tenth of all are left alone. A sign of Chinese counts as three letters, kana
    and Hangul as two: rules of thumb, by how much shorter such texts are than their translations.
    """
    for cost in _costs(text, tokenizer, _scripts(text)):
        if cost.tokens >= cost.fair * _BADLY_SERVED:
            yield Served(cost.script, round(cost.tokens - cost.fair), cost.ratio)


def script_costs(text: str, tokenizer: Tokenizer) -> list[ScriptCost]:
    """Every script of ``text`` that has 20 letters and a tenth of all, the most written first; plain Latin too."""
    found = _costs(text, tokenizer, _scripts(text, with_plain=True))
    return sorted(found, key=lambda cost: -cost.share)


def _costs(text: str, tokenizer: Tokenizer, scripts: dict[str, str]) -> Iterator[ScriptCost]:
    english = _alone(_ENGLISH, "".join(set(filter(str.isalpha, _ENGLISH))))
    per_letter = tokenizer.count(english) / len(english)
    amounts = Counter(text)
    in_all = sum(amount for letter, amount in amounts.items() if _script(letter)) or 1
    for script, letters in scripts.items():
        alone = _alone(text, letters)
        fair = len(alone) * _LETTERS_WORTH.get(script, 1.0) * per_letter
        share = sum(amounts[letter] for letter in letters) / in_all
        yield ScriptCost(_named(script, letters), share, tokenizer.count(alone), fair)


def _named(script: str, letters: str) -> str:
    if script == _LATIN:
        return "Latin" if letters.isascii() else "Latin with accents"
    return "Chinese" if script == "CJK" else script.capitalize()


def _alone(text: str, letters: str) -> str:
    """The words of these letters, with a blank between them; numbers and punctuation cost every script the same."""
    return " ".join(re.sub(f"[^{re.escape(letters)}]+", " ", text).split())


def _scripts(text: str, with_plain: bool = False) -> dict[str, str]:
    """The different letters of each script that is worth judging, by its Unicode name; plain Latin on demand."""
    amounts: Counter[str] = Counter()
    letters: dict[str, list[str]] = defaultdict(list)
    accented = 0
    for letter, amount in Counter(text).items():
        script = _script(letter)
        amounts[script] += amount
        letters[script].append(letter)
        accented += amount if script == _LATIN and not letter.isascii() else 0
    del amounts[""]
    enough = max(_FEWEST_LETTERS, amounts.total() * _SMALLEST_SHARE)
    judged = [script for script, amount in amounts.items() if amount >= enough]
    plain = not with_plain and accented < amounts[_LATIN] * _ACCENTED_SHARE
    return {script: "".join(letters[script]) for script in judged if script != _LATIN or not plain}


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    """The first word of a letter's or vowel sign's Unicode name, which is its script's; "" for anything else."""
    return unicodedata.name(letter, "").partition(" ")[0] if unicodedata.category(letter)[0] in "LM" else ""
