"""Whether a message is flagged, which is settled before it is recorded: both are written down at once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.policy import Setting, flags
from retrieval.reviewing.conversations import SUSPICIOUS, Concern, off_topic
from retrieval.types import Answer, Asked
from storage.errors import KnowbotError

if TYPE_CHECKING:
    from bot.client import KnowbotClient

logger = logging.getLogger(__name__)


async def concern_of(client: KnowbotClient, answer: Answer, asked: Asked, setting: Setting) -> Concern | None:
    """Suspicious before off topic; neither of what staff say, nor of what is said to knowbot alone."""
    if asked.server_id is not None and not setting.staff and (suspicious := await _suspicion(client, answer)):
        return suspicious
    return off_topic(answer) if flags(answer, setting) else None


async def _suspicion(client: KnowbotClient, answer: Answer) -> Concern | None:
    question = answer.question
    try:
        found = await client.lane.run(client.engine.watch.look, question.text, question.space)
    except KnowbotError as error:
        logger.warning("whether a message is suspicious cannot be told: %s", error)
        return None
    return Concern(SUSPICIOUS, found.reason, found.score) if found else None
