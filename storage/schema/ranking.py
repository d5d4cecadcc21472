"""The schema of what is fitted to an index and is too large for a tunable, one step of ``storage/migrations.py``."""

ADAPTERS = """
CREATE TABLE query_adapter (
    generation_id INTEGER NOT NULL REFERENCES generation(id) ON DELETE CASCADE,
    digest TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (generation_id, digest)
);
"""
