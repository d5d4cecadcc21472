"""What the off-topic judge goes by: references, clusters, words, taught messages, built-in lines."""
