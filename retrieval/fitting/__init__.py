"""What fits itself to a space's own corpus: pseudo-questions, the query adapter, weights and thresholds."""
