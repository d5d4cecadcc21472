"""Looking at text as people write it: messages, questions, sentences, and whether two say the same."""
