"""What a chat message says, without what only a chat client or a politeness needs: by rule, so that it can be told why.

Every rule leaves alone what it does not know for certain: a name like ``__init__`` is no bold text.
"""

from __future__ import annotations

import re

_MENTION = re.compile(r"<(?:@[!&]?|#)\d+>|<t:-?\d+(?::[tTdDfFR])?>")
_COMMAND = re.compile(r"<(/[\w -]+):\d+>")
_EMOJI = re.compile(r"<a?:\w+:\d+>")
_LINK = re.compile(r"\[([^\[\]\n]+)\]\(<?https?://[^\s()<>]*>?\)")
_ADDRESS = re.compile(r"<(https?://[^\s<>]+)>")
_PAIRED = re.compile(r"(\*\*\*?|~~|\|\|)(?=\S)([^\n]{1,300}?)(?<=\S)\1")
_LINE_START = re.compile(r"^[ \t]*(?:>>>|>|-#|#{1,3})[ \t]+", re.MULTILINE)
_FENCE = re.compile(r"```(?:[\w+-]*\n)?(.*?)(?:```|\Z)", re.DOTALL)

_NAMES = r"(?:\s+(?:there|all|everyone|everybody|guys|folks|team|people|again|y'?all|friends|mods?|devs?|bot|knowbot))*"
_HELLO = r"(?:hi+|hey+|hello+|hiya|howdy|yo|greetings|good\s+(?:morning|afternoon|evening|day)|dear)"
_GREETING = re.compile(rf"\A\s*{_HELLO}{_NAMES}\s*(?:[,.!:;~\n]+|\s[-–—]\s)\s*(?=\S)", re.IGNORECASE)
_BARE_GREETING = re.compile(
    rf"\A\s*{_HELLO}{_NAMES}\s+(?=(?:i|i'm|im|i've|how|what|where|why|when|which|who|can|could|does|do|is|are|my|we)\b)",
    re.IGNORECASE,
)
# A thank-you in the middle of a sentence may be what is asked about.
_THANKS = re.compile(
    r"(?:(?<=[.!?,;:)])|\n)[\s,.!;:-]{0,9}\b(?:many\s+thanks|thanks|thank\s+you|thx|ty|tia|cheers)"
    r"(?:\s+(?:in\s+advance|so\s+much|a\s+lot|very\s+much|all|everyone|guys|for\s+(?:your|any|the)\s+help))*[\s.!:)]{0,9}\Z"
    r"|\s+(?:many\s+)?(?:thanks|thank\s+you|thx)\s+in\s+advance[\s.!:)]{0,9}\Z",
    re.IGNORECASE,
)

_PYTHON = re.compile(
    r"^[ \t]*Traceback \(most recent call last\):[^\n]*\n(?:[ \t]+[^\n]*\n|[ \t]*\n)*[ \t]*(?P<error>[^\n]*)",
    re.MULTILINE,
)
_FRAMES = re.compile(
    r"(?:^[ \t]+at [^\n]*(?:\n|\Z)|^[ \t]*\.\.\. \d+ (?:more|common frames omitted)[^\n]*(?:\n|\Z)){2,}", re.MULTILINE
)

_OPENING = re.compile(r"\A\W*(?:and|but|also|then|or|same|what about|how about|what if|why not)\b", re.IGNORECASE)
_POINTING = re.compile(r"\b(?:it|its|that|this|those|these|they|them|there|one|ones)\b", re.IGNORECASE)
_FEWEST_WORDS = 4
_MOST_WORDS = 12


def without_markup(text: str) -> str:
    """Discord's mark-up as text: mentions, timestamps and custom emoji go; words in bold, links and code stay."""
    text = _EMOJI.sub(" ", _MENTION.sub(" ", _COMMAND.sub(r"\1", text)))
    text = _ADDRESS.sub(r"\1", _LINK.sub(r"\1", text))
    text = _FENCE.sub(r"\n\1\n", text)
    return _PAIRED.sub(r"\2", _LINE_START.sub("", text))


def without_politeness(text: str) -> str:
    """Without the greeting in front and the thanks behind, if two words are left: else it *is* a greeting."""
    bare = _THANKS.sub("", _BARE_GREETING.sub("", _GREETING.sub("", text, count=1), count=1))
    return bare if len(re.findall(r"\w+", bare)) >= 2 else text


def without_frames(text: str) -> str:
    """A traceback as the error that it ends with: its frames name files of the machine where it happened."""
    return _FRAMES.sub("", _PYTHON.sub(lambda found: found["error"], text))


def is_follow_up(text: str) -> bool:
    """True where ``text`` hardly says what it is about: it goes on ("and ..."), points back ("it"), or is very short.

    A long message that says "it" has most likely said before what that is.
    """
    words = len(re.findall(r"\w+", text))
    return bool(words <= _FEWEST_WORDS or _OPENING.match(text) or (words <= _MOST_WORDS and _POINTING.search(text)))
