"""The schema of jobs that rest, and of what came of them; steps of ``storage/migrations.py``."""

PAUSING = """
ALTER TABLE job ADD COLUMN paused_at REAL;
ALTER TABLE job ADD COLUMN begun_units INTEGER NOT NULL DEFAULT 0;
"""

FIGURES = """
ALTER TABLE job ADD COLUMN figures TEXT NOT NULL DEFAULT '{}';
"""
