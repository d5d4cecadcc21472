"""The search rows of ``make bench`` over vectors of what people wrote, some 40,000 lines.

``python -m benchmarks.real_lines DATA``: the lines of four sets for the off-topic judge, asked with 400 titles that are
not among them. Needs FAISS and hnswlib (the extra ``bench``).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness import as_table
from benchmarks.speed_search import rows_over
from retrieval.embed import normalised
from retrieval.encoders.local import LocalEncoder
from retrieval.encoders.registry import DEFAULT_ENCODER, load_encoder
from retrieval.evaluation.data import read_lines
from storage.records import Matrix

_SETS = ("clinc150", "clinc_banking_oos", "irc_ubuntu", "stackoverflow_titles")
_ASKED = "stackoverflow_titles"
_QUESTIONS = 400
_LONGEST = 250  # characters: within the encoder's context whatever they are


def main(data: Path) -> None:
    """Prints the table."""
    started = time.perf_counter()
    files = [data / name / f"{part}.jsonl" for name in _SETS for part in ("train", "offtopic")]
    lines = dict.fromkeys(text for file in files if file != data / _ASKED / "offtopic.jsonl" for text in _texts(file))
    asked = [text for text in dict.fromkeys(_texts(data / _ASKED / "offtopic.jsonl")) if text not in lines]
    questions, others = asked[:_QUESTIONS], asked[_QUESTIONS:]
    rows = rows_over(_encoded([*lines, *others]), _encoded(questions))
    print(as_table(rows, {}, time.perf_counter() - started, []))


def _texts(path: Path) -> list[str]:
    return [line["text"][:_LONGEST] for line in read_lines(path, "text")]


def _encoded(texts: Sequence[str]) -> Matrix:
    with TemporaryDirectory() as models:
        encoder = load_encoder(DEFAULT_ENCODER, Path(models))
        assert isinstance(encoder, LocalEncoder)
        return normalised(encoder.encode(texts, "document"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
