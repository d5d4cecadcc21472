"""The SQL of servers: which there are and which were left, and the server that each channel belongs to."""

SERVERS = """
CREATE TABLE server (
    id INTEGER PRIMARY KEY,
    application_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    left_at REAL
);
CREATE TABLE server_channel (
    channel_id INTEGER PRIMARY KEY,
    server_id INTEGER NOT NULL
);
CREATE INDEX server_channel_server ON server_channel (server_id);
DROP INDEX flag_noticed;
CREATE INDEX flag_noticed ON flag (channel_id, noticed_at);
ALTER TABLE taught_example ADD COLUMN channel_id INTEGER;
UPDATE taught_example SET channel_id = (SELECT channel_id FROM flag WHERE flag.id = flag_id);
"""
