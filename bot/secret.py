"""Secrets come from the environment or from ``.env`` beside the settings, and go nowhere else."""

from __future__ import annotations

import base64
import binascii
import os
import re
import tempfile
from pathlib import Path

from dotenv import dotenv_values

from retrieval.api.access import KEY
from storage.errors import KnowbotError

TOKEN = "DISCORD_TOKEN"
_DOTENV = Path(".env")


class TokenMissingError(KnowbotError):
    """There is no token to log in with."""


def discord_token() -> str:
    """The bot's token; raises TokenMissingError."""
    token = find_token()
    if not token:
        raise TokenMissingError(
            f"there is no {TOKEN}: copy the token from the Bot page of discord.com/developers/applications "
            f"and set it in the environment, or write {TOKEN}=... into .env"
        )
    return token


def find_token() -> str | None:
    """The bot's token, if there is one."""
    return (os.environ.get(TOKEN) or dotenv_values(_DOTENV).get(TOKEN) or "").strip() or None


def all_secrets() -> list[str]:
    """Whatever must not be seen in a log."""
    kept = dotenv_values(_DOTENV)
    named = [os.environ.get(name) or kept.get(name) for name in (TOKEN, KEY)]
    return [secret.strip() for secret in named if secret and secret.strip()]


def keep_token(token: str) -> Path:
    """Writes the token into ``.env``, readable by its owner only, and leaves its other lines as they are."""
    lines = _DOTENV.read_text(encoding="utf-8").splitlines() if _DOTENV.exists() else []
    kept = [line for line in lines if not re.match(rf"\s*(export\s+)?{TOKEN}\s*=", line)]
    text = "\n".join([*kept, f"{TOKEN}={token}"]) + "\n"
    # Made 0600 by mkstemp, and put in place at once: at no moment is a token to be read by others.
    handle, aside = tempfile.mkstemp(dir=_DOTENV.resolve().parent, prefix=".env.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return Path(aside).replace(_DOTENV.resolve())


def application_id(token: str) -> int | None:
    """The number of the application a token belongs to, which its first part spells; None where it does not."""
    first = token.split(".")[0]
    try:
        digits = base64.b64decode(first + "=" * (-len(first) % 4), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return int(digits) if digits.isdecimal() else None
