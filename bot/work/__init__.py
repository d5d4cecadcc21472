"""A worker's jobs: what each does, how it holds on to one, and what it may take of the machine."""
