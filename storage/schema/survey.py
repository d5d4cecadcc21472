"""The schema of what is found out about whole spaces, two steps of ``storage/migrations.py``."""

SURVEY = """
CREATE TABLE survey (
    space TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    made_at REAL NOT NULL
) WITHOUT ROWID;
"""

EXAMS = """
CREATE TABLE exam (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    space TEXT NOT NULL,
    value TEXT NOT NULL,
    taken_at REAL NOT NULL
);
CREATE INDEX exam_space ON exam (space, taken_at);
"""
