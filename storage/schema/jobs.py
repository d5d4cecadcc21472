"""The schema of jobs that rest, one step of ``storage/migrations.py``."""

PAUSING = """
ALTER TABLE job ADD COLUMN paused_at REAL;
ALTER TABLE job ADD COLUMN begun_units INTEGER NOT NULL DEFAULT 0;
"""
