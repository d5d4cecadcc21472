"""Whether the database that is open is still the one in its place."""

from __future__ import annotations

import asyncio
import logging

from storage.database import Connection, DatabaseReplacedError
from storage.errors import KnowbotError

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""Between two looks."""


async def until_replaced(db: Connection) -> None:
    """Watches until it raises DatabaseReplacedError.

    A file that is away may come back, so that is only said: whoever made another one in its place would hide it.
    """
    is_away = False
    while True:
        try:
            await asyncio.to_thread(db.refuse_replaced)
        except DatabaseReplacedError:
            raise
        except KnowbotError as error:
            if not is_away:
                logger.error("%s", error)
            is_away = True
        else:
            if is_away:
                logger.info("%s is back", db.path)
            is_away = False
        await asyncio.sleep(LOOK_SECONDS)
