"""Every call of a model is counted here once, and paid for here if it costs anything."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from retrieval.costs.budget import NO_LIMITS, Budget, BudgetLimits, Reservation
from retrieval.costs.pricing import LOCAL, PUBLISHED, UNKNOWN, Price, PricedModel, PriceList, TokenUse
from storage.ledger import Ledger, LedgerEntry
from storage.stores import Stores

LOADING = "load"
"""The ledger's operation for the time in which a model was loaded."""

RERANK = "rerank"
"""That of re-rankers: its texts are passages, its tokens what the model read of them and of the question."""


@dataclass(frozen=True)
class Meter:
    """The ledger, the budget and the prices of one data folder."""

    ledger: Ledger
    budget: Budget
    prices: PriceList
    clock: Callable[[], float]

    @staticmethod
    def of(
        stores: Stores,
        clock: Callable[[], float],
        limits: BudgetLimits = NO_LIMITS,
        prices: PriceList = PUBLISHED,
    ) -> Meter:
        """The meter of an opened data folder, by default without limits and with the published prices."""
        return Meter(stores.ledger, Budget(stores.spending, limits, clock), prices, clock)

    def price(self, model: PricedModel, use: TokenUse) -> Price | None:
        """What ``use`` costs now; None where nobody knows."""
        return self.prices.price(model, use, self.clock())


@dataclass(frozen=True)
class Call:
    """A request that an API answered: what it was for, what it took, and how often it had to be made again."""

    use: TokenUse
    texts: int
    retries: int
    latency: float


class Account:
    """On whose account calls are made: model, operation and space. Threads may share it."""

    def __init__(self, meter: Meter, model: PricedModel, operation: str, space: str) -> None:
        self._meter, self._model = meter, model
        self._operation, self._space = operation, space
        self._lock = threading.Lock()
        self._saved = (0, 0)

    def saving(self, texts: int, tokens: int) -> Account:
        """Says what did not have to be asked for; it stands in the line of the next call."""
        self._saved = (texts, tokens)
        return self

    def reserve(self, most: TokenUse) -> Reservation:
        """Sets aside what a call may cost; raises BudgetExhaustedError."""
        return self._meter.budget.reserve(self._meter.price(self._model, most))

    def amount(self, use: TokenUse) -> float:
        """USD, 0 where nobody knows the price."""
        price = self._meter.price(self._model, use)
        return price.amount if price else 0.0

    def note(self, call: Call) -> None:
        """Writes a call down. One of no tokens was answered from the cache, or loaded a model: it is free anywhere."""
        free = not (call.use.input or call.use.output)
        price = Price(0.0, LOCAL) if free else self._meter.price(self._model, call.use)
        with self._lock:
            (cached_texts, cached_tokens), self._saved = self._saved, (0, 0)
        self._meter.ledger.add(
            LedgerEntry(
                at=self._meter.clock(),
                operation=self._operation,
                space=self._space,
                model=self._model.name,
                texts=call.texts,
                prompt_tokens=call.use.input,
                completion_tokens=call.use.output,
                cached_texts=cached_texts,
                cached_tokens=cached_tokens + call.use.cached_input,
                latency=call.latency,
                retries=call.retries,
                price=price.amount if price else 0.0,
                price_source=price.source if price else UNKNOWN,
            )
        )


@contextmanager
def loading(meter: Meter, model: str) -> Iterator[None]:
    """Counts the block as the loading of a model: apart, since it says nothing about how quickly the model works."""
    started = time.perf_counter()
    yield
    account = Account(meter, PricedModel(model), LOADING, "")
    account.note(Call(TokenUse(0), 0, 0, time.perf_counter() - started))
