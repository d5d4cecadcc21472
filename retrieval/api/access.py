"""Address and key of the API, from the environment or from ``.env``; the key is neither stored nor logged."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from storage.errors import KnowbotError

OPENAI_URL = "https://api.openai.com/v1"
KEY = "OPENAI_API_KEY"
URL = "OPENAI_BASE_URL"
_DOTENV = Path(".env")


class ApiAddressError(KnowbotError):
    """The address of the API is none."""


class ApiKeyMissingError(KnowbotError):
    """OpenAI's own API is called without a key."""


@dataclass(frozen=True)
class ApiAccess:
    """Where an OpenAI-compatible API is, and the key to it ("" where it wants none)."""

    url: str = OPENAI_URL
    key: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        """The name of the machine, which is all that anybody has to be told."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_openai(self) -> bool:
        """True for OpenAI's own API, which wants some things said otherwise."""
        return self.host == urlsplit(OPENAI_URL).hostname

    @property
    def header_key(self) -> str:
        """What is sent as the key; raises ApiKeyMissingError where OpenAI would refuse it anyway."""
        if not self.key and self.is_openai:
            raise ApiKeyMissingError(f"there is no {KEY}: set it in the environment, or write {KEY}=... into .env")
        return self.key or "none"


def find_access(url: str = "") -> ApiAccess:
    """``url`` or, where it is empty, what OPENAI_BASE_URL says, with OPENAI_API_KEY. Raises ApiAddressError."""
    kept = dotenv_values(_DOTENV)

    def found(name: str) -> str:
        return (os.environ.get(name) or kept.get(name) or "").strip()

    chosen = url or found(URL) or OPENAI_URL
    parts = urlsplit(chosen)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ApiAddressError(f"{URL} is no address of an API: write one such as {OPENAI_URL}")
    if parts.username or parts.password:
        # Addresses are logged, by libraries too.
        raise ApiAddressError(f"{URL} holds a name or a password: take it out, and put the key into {KEY}")
    return ApiAccess(chosen, found(KEY))
