"""Looking around in a space: topics, gaps, doubles, outliers, a map."""
