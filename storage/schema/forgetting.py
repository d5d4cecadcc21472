"""The SQL of forgetting: documents that no refresh brings back, and erasures that have to be finished."""

FORGETTING = """
CREATE TABLE excluded_document (
    space TEXT NOT NULL,
    location TEXT NOT NULL,
    source_id INTEGER NOT NULL,
    excluded_at REAL NOT NULL,
    PRIMARY KEY (space, location)
) WITHOUT ROWID;
CREATE TABLE erasure (
    id INTEGER PRIMARY KEY,
    asked_at REAL NOT NULL
);
"""
