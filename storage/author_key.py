"""Who asked or voted is kept as a keyed hash: it tells two people apart and names neither."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path
from uuid import uuid4

from storage.database import in_words

FILE = "author.key"
_BYTES = 32


class AuthorKey:
    """The key of one data folder. It is beside the database, so a copy of the database alone cannot be matched."""

    def __init__(self, data_dir: Path) -> None:
        """Reads the key, or makes one that only this user may read."""
        path = data_dir / FILE
        with in_words(path):
            self._key = path.read_bytes() if path.exists() else _made(path)

    def hash(self, author_id: int) -> str:
        """HMAC-SHA256 of a Discord user's number, 32 hex digits of it."""
        return hmac.new(self._key, str(author_id).encode(), hashlib.sha256).hexdigest()[:32]


def _made(path: Path) -> bytes:
    """Linked into place, so that of several who start at once all read the same key."""
    aside = path.with_name(f"{path.name}.{uuid4().hex}")
    try:
        aside.touch(0o600)
        aside.write_bytes(secrets.token_bytes(_BYTES))
        path.hardlink_to(aside)
    except FileExistsError:
        pass
    finally:
        aside.unlink(missing_ok=True)
    return path.read_bytes()
