"""What encoders and language models were called for, and what it cost."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from storage.database import Connection, write_block
from storage.records import LedgerEntry

_ADD = """
INSERT INTO ledger (at, operation, space, model, texts, cached_texts, prompt_tokens, completion_tokens, cached_tokens,
                    retries, latency, price, currency, price_source)
VALUES (:at, :operation, :space, :model, :texts, :cached_texts, :prompt_tokens, :completion_tokens, :cached_tokens,
        :retries, :latency, :price, :currency, :price_source)
"""
_BY_DAY_AND_MODEL = """
SELECT date(at, 'unixepoch') AS day, model, operation, count(*), sum(texts), sum(cached_texts), sum(prompt_tokens),
       sum(price), currency
FROM ledger WHERE at >= ? GROUP BY day, model, operation, currency ORDER BY day, model, operation, currency
"""


@dataclass(frozen=True)
class LedgerDay:
    """What one operation of one model came to on one day (``day`` is an ISO date, UTC)."""

    day: str
    model: str
    operation: str
    calls: int
    texts: int
    cached_texts: int
    prompt_tokens: int
    price: float
    currency: str


class Ledger:
    """One line a call; lines are only ever added."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(self, entry: LedgerEntry) -> None:
        """Writes down one call."""
        with write_block(self._db):
            self._db.execute(_ADD, asdict(entry))

    def by_day_and_model(self, since: float) -> list[LedgerDay]:
        """Sums of all calls at or after ``since``, in order of day, model and operation."""
        return [LedgerDay(*row) for row in self._db.rows(_BY_DAY_AND_MODEL, (since,))]
