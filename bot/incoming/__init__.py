"""From what members write to what they ask: several messages, logs, what was missed and told before."""
