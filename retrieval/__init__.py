"""The pipeline from text to a trusted answer. No Discord, no Textual, and time is an argument."""
