"""Where a document may be cut, and what a piece of it needs to be read alone; ``retrieval/chunk.py`` cuts."""
