"""Documents that people write or hand in, rather than a source that is fetched."""
