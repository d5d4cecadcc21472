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

_ADDED = """
ON CONFLICT (day, model, operation, space, currency) DO UPDATE SET
    calls = calls + excluded.calls, texts = texts + excluded.texts,
    cached_texts = cached_texts + excluded.cached_texts, prompt_tokens = prompt_tokens + excluded.prompt_tokens,
    completion_tokens = completion_tokens + excluded.completion_tokens,
    cached_tokens = cached_tokens + excluded.cached_tokens, retries = retries + excluded.retries,
    latency = latency + excluded.latency, price = price + excluded.price,
    unpriced_calls = unpriced_calls + excluded.unpriced_calls;
"""
# Sums are kept where they are read: screens and metrics ask for days, of which a busy one has thousands of lines.
# A trigger adds each line, so that no code path can forget it. Lines that go leave their sums behind.
DAYS = """
INSERT INTO ledger_day SELECT * FROM ledger_by_day WHERE TRUE ADDED
DROP VIEW ledger_by_day;
CREATE TRIGGER ledger_added AFTER INSERT ON ledger BEGIN
    INSERT INTO ledger_day VALUES (
        date(new.at, 'unixepoch'), new.model, new.operation, new.space, new.currency, 1, new.texts, new.cached_texts,
        new.prompt_tokens, new.completion_tokens, new.cached_tokens, new.retries, new.latency, new.price,
        new.price_source = 'unknown'
    ) ADDED
END;
""".replace("ADDED", _ADDED)
