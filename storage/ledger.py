"""What encoders and language models were called for, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass

from storage.database import Connection, write_block

_ADD = """
INSERT INTO ledger (at, operation, space, model, texts, cached_texts, prompt_tokens, completion_tokens, cached_tokens,
                    retries, latency, price, currency, price_source)
VALUES (:at, :operation, :space, :model, :texts, :cached_texts, :prompt_tokens, :completion_tokens, :cached_tokens,
        :retries, :latency, :price, :currency, :price_source)
"""
# The sums of a day are kept beside the lines, by a trigger.
_SUMS = """
SELECT day, model, operation, sum(calls), sum(texts), sum(cached_texts), sum(prompt_tokens), sum(price), currency,
       sum(cached_tokens), sum(completion_tokens), sum(latency), sum(unpriced_calls)
FROM ledger_day WHERE day >= date(:since, 'unixepoch')
GROUP BY day, model, operation, currency ORDER BY day, model, operation, currency
"""
_BY_SPACE = """
SELECT day, model, operation, calls, texts, cached_texts, prompt_tokens, price, currency, cached_tokens,
       completion_tokens, latency, unpriced_calls, space
FROM ledger_day WHERE day >= date(:since, 'unixepoch') ORDER BY day, model, operation, space, currency
"""
_RECENT = """
SELECT texts, prompt_tokens, latency FROM ledger
WHERE model = ? AND operation = ? AND latency > 0 AND retries = 0 ORDER BY id DESC LIMIT ?
"""
_BETWEEN = """
SELECT at, operation, model, texts, cached_texts, prompt_tokens, completion_tokens, cached_tokens, latency, price,
       currency
FROM ledger WHERE at BETWEEN ? AND ? AND space = ? ORDER BY at, id
"""
_DELETE = "DELETE FROM ledger WHERE at < CAST(strftime('%s', ?) AS INTEGER)"


@dataclass(frozen=True)
class LedgerEntry:
    """One call of an encoder or a language model, counted where it is made. ``latency`` is in seconds.

    ``cached_texts`` and their ``cached_tokens`` were asked for and did not have to be encoded.
    """

    at: float
    operation: str
    space: str
    model: str
    texts: int
    prompt_tokens: int
    cached_texts: int
    latency: float
    completion_tokens: int = 0
    cached_tokens: int = 0
    retries: int = 0
    price: float = 0.0
    currency: str = "USD"
    price_source: str = "local"


@dataclass(frozen=True)
class LedgerDay:
    """What one operation of one model came to on one day (``day`` is an ISO date, UTC).

    ``cached_texts`` were not encoded because their vectors were known; ``cached_tokens`` is what that saved.
    ``latency`` is in seconds. ``unpriced_calls`` cost what nobody knows, and are not in ``price``.
    ``space`` is "" where the spaces are summed up.
    """

    day: str
    model: str
    operation: str
    calls: int
    texts: int
    cached_texts: int
    prompt_tokens: int
    price: float
    currency: str
    cached_tokens: int = 0
    completion_tokens: int = 0
    latency: float = 0.0
    unpriced_calls: int = 0
    space: str = ""


@dataclass(frozen=True)
class Timing:
    """How long a call took that succeeded at the first try; ``latency`` is in seconds."""

    texts: int
    tokens: int
    latency: float


@dataclass(frozen=True)
class ModelCall:
    """One line of the ledger; see LedgerDay."""

    at: float
    operation: str
    model: str
    texts: int
    cached_texts: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    latency: float
    price: float
    currency: str


class Ledger:
    """One line a call. Lines are only ever added, and those of old days summed up."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(self, entry: LedgerEntry) -> None:
        """Writes down one call."""
        with write_block(self._db):
            self._db.execute(_ADD, vars(entry))

    def by_day_and_model(self, since: float) -> list[LedgerDay]:
        """Sums of all calls from the day of ``since`` on (UTC), in order of day, model and operation."""
        return [LedgerDay(*row) for row in self._db.rows(_SUMS, {"since": since})]

    def by_space(self, since: float) -> list[LedgerDay]:
        """The same, each space by itself."""
        return [LedgerDay(*row) for row in self._db.rows(_BY_SPACE, {"since": since})]

    def timings(self, model: str, operation: str, limit: int) -> list[Timing]:
        """The latest calls of one operation, newest first; none of days that were rolled up."""
        return [Timing(*row) for row in self._db.rows(_RECENT, (model, operation, limit))]

    def between(self, space: str, start: float, end: float) -> list[ModelCall]:
        """The calls for a space from ``start`` to ``end``, oldest first; none of days that were rolled up."""
        return [ModelCall(*row) for row in self._db.rows(_BETWEEN, (start, end, space))]

    def roll_up(self, today: str) -> int:
        """Drops the single lines of all days before ``today`` (ISO date, UTC), of which the sums a day stay.

        Returns how many lines went.
        """
        with write_block(self._db):
            return self._db.execute(_DELETE, (today,)).rowcount
