"""The SQL of what knowbot owes to members and moderators: opt-outs, threads left to people, drafts, an audit."""

MEMBERS = """
CREATE TABLE opted_out (
    author_hash TEXT PRIMARY KEY,
    opted_at REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE handover (
    channel_id INTEGER PRIMARY KEY,
    handed_at REAL NOT NULL
);
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    server TEXT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT ''
);
CREATE INDEX audit_server ON audit (server, id);
CREATE TABLE answer_draft (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    space TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    location TEXT NOT NULL,
    visibility TEXT NOT NULL,
    expires_at REAL,
    message_id INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    author_hash TEXT NOT NULL,
    drafted_by TEXT NOT NULL,
    drafted_at REAL NOT NULL
);
CREATE INDEX answer_draft_author ON answer_draft (author_hash);
CREATE TABLE message_document (
    message_id INTEGER NOT NULL,
    space TEXT NOT NULL,
    location TEXT NOT NULL,
    channel_id INTEGER NOT NULL,
    author_hash TEXT NOT NULL,
    PRIMARY KEY (message_id, space, location),
    FOREIGN KEY (space, location) REFERENCES document (space, location) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX message_document_document ON message_document (space, location);
CREATE INDEX message_document_author ON message_document (author_hash);
CREATE INDEX interaction_channel ON interaction (channel_id, asked_at);
"""

DEFERRALS = """
CREATE TABLE deferral (
    token TEXT PRIMARY KEY,
    deferred_at REAL NOT NULL
) WITHOUT ROWID;
"""
