"""What members and moderators read on Discord, in the language of the server that is spoken to.

Whoever handles an event says once which language it is spoken in; ``words.FAILED`` is then that language's sentence.
The sentences are in ``bot/languages/``; nothing else in knowbot speaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import ModuleType
from typing import TYPE_CHECKING, Literal

from bot.languages import english, german

if TYPE_CHECKING:
    from bot.languages.english import *  # noqa: F403 - every language has these names, which a test compares

Language = Literal["en", "de"]
LANGUAGES: Mapping[Language, ModuleType] = {"en": english, "de": german}

_spoken: ContextVar[Language] = ContextVar("language", default="en")


def speak(language: Language) -> None:
    """From here on this task, and those that it begins, speaks that language."""
    _spoken.set(language)


@contextmanager
def spoken(language: Language) -> Iterator[None]:
    """Speaks a language for one block, in the middle of something that is spoken in another one."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        return getattr(LANGUAGES[_spoken.get()], name)
