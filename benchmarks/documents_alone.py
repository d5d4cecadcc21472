"""Builds evaluation folders for a server that has documents only, and evaluates the off-topic judge on them.

    python benchmarks/documents_alone.py DATA

DATA holds folders with corpus.jsonl and queries.jsonl, and irc_ubuntu/offtopic.jsonl. The corpus is the only reference,
its real queries are "in", and the "out" lines of irc_ubuntu are "out".
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from retrieval.evaluation.data import Line, read_lines, write_lines
from retrieval.evaluation.offtopic import evaluate_offtopic
from retrieval.settings import RetrievalSettings

SETS = ("textual_faq", "claude_docs", "covid_faq")


def build(data: Path, name: str, folder: Path) -> None:
    """Writes corpus.jsonl and offtopic.jsonl of one set into ``folder``."""
    shutil.copyfile(data / name / "corpus.jsonl", folder / "corpus.jsonl")
    queries: list[Line] = [
        {"text": q["text"], "label": "in"} for q in read_lines(data / name / "queries.jsonl", "text")
    ]
    strangers = read_lines(data / "irc_ubuntu" / "offtopic.jsonl", "text", "label")
    out: list[Line] = [{"text": line["text"], "label": "out"} for line in strangers if line["label"] == "out"]
    write_lines(folder / "offtopic.jsonl", [*queries, *out])


def main(data: Path) -> None:
    """Prints one JSON line a set."""
    for name in SETS:
        with tempfile.TemporaryDirectory() as folder:
            build(data, name, Path(folder))
            figures = evaluate_offtopic(Path(folder), RetrievalSettings(), run=None)
        print(json.dumps({"set": name, **figures}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
