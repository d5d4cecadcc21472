"""The connection to Discord: reaching it, its shards, the commands it is told of, permissions."""
