"""One streamed answer of a chat model: reserved before, counted once, and given up in time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING, Any

from retrieval.api.access import ApiAccess
from retrieval.api.retrying import in_words, is_refusal
from retrieval.api.tokenizer import tokenizer_of
from retrieval.costs.budget import Reservation
from retrieval.costs.metering import Account, Call, Meter
from retrieval.costs.pricing import PricedModel, TokenUse
from retrieval.counting.tokens import Tokenizer
from storage.errors import KnowbotError

if TYPE_CHECKING:
    from openai import AsyncOpenAI

WRITE = "write"
"""The ledger's operation; its cached tokens are the provider's, and part of the prompt."""

_MESSAGE_TOKENS = 8
"""More than any model adds around a message."""


class ClientMissingError(KnowbotError):
    """The extra is not installed."""


class ReplyCutOffError(KnowbotError):
    """The model wanted to say more than it may."""


class ChatModel:
    """A chat model behind an OpenAI-compatible API; to be used from one event loop."""

    def __init__(self, name: str, access: ApiAccess, most_tokens: int, seconds: float) -> None:
        """``most_tokens`` bounds a reply, ``seconds`` the time until its end."""
        self._name, self._access = name, access
        self._most_tokens, self._seconds = most_tokens, seconds
        self._tokenizer = tokenizer_of(name)
        self._opened: AsyncOpenAI | None = None

    async def stream(self, messages: Sequence[dict[str, str]], meter: Meter, space: str) -> AsyncGenerator[str, None]:
        """The pieces of the reply as they come. Close it (``aclosing``): the call is counted when it ends.

        Raises BudgetExhaustedError before the call, then ApiUnavailableError, ApiRefusedError and ReplyCutOffError.
        """
        account = Account(meter, PricedModel(self._name, self._access.url), WRITE, space)
        tally = _Tally(self._tokenizer, messages)
        reservation = await asyncio.to_thread(account.reserve, tally.most(self._most_tokens))
        started = time.perf_counter()
        try:
            async for chunk in self._chunks(messages, started + self._seconds):
                if piece := tally.add(chunk):
                    yield piece
        except Exception as error:
            tally.refused = is_refusal(error)
            raise in_words(error, self._access.host, self._name) from error
        finally:
            await asyncio.to_thread(tally.close, account, reservation, time.perf_counter() - started)

    async def _chunks(self, messages: Sequence[dict[str, str]], until: float) -> AsyncGenerator[Any, None]:
        """Every part of the reply, none of them later than ``until``. Nothing is tried again: a member is waiting."""
        limit = "max_completion_tokens" if self._access.is_openai else "max_tokens"
        wanted: dict[str, Any] = {
            "model": self._name,
            "messages": list(messages),
            "stream": True,
            "stream_options": {"include_usage": True},
            limit: self._most_tokens,
        }
        async with asyncio.timeout(until - time.perf_counter()):
            stream = await self._client().chat.completions.create(**wanted)
        async with stream:
            chunks = aiter(stream)
            while True:
                # Around the wait alone: at a yield the time-out would strike whoever reads.
                async with asyncio.timeout(until - time.perf_counter()):
                    chunk = await anext(chunks, None)
                if chunk is None:
                    return
                yield chunk

    async def close(self) -> None:
        """Closes its connections, which belong to the loop that it streamed on; it may be used again."""
        if self._opened:
            opened, self._opened = self._opened, None
            await opened.close()

    def _client(self) -> AsyncOpenAI:
        if self._opened is None:
            try:
                from openai import AsyncOpenAI  # noqa: PLC0415 - an extra, and half a second
            except ImportError as error:
                raise ClientMissingError(
                    "the answer writer needs the extra: install it with pip install 'knowbot[openai]'"
                ) from error
            self._opened = AsyncOpenAI(api_key=self._access.header_key, base_url=self._access.url, max_retries=0)
        return self._opened


class _Tally:
    """What one reply came to, by the API's word where it gives it, else by our own counting."""

    def __init__(self, tokenizer: Tokenizer, messages: Sequence[dict[str, str]]) -> None:
        self._count, self._messages = tokenizer.count, messages
        self._estimate = tokenizer.estimate
        self._text = ""
        self._said: TokenUse | None = None
        self._begun = False
        self.refused = False

    def most(self, output: int) -> TokenUse:
        """What the call may take at most; no tokenizer that can spell bytes has more tokens than there are bytes."""
        texts = [message["content"] for message in self._messages]
        counted = sum(len(text.encode()) if self._estimate else self._count(text) for text in texts)
        return TokenUse(counted + _MESSAGE_TOKENS * len(texts), output)

    def add(self, chunk: Any) -> str:  # noqa: ANN401 - whatever a compatible server sends; the client checks nothing
        """The text of a part of the reply; raises ReplyCutOffError at the end of one that is not whole."""
        self._begun = True
        if usage := getattr(chunk, "usage", None):
            details = getattr(usage, "prompt_tokens_details", None)
            cached = getattr(details, "cached_tokens", None) or 0
            self._said = TokenUse(usage.prompt_tokens or 0, usage.completion_tokens or 0, cached)
        if not chunk.choices:
            return ""
        piece = chunk.choices[0].delta.content or ""
        self._text += piece
        if chunk.choices[0].finish_reason == "length":
            raise ReplyCutOffError("the answer writer was cut off: allow it more tokens, or choose another model")
        return str(piece)

    def close(self, account: Account, reservation: Reservation, seconds: float) -> None:
        """Counts a call that was answered, and settles: a refusal costs nothing, of silence nobody knows."""
        with reservation:
            if self._begun:
                counted = sum(self._count(message["content"]) for message in self._messages)
                use = self._said or TokenUse(counted, self._count(self._text))
                account.note(Call(use, 1, 0, seconds))
                reservation.settle(account.amount(use))
            elif self.refused:
                reservation.settle(0.0)
