"""What people make of answers and flags: verdicts, votes, thresholds replayed over them, and drift."""
