"""What a vector index is made of: exact search, the graph, its files, and how much it finds."""
