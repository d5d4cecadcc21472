"""The connection to Discord: reaching it, its shards, commands and permissions."""
