"""What both evaluations stand on: their data, the place where they run, and how each is scored."""
