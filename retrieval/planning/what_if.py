"""The traffic that the ledger has seen, priced for other models, dimensions and habits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retrieval.api.access import OPENAI_URL
from retrieval.api.chat import WRITE
from retrieval.costs.metering import LOADING, RERANK, Meter
from retrieval.costs.pricing import PricedModel, TokenUse
from retrieval.counting.tokens import tokenizer_for
from retrieval.space import Spaces
from storage.ledger import LedgerDay
from storage.stores import Stores

ENCODERS = {
    "text-embedding-3-small": (1536, 512, 256),
    "text-embedding-3-large": (3072, 1024, 256),
    "text-embedding-ada-002": (1536,),
}
"""Models to compare with, each with the dimensions that its vectors may be cut to; the price is the same for all."""

WRITERS = ("gpt-5-mini", "gpt-5-nano", "gpt-4.1-mini", "gpt-4o-mini")
BATCH_SHARE = 0.5
"""What the batch API charges of the price, for work that nobody waits for."""

_DOCUMENTS = {"ingest", "reindex"}
_OFFLINE = {"ingest", "reindex", "fit"}
_NO_TRAFFIC = {LOADING, "probe", RERANK}
_FLOAT_BYTES = 4
_SAMPLED_CHUNKS = 200


@dataclass(frozen=True)
class EncoderWhatIf:
    """What the encoders' traffic would have cost with ``model``, in USD; None where nobody knows its price.

    ``batch_price``: with everything that nobody waited for in batches. ``uncached_price``: without the cache.
    ``uncleaned_price``: with the markup of all pages.
    ``storage_bytes`` are those of all stored vectors at so many ``dimensions``.
    """

    model: str
    dimensions: int
    tokens: int
    price: float | None
    batch_price: float | None
    uncached_price: float | None
    uncleaned_price: float | None
    storage_bytes: int


@dataclass(frozen=True)
class WriterWhatIf:
    """What the answer writer's traffic would have cost with ``model``, in USD; ``uncached_price`` without its cache."""

    model: str
    price: float | None
    uncached_price: float | None


@dataclass(frozen=True)
class WhatIf:
    """Both, and the sum that was paid."""

    paid: float
    encoders: tuple[EncoderWhatIf, ...]
    writers: tuple[WriterWhatIf, ...]


@dataclass(frozen=True)
class _Traffic:
    offline: int
    online: int
    saved: int
    markup: int


def what_if(stores: Stores, spaces: Spaces, since: float) -> WhatIf:
    """Prices the traffic from ``since`` (seconds since the epoch) on."""
    lines = [line for line in stores.ledger.by_day_and_model(since) if line.operation not in _NO_TRAFFIC]
    encoding = [line for line in lines if line.operation != WRITE]
    writing = [line for line in lines if line.operation == WRITE]
    vectors = sum(_vectors(stores, space) for space in stores.documents.spaces())
    share, markup = _token_share(stores, spaces), _markup_share(stores)
    return WhatIf(
        paid=sum(line.price for line in lines if line.currency == "USD"),
        encoders=tuple(
            _encoder(spaces.meter, model, dimensions, _scaled(encoding, share, markup), vectors)
            for model, offered in ENCODERS.items()
            for dimensions in offered
        ),
        writers=tuple(_writer(spaces.meter, model, writing) for model in WRITERS if writing),
    )


def _encoder(meter: Meter, model: str, dimensions: int, traffic: _Traffic, vectors: int) -> EncoderWhatIf:
    def price(tokens: float) -> float | None:
        found = meter.price(PricedModel(model, OPENAI_URL), TokenUse(round(tokens)))
        return found.amount if found else None

    tokens = traffic.offline + traffic.online
    return EncoderWhatIf(
        model=model,
        dimensions=dimensions,
        tokens=tokens,
        price=price(tokens),
        batch_price=price(traffic.offline * BATCH_SHARE + traffic.online),
        uncached_price=price(tokens + traffic.saved),
        uncleaned_price=price(tokens + traffic.markup),
        storage_bytes=vectors * dimensions * _FLOAT_BYTES,
    )


def _writer(meter: Meter, model: str, lines: Sequence[LedgerDay]) -> WriterWhatIf:
    prompt, output = sum(line.prompt_tokens for line in lines), sum(line.completion_tokens for line in lines)
    cached = sum(line.cached_tokens for line in lines)

    def price(use: TokenUse) -> float | None:
        found = meter.price(PricedModel(model, OPENAI_URL), use)
        return found.amount if found else None

    return WriterWhatIf(model, price(TokenUse(prompt, output, cached)), price(TokenUse(prompt, output)))


def _scaled(lines: Iterable[LedgerDay], share: float, markup: float) -> _Traffic:
    """The traffic in the other vocabulary's tokens, as far as one share can say; ``markup`` is added to documents."""
    counted = [0.0, 0.0, 0.0, 0.0]
    for line in lines:
        counted[0 if line.operation in _OFFLINE else 1] += line.prompt_tokens
        counted[2] += line.cached_tokens
        counted[3] += line.prompt_tokens * markup if line.operation in _DOCUMENTS else 0.0
    return _Traffic(*(round(count * share) for count in counted))


def _markup_share(stores: Stores) -> float:
    """Tokens of markup that were cleaned away for each token that was kept, over all documents that are stored."""
    raw = kept = 0
    for space in stores.documents.spaces():
        generation = stores.generations.active(space)
        if generation:
            with_markup, without = stores.chunks.tokens(generation)
            raw, kept = raw + with_markup, kept + without
    return max(raw - kept, 0) / kept if kept else 0.0


def _token_share(stores: Stores, spaces: Spaces) -> float:
    """Tokens that OpenAI's encoders count for one token of ours, over a sample of the passages that are stored."""
    ours = theirs = 0
    other = tokenizer_for("text-embedding-3-small")
    for space in stores.documents.spaces():
        generation = stores.generations.active(space)
        if generation is None:
            continue
        tokenizer = spaces.active(space).embedder.encoder.tokenizer
        chunks = stores.chunks.of_space(generation)
        for chunk in chunks[:: max(1, len(chunks) // _SAMPLED_CHUNKS)]:
            ours += tokenizer.count(chunk.embedded_text) + tokenizer.special_tokens
            theirs += other.count(chunk.embedded_text)
    return theirs / ours if ours else 1.0


def _vectors(stores: Stores, space: str) -> int:
    generation = stores.generations.active(space)
    if generation is None:
        return 0
    counts = stores.generations.counts(generation.id)
    return counts.passages + counts.titles
