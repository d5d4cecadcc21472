"""Secrets come from the environment or from ``.env`` beside the settings, and go nowhere else."""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path

from dotenv import dotenv_values

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


def application_id(token: str) -> int | None:
    """The number of the application a token belongs to, which its first part spells; None where it does not."""
    first = token.split(".")[0]
    try:
        digits = base64.b64decode(first + "=" * (-len(first) % 4), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return int(digits) if digits.isdecimal() else None
