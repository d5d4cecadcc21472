"""What an ingest or a reindex will take, before it does: texts and tokens exactly, money, and seconds as measured."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from retrieval.banks import off_topic_lines
from retrieval.chunk_vectors import HasText, texts_of
from retrieval.costs.metering import LOADING, Meter
from retrieval.costs.pricing import Price, TokenUse
from retrieval.embed import Embedder, Purpose
from retrieval.encoders.base import PaidEncoder
from retrieval.encoders.windows import Text
from retrieval.fitting.pseudo_questions import EACH_KIND, MOST_WHOLE_HEADINGS, MOST_WHOLE_SENTENCES

Basis = Literal["ledger", "probe", "nothing"]
"""Where a rate comes from: earlier calls of the same kind, a sample that was encoded just now, or nowhere."""

_LINES = 40
_FEWEST_TEXTS = 8
"""A call of fewer says more about its overhead than about the encoder."""

_PROBE_TEXTS = 64
_PROBE_TOKENS = 16_384
_FEWEST_TO_PROBE = 4
_QUESTION_TOKENS = 8
"""About what a pseudo-question has."""


@dataclass(frozen=True)
class Estimate:
    """What encoding will take. ``tokens`` are those of the ``texts`` that have no vector yet, counted exactly.

    ``fit_tokens`` is about what fitting to the new corpus will encode besides. ``price`` covers both; None where
    nobody knows it. ``seconds`` is None where nothing was measured yet and measuring would cost money.
    """

    model: str
    texts: int
    tokens: int
    known_texts: int
    fit_tokens: int
    price: Price | None
    seconds: float | None
    basis: Basis

    @property
    def costs_money(self) -> bool:
        """True for anything that is not surely free."""
        return bool(self.texts) and (self.price is None or self.price.amount > 0)


@dataclass(frozen=True)
class Speed:
    """Tokens a second, and the seconds before the first token."""

    rate: float
    loading: float = 0.0


class Workload:
    """Counts what an embedder would have to encode, text by text; nothing is encoded."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self._seen: set[str] = set()
        self.texts: list[Text] = []
        self.offered = 0

    def add(self, chunks: Sequence[HasText]) -> None:
        """The passages and question headings of ``chunks``; what has a vector, or was added before, counts as known."""
        wanted = [text for _, _, text in texts_of(self.embedder, chunks)]
        missing = {
            key: text for key, text in self.embedder.missing(wanted, "document").items() if key not in self._seen
        }
        self._seen |= missing.keys()
        self.texts += missing.values()
        self.offered += len(wanted)


def estimated(meter: Meter, workload: Workload, passages: int, refit: bool, other_seconds: float = 0.0) -> Estimate:
    """The estimate for ``workload`` in a corpus of ``passages``, with the fit if that is due.

    ``other_seconds`` is what reading and cutting took just now, and will take again. A local encoder that was never
    timed is timed with some of the texts, whose vectors are thrown away.
    """
    embedder = workload.embedder
    tokens = embedder.tokens(workload.texts, "document")
    fit_tokens = _fit_tokens(embedder, passages) if refit else 0
    speed, basis = _speed(meter, embedder, "ingest", workload.texts)
    seconds: float | None = other_seconds
    if workload.texts or fit_tokens:
        seconds = None
        if speed:
            short, _ = _speed(meter, embedder, "fit", off_topic_lines()) if fit_tokens else (speed, basis)
            fitting = fit_tokens / (short or speed).rate
            seconds = other_seconds + speed.loading + tokens / speed.rate + fitting
    return Estimate(
        model=embedder.priced_as.name,
        texts=len(workload.texts),
        tokens=tokens,
        known_texts=workload.offered - len(workload.texts),
        fit_tokens=fit_tokens,
        price=meter.price(embedder.priced_as, TokenUse(tokens + fit_tokens)),
        seconds=seconds,
        basis=basis,
    )


def _fit_tokens(embedder: Embedder, passages: int) -> int:
    lines = embedder.missing(off_topic_lines(), "query").values()
    whole = 0 if embedder.is_paid else min(MOST_WHOLE_HEADINGS, passages) + min(MOST_WHOLE_SENTENCES, passages)
    return (3 * min(EACH_KIND, passages) + whole) * _QUESTION_TOKENS + embedder.tokens(lines, "query")


def _speed(meter: Meter, embedder: Embedder, operation: str, texts: Sequence[Text]) -> tuple[Speed | None, Basis]:
    operations = (operation, "reindex") if operation == "ingest" else (operation,)
    name = embedder.priced_as.name
    timings = [t for each in operations for t in meter.ledger.timings(name, each, _LINES) if t.texts >= _FEWEST_TEXTS]
    if timings:
        rate = statistics.median(timing.tokens / timing.latency for timing in timings)
        loading = [timing.latency for timing in meter.ledger.timings(name, LOADING, _LINES)]
        return Speed(rate * _at_once(embedder, len(texts)), statistics.median(loading or [0.0])), "ledger"
    if isinstance(embedder.encoder, PaidEncoder):
        return None, "nothing"
    return _probed(embedder, texts), "probe"


def _at_once(embedder: Embedder, texts: int) -> int:
    """How many calls run side by side: each has its own line in the ledger."""
    return min(embedder.encoder.in_flight, max(1, texts // 64)) if isinstance(embedder.encoder, PaidEncoder) else 1


def _probed(embedder: Embedder, texts: Sequence[Text]) -> Speed | None:
    """Times one word, which loads the model, then a sample from all over ``texts``."""
    if len(texts) < _FEWEST_TO_PROBE:
        texts = [*texts, *off_topic_lines()[:_PROBE_TEXTS]]
    purpose = Purpose("probe", "", "document")
    started = time.perf_counter()
    embedder.embed(["probe"], purpose)
    loaded = time.perf_counter()
    sample = _sample(embedder, texts)
    embedder.embed(sample, purpose)
    taken = time.perf_counter() - loaded
    return Speed(embedder.tokens(sample, "document") / max(taken, 1e-6), loaded - started)


def _sample(embedder: Embedder, texts: Sequence[Text]) -> list[Text]:
    """From all over ``texts``, until they have _PROBE_TOKENS: a passage may be encoded with pages around it."""
    sample: list[Text] = []
    tokens = 0
    for text in texts[:: max(1, len(texts) // _PROBE_TEXTS)][:_PROBE_TEXTS]:
        tokens += embedder.tokens([text], "document")
        if sample and tokens > _PROBE_TOKENS:
            break
        sample.append(text)
    return sample
