"""Encoders behind an OpenAI-compatible API: several requests in flight, each retried, counted and paid for once."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.api.access import ApiAccess, find_access
from retrieval.api.loop_thread import LoopThread
from retrieval.api.packing import Piece, packed, pieces
from retrieval.api.replies import matrix_of
from retrieval.api.retrying import MEMBERS_WAIT, NOBODY_WAITS, ApiUnavailableError, Patience, in_words, tries
from retrieval.api.tokenizer import tokenizer_of
from retrieval.costs.metering import Account, Call
from retrieval.costs.pricing import PricedModel, TokenUse
from retrieval.encoders.base import EncoderUnavailableError, Fingerprint, TextKind
from retrieval.encoders.prompts import THEIR_OWN, Prompts
from storage.records import Matrix

if TYPE_CHECKING:
    from openai import AsyncOpenAI

FAMILY = "openai"
IN_FLIGHT = 4
MAX_TOKENS = 8191
BATCH_TEXTS = 1024
"""Enough for four requests of 256 texts: a kill costs less than a cent."""

REST_SECONDS = 15.0

_NAME = re.compile(r"(?P<model>[^@\s]+)(?:@(?P<dimensions>[1-9]\d{0,4}))?")
_DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}
_SHORTENS_ITSELF = re.compile(r"text-embedding-3-")
_PATIENCE: dict[TextKind, Patience] = {"query": MEMBERS_WAIT, "document": NOBODY_WAITS}


@dataclass(frozen=True)
class ApiModel:
    """A model by its name at the API, with the length of the vectors that are wanted of it."""

    name: str
    dimensions: int

    @staticmethod
    def named(name: str) -> ApiModel:
        """From ``text-embedding-3-small``, or with the dimensions behind an @. Raises EncoderUnavailableError."""
        found = _NAME.fullmatch(name)
        model = found["model"] if found else ""
        dimensions = int(found["dimensions"] or _DIMENSIONS.get(model, 0)) if found else 0
        longest = _DIMENSIONS.get(model, dimensions)
        if not dimensions or dimensions > longest or (dimensions < longest and not _SHORTENS_ITSELF.match(model)):
            raise EncoderUnavailableError(
                f"There is no encoder 'openai:{name}'; write openai:text-embedding-3-small, or for a model that is not "
                "OpenAI's its name and the length of its vectors, as in openai:bge-m3@1024."
            )
        return ApiModel(model, dimensions)


class OpenAIEncoder:
    """An embedding model behind an OpenAI-compatible API. Threads may share it.

    The chunker keeps passages far within ``max_tokens`` and questions are reduced to it, so hardly any text is longer.
    One that is, since its server's tokens are not ours, is split and the vectors of its parts are averaged by length:
    refusing it would stop a whole ingest.
    """

    batch_texts = BATCH_TEXTS
    in_flight = IN_FLIGHT

    def __init__(
        self,
        model: ApiModel,
        access: ApiAccess,
        patience: dict[TextKind, Patience] | None = None,
        prompts: Prompts = THEIR_OWN,
    ) -> None:
        """Asks nothing of the API yet. ``patience`` by kind of text; members wait less than documents do."""
        self._model, self._access = model, access
        self._patience = patience or _PATIENCE
        self._thread = LoopThread()
        self._opened: AsyncOpenAI | None = None
        self._failure: tuple[float, ApiUnavailableError] | None = None
        self.tokenizer = tokenizer_of(model.name)
        self.priced_as = PricedModel(model.name, access.url)
        # The host stands where a local model has its weights: another one may serve other vectors by the same name.
        shown = Fingerprint(FAMILY, model.name, access.host, "", model.dimensions)
        self.fingerprint = replace(shown, query_prompt=prompts.query or "", document_prompt=prompts.document or "")
        longest = max(self.tokenizer.count(self.fingerprint.prompt(kind)) for kind in _PATIENCE)
        self.max_tokens = MAX_TOKENS - longest

    def encode_paid(self, texts: Sequence[str], kind: TextKind, dimensions: int, account: Account) -> Matrix:
        """See PaidEncoder."""
        prompt = self.fingerprint.prompt(kind)
        wanted = pieces(texts, self.tokenizer, self.max_tokens + self.tokenizer.count(prompt), prompt)
        if not wanted:
            return np.zeros((0, dimensions), dtype=np.float32)
        self._rest(kind)
        run = _Run(self._client(), self._model, self._shortened(dimensions), account, self._patience[kind])
        try:
            rows = self._thread.run(run.answers(packed(wanted, IN_FLIGHT)))
        except Exception as error:
            said = in_words(error, self._access.host, self._model.name)
            if isinstance(said, ApiUnavailableError):
                self._failure = (time.monotonic(), said)
            raise said from error
        return _joined(rows, wanted, len(texts))

    def _rest(self, kind: TextKind) -> None:
        """While an API is away, only one member in REST_SECONDS waits to find out; the others are told at once."""
        if kind == "query" and self._failure and time.monotonic() - self._failure[0] < REST_SECONDS:
            raise self._failure[1]

    def _shortened(self, dimensions: int) -> int | None:
        """What is asked for as ``dimensions``; None where the model does not know the word."""
        return dimensions if _SHORTENS_ITSELF.match(self._model.name) else None

    def _client(self) -> AsyncOpenAI:
        if self._opened is None:
            self._opened = _open(self._access)
        return self._opened


@dataclass(frozen=True)
class _Run:
    """One call of the encoder: all its requests go to the same model, on the same account, with the same patience."""

    client: AsyncOpenAI
    model: ApiModel
    shortened: int | None
    account: Account
    patience: Patience

    async def answers(self, requests: Sequence[Sequence[Piece]]) -> Matrix:
        """The vectors of all pieces, in order. After a failure no request is begun; those in flight are ended."""
        left = iter(enumerate(requests))
        answered: dict[int, Matrix] = {}
        failures: list[Exception] = []

        async def work() -> None:
            for number, request in left:
                try:
                    answered[number] = await self._answer(request)
                except Exception as error:  # noqa: BLE001 - raised below, when those in flight are counted too
                    failures.append(error)
                if failures:
                    return

        await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
        if failures:
            raise failures[0]
        return np.concatenate([answered[number] for number in range(len(requests))])

    async def _answer(self, request: Sequence[Piece]) -> Matrix:
        started, tried = time.perf_counter(), 0
        async for attempt in tries(self.patience):
            with attempt:
                tried = attempt.num
                matrix, tokens = await self._attempt(request)
        latency = time.perf_counter() - started
        texts = len({piece.owner for piece in request})
        await asyncio.to_thread(self.account.note, Call(TokenUse(tokens), texts, tried - 1, latency))
        return matrix

    async def _attempt(self, request: Sequence[Piece]) -> tuple[Matrix, int]:
        """The vectors and the tokens of one request. What a refusal cost is nothing; of silence nobody knows."""
        from openai import APIStatusError  # noqa: PLC0415 - half a second, needed where an API is called only

        most = TokenUse(sum(piece.most for piece in request))
        with await asyncio.to_thread(self.account.reserve, most) as reservation:
            try:
                async with asyncio.timeout(self.patience.attempt):
                    reply = await self.client.embeddings.create(**self._wanted(request))
            except APIStatusError:
                await asyncio.to_thread(reservation.settle, 0.0)
                raise
            tokens = _tokens(reply) or sum(piece.tokens for piece in request)
            await asyncio.to_thread(reservation.settle, self.account.amount(TokenUse(tokens)))
        dimensions = self.shortened or self.model.dimensions
        # Decoding takes as long as some requests do, and others are in flight.
        return await asyncio.to_thread(matrix_of, reply.data, len(request), dimensions), tokens

    def _wanted(self, request: Sequence[Piece]) -> dict[str, Any]:
        # Asked for by name, base64 stays as it came: the client's own decoding makes lists of numbers.
        wanted: dict[str, Any] = {"model": self.model.name, "encoding_format": "base64"}
        if self.shortened:
            wanted["dimensions"] = self.shortened
        return wanted | {"input": [piece.text for piece in request]}


def load_openai(name: str, prompts: Prompts = THEIR_OWN) -> OpenAIEncoder:
    """The encoder ``openai:<name>``; address and key come from the environment. Raises EncoderUnavailableError."""
    return OpenAIEncoder(ApiModel.named(name), find_access(), prompts=prompts)


def _open(access: ApiAccess) -> AsyncOpenAI:
    try:
        from openai import AsyncOpenAI  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise EncoderUnavailableError(
            "The encoders of an API need the extra: install it with pip install 'knowbot[openai]'."
        ) from error
    # Retries are ours: the client's would be seen by nobody, and it sleeps for as long as a server likes.
    return AsyncOpenAI(api_key=access.header_key, base_url=access.url, max_retries=0)


def _tokens(reply: Any) -> int:  # noqa: ANN401 - whatever a compatible server sends; the client checks nothing
    """What the API says it counted, or 0 where it says nothing."""
    said = getattr(getattr(reply, "usage", None), "prompt_tokens", 0)
    return said if isinstance(said, int) else 0


def _joined(rows: Matrix, wanted: Sequence[Piece], count: int) -> Matrix:
    """One row a text: where it came in pieces, their average by length in tokens."""
    owners = np.array([piece.owner for piece in wanted])
    if len(wanted) == count:
        return rows
    weights = np.array([[max(1, piece.tokens)] for piece in wanted], dtype=np.float32)
    joined = np.zeros((count, rows.shape[1]), dtype=np.float32)
    # Of directions, since not every server sends unit vectors; what the sum's length is does not matter to anybody.
    np.add.at(joined, owners, rows / np.linalg.norm(rows, axis=1, keepdims=True) * weights)
    return joined
