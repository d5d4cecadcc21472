"""Telling a title that asks something from one that is a mere label."""

from __future__ import annotations

import re

_OPENINGS = {
    "en": "how what why when where who whom whose which can could do does did is are was were should would may might "
    "must will am has have my i i'm i've i'd what's how's where's who's why's can't won't doesn't isn't",
    "de": "wie was warum wieso weshalb wann wo woher wohin wer wen wem wessen welche welcher welches welchen welchem "
    "wozu womit kann kannst können könnte könnt darf dürfen muss müssen soll sollte sollen ist sind hat haben gibt "
    "wird werden ich mein meine",
    "es": "cómo como qué cuándo cuando dónde donde quién quiénes cuál cuáles cuánto cuánta cuántos cuántas puedo "
    "puede pueden debo debe tengo hay mi mis por",
    "fr": "comment pourquoi quand où qui quel quelle quels quelles combien est-ce puis-je peut-on dois-je faut-il mon",
}
_FIRST_WORDS = frozenset(" ".join(_OPENINGS.values()).split())
_FEWEST_WORDS = 3
_QUESTION_MARKS = ("?", "？", "؟")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*(?=\s|$)")


def is_question_like(title: str) -> bool:
    """Whether ``title`` asks what a member might ask: "Why is it slow?", "How to log in", "I lost my key".

    A label ("Get started", "May 2024", "I/O") does not. English, German, Spanish and French.
    """
    plain = title.strip().rstrip(")\"'”’»*_ ").replace("’", "'")
    if plain.endswith(_QUESTION_MARKS):
        return True
    words = plain.lstrip("¿\"'“„« ").lower().split()
    if len(words) < _FEWEST_WORDS or not _WORD.fullmatch(words[0]):
        return False
    # Months and other names look like questions; what follows a question word is a word.
    return words[0] in _FIRST_WORDS and words[1][0].isalpha()
