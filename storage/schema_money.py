"""The schema of budgets, one step of ``storage/migrations.py``."""

# Amounts are whole nano-dollars (1e-9 USD), so that sums are exact. An unsettled line is a reservation.
MONEY = """
CREATE TABLE spending (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    nano_usd INTEGER NOT NULL CHECK (nano_usd >= 0),
    expires_at REAL
);
CREATE INDEX spending_time ON spending (at);
ALTER TABLE ledger_day ADD COLUMN unpriced_calls INTEGER NOT NULL DEFAULT 0;
DROP VIEW ledger_by_day;
CREATE VIEW ledger_by_day AS
SELECT date(at, 'unixepoch') AS day, model, operation, space, currency, count(*) AS calls, sum(texts) AS texts,
       sum(cached_texts) AS cached_texts, sum(prompt_tokens) AS prompt_tokens,
       sum(completion_tokens) AS completion_tokens, sum(cached_tokens) AS cached_tokens, sum(retries) AS retries,
       sum(latency) AS latency, sum(price) AS price, sum(price_source = 'unknown') AS unpriced_calls
FROM ledger GROUP BY 1, 2, 3, 4, 5;
"""

CLEANING = """
ALTER TABLE document ADD COLUMN raw_tokens INTEGER;
"""
