"""What others find of the same documents with the same model: Chroma and txtai beside knowbot.

    pip install chromadb txtai        # in an environment of its own: they pin much
    python -m benchmarks.peers DATA textual_faq claude_docs ...

Each is set up as its introduction does: documents whole, and in pieces of 1,000 characters that overlap by 200, as
tutorials cut; Chroma by vectors, txtai by vectors and by its hybrid index. A document's score is its best piece's.
nDCG@10 by knowbot's own metric for all.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from retrieval.encoders.find_model import find_model
from retrieval.encoders.registry import DEFAULT_ENCODER
from retrieval.evaluate import evaluate_retrieval
from retrieval.evaluation.data import CorpusDocument, Line, read_corpus, read_grades, read_lines
from retrieval.fitting.metrics import ndcg
from retrieval.settings import RetrievalSettings

PIECE, OVERLAP = 1_000, 200
FOUND = 100
"""Pieces that are asked for, so that ten documents are among them."""

Pieces = Sequence[tuple[str, str]]
"""(document, text)."""
Ask = Callable[[str], Iterable[str]]
"""Documents for a question, best first; the same one may come again."""


def whole(documents: Sequence[CorpusDocument]) -> Pieces:
    """Documents as they are."""
    return [(each.location, f"{each.title}\n{each.text}") for each in documents]


def cut(documents: Sequence[CorpusDocument]) -> Pieces:
    """Documents in pieces."""
    return [
        (document, text[start : start + PIECE])
        for document, text in whole(documents)
        for start in range(0, max(len(text) - OVERLAP, 1), PIECE - OVERLAP)
    ]


def chroma(model: Path, pieces: Pieces) -> Ask:
    """A collection of Chroma in memory, by cosine."""
    import chromadb  # noqa: PLC0415 - a peer that need not be installed
    from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction  # noqa: PLC0415

    encode = SentenceTransformerEmbeddingFunction(model_name=str(model))
    client = chromadb.EphemeralClient()
    collection: Any = client.create_collection(f"pieces-{id(pieces)}", embedding_function=encode, metadata=_COSINE)
    for start in range(0, len(pieces), _BATCH):
        batch = list(enumerate(pieces))[start : start + _BATCH]
        collection.add(
            ids=[str(number) for number, _ in batch],
            documents=[text for _, (_, text) in batch],
            metadatas=[{"document": document} for _, (document, _) in batch],
        )

    def ask(question: str) -> Iterable[str]:
        found = collection.query(query_texts=[question], n_results=min(FOUND, len(pieces)))
        return [each["document"] for each in found["metadatas"][0]]

    return ask


def txtai(model: Path, pieces: Pieces, hybrid: bool) -> Ask:
    """An index of txtai, by vectors or by vectors and words."""
    from txtai import Embeddings  # noqa: PLC0415 - a peer that need not be installed

    index: Any = Embeddings(path=str(model), hybrid=hybrid)
    index.index([(number, text, None) for number, (_, text) in enumerate(pieces)])

    def ask(question: str) -> Iterable[str]:
        return [pieces[int(number)][0] for number, _ in index.search(question, FOUND)]

    return ask


_COSINE = {"hnsw:space": "cosine"}
_BATCH = 2_000


def main(data: Path, names: Sequence[str]) -> None:
    """Prints one line a set and a way to search it."""
    model = find_model(DEFAULT_ENCODER).path
    for name in names:
        documents = read_corpus(data / name)
        queries, grades = (
            list(read_lines(data / name / "queries.jsonl", "id", "text")),
            read_grades(_grades(data, name)),
        )
        for how, pieces in (("whole", whole(documents)), ("pieces", cut(documents))):
            _tell(name, f"Chroma, {how}", queries, grades, chroma(model, pieces))
            _tell(name, f"txtai, {how}", queries, grades, txtai(model, pieces, hybrid=False))
            _tell(name, f"txtai hybrid, {how}", queries, grades, txtai(model, pieces, hybrid=True))
        print(
            f"{name}  knowbot  {evaluate_retrieval(data / name, RetrievalSettings(), None)['ndcg@10']:.3f}", flush=True
        )


def _grades(data: Path, name: str) -> Path:
    return data / name / "qrels.tsv"


def _tell(name: str, way: str, queries: Sequence[Line], grades: dict[str, dict[str, int]], ask: Ask) -> None:
    scores = [ndcg(list(dict.fromkeys(ask(q["text"])))[:10], grades[q["id"]]) for q in queries if q["id"] in grades]
    print(f"{name}  {way}  {sum(scores) / len(scores):.3f}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
