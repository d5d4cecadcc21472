"""The schema of messages that were only listened to, and of how scores move, one step of ``storage/migrations.py``."""

# Counts by day are of what was posted; the index lets them be read without the rows.
SHADOW = """
ALTER TABLE interaction ADD COLUMN shadow INTEGER NOT NULL DEFAULT 0;
ALTER TABLE flag ADD COLUMN shadow INTEGER NOT NULL DEFAULT 0;
DROP INDEX interaction_day;
CREATE INDEX interaction_day ON interaction (space, asked_at, decision, shadow);
CREATE TABLE drift (
    space TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    made_at REAL NOT NULL
) WITHOUT ROWID;
"""
