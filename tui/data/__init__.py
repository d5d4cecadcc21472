"""What the screens show, read in threads: one module a subject."""
