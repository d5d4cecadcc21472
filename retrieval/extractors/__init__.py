"""A reader for each format, and what keeps hostile files from doing harm; ``retrieval/extract.py`` chooses."""
