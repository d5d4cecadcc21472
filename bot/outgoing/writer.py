"""The answer writer on Discord: a language model's words in the place of the extracted ones, where they hold up."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from bot.settings import WriterSettings
from retrieval.api.access import find_access
from retrieval.api.chat import ChatModel
from retrieval.costs.metering import Meter
from retrieval.types import Answer
from retrieval.write import Proofreading, messages


@dataclass(frozen=True)
class Draft:
    """A text that may be shown; it grows until it is ``final``."""

    text: str
    final: bool


class Writer:
    """Writes answers from their sources, and from nothing else."""

    def __init__(self, meter: Meter, settings: WriterSettings) -> None:
        """``settings`` name a model; the key comes from the environment."""
        access = find_access(settings.base_url)
        self._meter = meter
        self._model = ChatModel(settings.model, access, settings.max_tokens, settings.seconds)

    async def close(self) -> None:
        """Leaves no connection behind."""
        await self._model.close()

    async def drafts(self, answer: Answer) -> AsyncGenerator[Draft, None]:
        """Growing drafts, the last one final. Close it (``aclosing``).

        Raises a KnowbotError where no more may be shown and the extracted answer has to do: WritingFailedError,
        BudgetExhaustedError, and what the API's errors become.
        """
        text = shown = ""
        proofreading = Proofreading(answer)
        async with aclosing(self._model.stream(messages(answer), self._meter, answer.question.space)) as pieces:
            async for piece in pieces:
                text += piece
                if (grown := proofreading.growing(text)) != shown:
                    shown = grown
                    yield Draft(shown, final=False)
        yield Draft(proofreading.finished(text), final=True)
