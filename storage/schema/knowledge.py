"""The schema of documents, chunks and vectors, and of what was first kept of conversations and jobs.

Reading guide: documents are cut into chunks once per *chunking*; a *generation* is the vectors of one space, chunking
and encoder fingerprint. Every insert or delete of a vector writes a line of ``vector_change`` by trigger, so that no
code path can forget it and an index file can catch up from the sequence number it reached.
"""

KNOWLEDGE = """
CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    space TEXT NOT NULL,
    kind TEXT NOT NULL,
    location TEXT NOT NULL,
    options TEXT NOT NULL DEFAULT '{}',
    etag TEXT, last_modified TEXT,
    added_at REAL NOT NULL,
    refreshed_at REAL,
    UNIQUE (space, location)
);
CREATE TABLE document (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    space TEXT NOT NULL,
    source_id INTEGER REFERENCES source(id) ON DELETE SET NULL,
    location TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    headings TEXT NOT NULL DEFAULT '[]',
    format TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    visibility TEXT NOT NULL DEFAULT 'public',
    language TEXT NOT NULL DEFAULT '',
    modified_at REAL,
    expires_at REAL,
    stored_at REAL NOT NULL,
    UNIQUE (space, location)
);
CREATE INDEX document_source ON document (source_id);
CREATE INDEX document_reach ON document (space, visibility, expires_at);
CREATE TABLE chunking (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    spec TEXT NOT NULL
);
CREATE TABLE chunk (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    chunking_id INTEGER NOT NULL REFERENCES chunking(id),
    document_id INTEGER NOT NULL REFERENCES document(id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    heading TEXT NOT NULL,
    text TEXT NOT NULL,
    context TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT '',
    segmented TEXT,
    location TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    token_count INTEGER NOT NULL,
    UNIQUE (chunking_id, document_id, ordinal)
);
CREATE INDEX chunk_document ON chunk (document_id);
"""

# FTS5 reads a view, so that languages written without spaces can be searched by their segmented form while the
# chunk keeps its text verbatim and nobody else pays for a second copy.
LEXICAL = """
CREATE VIEW chunk_terms AS SELECT id, heading, COALESCE(segmented, text) AS body FROM chunk;
CREATE VIRTUAL TABLE chunk_fts USING fts5 (
    heading, body, content='chunk_terms', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER chunk_fts_insert AFTER INSERT ON chunk BEGIN
    INSERT INTO chunk_fts (rowid, heading, body) VALUES (new.id, new.heading, COALESCE(new.segmented, new.text));
END;
CREATE TRIGGER chunk_fts_delete AFTER DELETE ON chunk BEGIN
    INSERT INTO chunk_fts (chunk_fts, rowid, heading, body)
    VALUES ('delete', old.id, old.heading, COALESCE(old.segmented, old.text));
END;
CREATE TRIGGER chunk_is_immutable BEFORE UPDATE OF heading, text, segmented ON chunk BEGIN
    SELECT RAISE(ABORT, 'a chunk is never edited: delete it and insert another');
END;
"""

VECTORS = """
CREATE TABLE generation (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    space TEXT NOT NULL,
    chunking_id INTEGER NOT NULL REFERENCES chunking(id),
    fingerprint TEXT NOT NULL,
    encoder TEXT NOT NULL,
    dimensions INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('building', 'active', 'retired')),
    created_at REAL NOT NULL,
    activated_at REAL,
    retired_at REAL,
    UNIQUE (space, chunking_id, fingerprint)
);
CREATE UNIQUE INDEX generation_one_active ON generation (space) WHERE state = 'active';
CREATE TABLE vector (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    generation_id INTEGER NOT NULL REFERENCES generation(id) ON DELETE CASCADE,
    chunk_id INTEGER NOT NULL REFERENCES chunk(id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('passage', 'title')),
    text_hash TEXT NOT NULL,
    data BLOB NOT NULL,
    UNIQUE (chunk_id, generation_id, kind)
);
CREATE INDEX vector_text ON vector (text_hash, generation_id);
CREATE TABLE vector_change (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    generation_id INTEGER NOT NULL,
    vector_id INTEGER NOT NULL,
    removed INTEGER NOT NULL
);
CREATE INDEX vector_change_generation ON vector_change (generation_id, sequence);
CREATE TRIGGER vector_added AFTER INSERT ON vector BEGIN
    INSERT INTO vector_change (generation_id, vector_id, removed) VALUES (new.generation_id, new.id, 0);
END;
CREATE TRIGGER vector_removed AFTER DELETE ON vector BEGIN
    INSERT INTO vector_change (generation_id, vector_id, removed) VALUES (old.generation_id, old.id, 1);
END;
CREATE TRIGGER vector_is_immutable BEFORE UPDATE ON vector BEGIN
    SELECT RAISE(ABORT, 'a vector is never edited: delete it and insert another');
END;
CREATE TABLE embedding_cache (
    fingerprint TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    kind TEXT NOT NULL,
    data BLOB NOT NULL,
    used_at REAL NOT NULL,
    PRIMARY KEY (fingerprint, text_hash)
) WITHOUT ROWID;
CREATE INDEX embedding_cache_age ON embedding_cache (kind, used_at);
"""

CONVERSATION = """
CREATE TABLE interaction (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    space TEXT NOT NULL,
    asked_at REAL NOT NULL,
    origin TEXT NOT NULL,
    author_hash TEXT,
    channel_id INTEGER,
    message_id INTEGER,
    reply_id INTEGER,
    visible_to TEXT NOT NULL DEFAULT '[]',
    addressed INTEGER NOT NULL,
    question TEXT NOT NULL,
    decision TEXT NOT NULL,
    answer TEXT NOT NULL,
    confidence REAL NOT NULL,
    off_topic_score REAL NOT NULL,
    milliseconds TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX interaction_time ON interaction (space, asked_at);
CREATE TABLE citation (
    interaction_id INTEGER NOT NULL REFERENCES interaction(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    document_location TEXT NOT NULL,
    location TEXT NOT NULL,
    title TEXT NOT NULL,
    quote TEXT NOT NULL,
    text_hash TEXT NOT NULL,
    score REAL NOT NULL,
    PRIMARY KEY (interaction_id, number)
) WITHOUT ROWID;
CREATE INDEX citation_document ON citation (document_location);
CREATE TABLE vote (
    interaction_id INTEGER NOT NULL REFERENCES interaction(id) ON DELETE CASCADE,
    voter_hash TEXT NOT NULL,
    helpful INTEGER NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    voted_at REAL NOT NULL,
    PRIMARY KEY (interaction_id, voter_hash)
) WITHOUT ROWID;
CREATE TABLE flag (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    interaction_id INTEGER REFERENCES interaction(id) ON DELETE CASCADE,
    space TEXT NOT NULL,
    kind TEXT NOT NULL,
    channel_id INTEGER,
    message_id INTEGER,
    author_hash TEXT,
    excerpt TEXT NOT NULL,
    score REAL NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    raised_at REAL NOT NULL,
    verdict TEXT, decided_by TEXT, decided_at REAL
);
CREATE INDEX flag_open ON flag (space, raised_at) WHERE verdict IS NULL;
CREATE TABLE taught_example (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    space TEXT NOT NULL,
    text TEXT NOT NULL,
    label TEXT NOT NULL CHECK (label IN ('in', 'out')),
    origin TEXT NOT NULL,
    flag_id INTEGER REFERENCES flag(id) ON DELETE CASCADE,
    author_hash TEXT,
    taught_at REAL NOT NULL,
    UNIQUE (space, text)
);
CREATE TABLE golden_question (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    space TEXT NOT NULL,
    question TEXT NOT NULL,
    location TEXT,
    text_hash TEXT,
    answer TEXT NOT NULL DEFAULT '',
    origin TEXT NOT NULL,
    added_at REAL NOT NULL,
    UNIQUE (space, question)
);
"""

OPERATION = """
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    operation TEXT NOT NULL,
    space TEXT NOT NULL,
    model TEXT NOT NULL,
    texts INTEGER NOT NULL,
    cached_texts INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    retries INTEGER NOT NULL,
    latency REAL NOT NULL,
    price REAL NOT NULL, currency TEXT NOT NULL, price_source TEXT NOT NULL
);
CREATE INDEX ledger_time ON ledger (at);
CREATE TABLE tunable (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    space TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    set_by TEXT NOT NULL,
    set_at REAL NOT NULL
);
CREATE INDEX tunable_name ON tunable (space, name, id);
CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    space TEXT NOT NULL,
    arguments TEXT NOT NULL DEFAULT '{}',
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    queued_at REAL NOT NULL,
    due_at REAL NOT NULL,
    started_at REAL, ended_at REAL,
    lease_holder TEXT, lease_until REAL,
    done_units INTEGER NOT NULL DEFAULT 0,
    total_units INTEGER,
    outcome TEXT NOT NULL DEFAULT ''
);
CREATE INDEX job_state ON job (state, due_at);
"""

ROOMS = """
ALTER TABLE job ADD COLUMN origin TEXT NOT NULL DEFAULT 'command';
ALTER TABLE job ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN missed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX job_name ON job (name, id);
ALTER TABLE interaction ADD COLUMN withdrawn_at REAL;
ALTER TABLE interaction ADD COLUMN withdrawn_by TEXT;
CREATE UNIQUE INDEX interaction_message ON interaction (message_id) WHERE message_id IS NOT NULL;
ALTER TABLE flag ADD COLUMN notice_id INTEGER;
ALTER TABLE flag ADD COLUMN noticed_at REAL;
CREATE INDEX flag_noticed ON flag (space, noticed_at);
CREATE TABLE ledger_day (
    day TEXT NOT NULL,
    model TEXT NOT NULL,
    operation TEXT NOT NULL,
    space TEXT NOT NULL,
    currency TEXT NOT NULL,
    calls INTEGER NOT NULL,
    texts INTEGER NOT NULL,
    cached_texts INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    retries INTEGER NOT NULL,
    latency REAL NOT NULL,
    price REAL NOT NULL,
    PRIMARY KEY (day, model, operation, space, currency)
) WITHOUT ROWID;
CREATE VIEW ledger_by_day AS
SELECT date(at, 'unixepoch') AS day, model, operation, space, currency, count(*) AS calls, sum(texts) AS texts,
       sum(cached_texts) AS cached_texts, sum(prompt_tokens) AS prompt_tokens,
       sum(completion_tokens) AS completion_tokens, sum(cached_tokens) AS cached_tokens, sum(retries) AS retries,
       sum(latency) AS latency, sum(price) AS price
FROM ledger GROUP BY 1, 2, 3, 4, 5;
"""

PAGES = """
ALTER TABLE document ADD COLUMN etag TEXT NOT NULL DEFAULT '';
ALTER TABLE document ADD COLUMN last_modified TEXT NOT NULL DEFAULT '';
"""
