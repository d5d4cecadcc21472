"""The schema of what is found out about whole spaces, one step of ``storage/migrations.py``."""

SURVEY = """
CREATE TABLE survey (
    space TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    made_at REAL NOT NULL
) WITHOUT ROWID;
"""
