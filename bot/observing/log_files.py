"""What the log files are called; whoever reads them needs no more."""

from __future__ import annotations

BOT_LOG, WORKER_LOG = "bot.log.jsonl", "worker.log.jsonl"
"""In the data folder; a file for each process, since two that turn the same file over would lose lines."""
