"""The schema of what operators look at and say of questions, steps of ``storage/migrations.py``."""

# The indexes let a console open on any number of questions; the last two keep what decided.
REVIEW = """
ALTER TABLE interaction ADD COLUMN retrieved TEXT NOT NULL DEFAULT '[]';
ALTER TABLE interaction ADD COLUMN signal TEXT NOT NULL DEFAULT '';
ALTER TABLE interaction ADD COLUMN verdict TEXT CHECK (verdict IN ('right', 'wrong'));
CREATE INDEX interaction_day ON interaction (space, asked_at, decision);
CREATE INDEX interaction_decision ON interaction (space, decision, asked_at);
CREATE INDEX interaction_space_channel ON interaction (space, channel_id, asked_at);
CREATE INDEX interaction_verdict ON interaction (space, verdict, asked_at) WHERE verdict IS NOT NULL;
CREATE INDEX vote_unhelpful ON vote (voted_at, interaction_id) WHERE NOT helpful;
CREATE INDEX flag_day ON flag (space, raised_at);
"""

# Whoever deletes a question deletes its flag with it, and would read all flags to find it.
FLAG_OF_QUESTION = "CREATE INDEX flag_question ON flag (interaction_id);"

# Who forgets a question forgets what was said of it; an answer that Discord still shows is owed all the same.
SECOND_LOOKS = """
CREATE TABLE still_right (
    interaction_id INTEGER NOT NULL REFERENCES interaction(id) ON DELETE CASCADE,
    document_location TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    said_at REAL NOT NULL,
    PRIMARY KEY (interaction_id, document_location)
) WITHOUT ROWID;
CREATE TABLE withdrawal (
    reply_id INTEGER PRIMARY KEY,
    channel_id INTEGER NOT NULL,
    interaction_id INTEGER NOT NULL,
    asked_at REAL NOT NULL
);
"""
