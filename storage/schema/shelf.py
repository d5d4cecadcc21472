"""The schema of what the console's shelf of documents shows, one step of ``storage/migrations.py``."""

SHELF = """
CREATE TABLE unread_document (
    source_id INTEGER NOT NULL REFERENCES source(id) ON DELETE CASCADE,
    location TEXT NOT NULL,
    reason TEXT NOT NULL,
    noted_at REAL NOT NULL,
    PRIMARY KEY (source_id, location)
) WITHOUT ROWID;
CREATE INDEX document_shelf ON document (source_id, location);
DROP INDEX document_source;
"""

LAST_READ = """
ALTER TABLE unread_document ADD COLUMN last_read_at REAL;
UPDATE unread_document SET last_read_at = (SELECT refreshed_at FROM source WHERE id = source_id);
"""
