"""What bfloat16 costs in quality: the same documents and questions in float32 and with products in bfloat16.

``python -m benchmarks.half_precision DATA/scifact``, a set as ``knowbot evaluate retrieval`` takes it. Texts over the
encoder's context are cut at it. Prints nDCG@10 by vectors alone, the least cosine, and how many times as fast it was.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrieval.embed import normalised
from retrieval.encoders.base import TextKind
from retrieval.encoders.find_model import DEFAULT_MODEL, find_model
from retrieval.encoders.local import BATCH_TOKENS
from retrieval.encoders.model_folder import ModelFolder
from retrieval.encoders.runtime import Runtime, Tokenised, cosines
from retrieval.encoders.runtimes import batches
from retrieval.encoders.torch_runtime import TorchRuntimes
from retrieval.evaluation.data import read_corpus, read_grades, read_lines
from retrieval.fitting import metrics
from storage.records import Matrix

_DEPTH = 100


def main(folder: Path) -> None:
    """Both kinds of vectors over one set."""
    model = find_model(DEFAULT_MODEL)
    documents, queries = read_corpus(folder), list(read_lines(folder / "queries.jsonl", "id", "text"))
    texts = _tokenised(model, [document.text for document in documents], "document")
    questions = _tokenised(model, [query["text"] for query in queries], "query")
    grades = read_grades(folder / "qrels.tsv")
    assert grades
    runtimes = TorchRuntimes(model)
    found: dict[str, tuple[Matrix, float, float]] = {}
    for name, runtime in (("float32", runtimes.reference()), ("bfloat16", runtimes.half_precision())):
        started = time.perf_counter()
        vectors = _encoded(runtime, texts)
        took = time.perf_counter() - started
        similar = _encoded(runtime, questions) @ vectors.T
        ranked = [[documents[place].location for place in np.argsort(-row)[:_DEPTH]] for row in similar]
        quality = [
            metrics.ndcg(line, grades[query["id"]])
            for line, query in zip(ranked, queries, strict=True)
            if query["id"] in grades
        ]
        found[name] = vectors, took, float(np.mean(quality))
        print(f"{name}: nDCG@10 {found[name][2]:.4f}, {took:.0f} s")
    whole, half = found["float32"], found["bfloat16"]
    print(f"cosine {cosines(whole[0], half[0]).min():.5f} at least; {whole[1] / half[1]:.2f} times as fast")


def _tokenised(model: ModelFolder, texts: Sequence[str], kind: TextKind) -> list[Tokenised]:
    return [_cut(model, each, kind) for each in model.tokenised(texts, kind)]


def _cut(model: ModelFolder, each: Tokenised, kind: TextKind) -> Tokenised:
    while len(each.ids) > model.max_tokens:
        (each,) = model.tokenised([each.text[: len(each.text) * model.max_tokens // len(each.ids)]], kind)
    return each


def _encoded(runtime: Runtime, texts: Sequence[Tokenised]) -> Matrix:
    vectors = np.empty((len(texts), 384), dtype=np.float32)
    for batch in batches([len(each.ids) for each in texts], BATCH_TOKENS):
        vectors[batch] = runtime.encode([texts[place] for place in batch])
    return normalised(vectors)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
