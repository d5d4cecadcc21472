"""What introductions to embeddings often say, measured: the figures of docs/quality.md, "Often repeated".

``python -m benchmarks.often_repeated DATA textual_faq claude_docs covid_faq cranfield``. Vectors are as everybody has
them of sentence-transformers; nDCG@10 over documents. "First 256 tokens" is a document as it comes, of which this model
reads no more; passages, words and both fused are the product's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.workload import textbook_model
from retrieval.embed import normalised
from retrieval.evaluation.data import read_corpus, read_grades, read_lines
from retrieval.evaluation.workplace import ingest_corpus, throw_away
from retrieval.fitting.metrics import ndcg
from retrieval.settings import RetrievalSettings
from retrieval.types import Candidate, Question
from storage.records import Matrix

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH = 16
_RANK_CONSTANT = 60  # of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009)


def main(data: Path, names: Sequence[str]) -> None:
    """A line a claim, then a table of the sets."""
    model = textbook_model()
    king, queen, dog = model.encode(["king", "queen", "dog"], normalize_embeddings=True)
    print(f"cosine of king to queen {king @ queen:.2f}, to dog {king @ dog:.2f}")
    cut = model.encode(["so " * 300 + end for end in ("about pears", "about ships")], normalize_embeddings=True)
    print(f"two texts that differ after {model.max_seq_length} tokens only: cosine {cut[0] @ cut[1]:.3f}")
    print("| set | first 256 tokens, mean | the same, CLS | passages | words | ranks fused | scores fused |")
    print("|---|---|---|---|---|---|---|")
    for name in names:
        queries = list(read_lines(data / name / "queries.jsonl", "id", "text"))
        grades = read_grades(data / name / "qrels.tsv")
        judged = {query["text"]: grades[query["id"]] for query in queries if query["id"] in grades}
        figures = [*_whole(model, data / name, judged), *_product(data / name, judged)]
        print(f"| {name} | " + " | ".join(f"{each:.3f}" for each in figures) + " |", flush=True)


def _whole(model: SentenceTransformer, folder: Path, judged: Mapping[str, Mapping[str, int]]) -> list[float]:
    """One vector a document, its tokens averaged or its first token's."""
    documents = read_corpus(folder)
    rows = _encoded(model, [f"{each.title}\n{each.text}" for each in documents])
    questions = _encoded(model, list(judged))
    names = [each.location for each in documents]
    found: list[float] = []
    for row, question in zip(rows, questions, strict=True):
        ranked = [[names[place] for place in np.argsort(-line)[:10]] for line in question @ row.T]
        found.append(_mean(ranked, judged.values()))
    return found


def _encoded(model: SentenceTransformer, texts: Sequence[str]) -> tuple[Matrix, Matrix]:
    """Unit vectors by the mean of the tokens and by the first."""
    import torch  # noqa: PLC0415 - seconds, as everywhere

    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    mean = np.empty((len(texts), model.get_embedding_dimension() or 0), dtype=np.float32)
    first = np.empty_like(mean)
    for start in range(0, len(order), _BATCH):
        places = order[start : start + _BATCH]
        with torch.inference_mode():
            out = model.forward(model.preprocess([texts[place] for place in places]))
        mean[places] = out["sentence_embedding"].numpy()
        first[places] = out["token_embeddings"][:, 0].numpy()
    return normalised(mean), normalised(first)


def _product(folder: Path, judged: Mapping[str, Mapping[str, int]]) -> list[float]:
    """Passages by the vectors as encoded, words, ranks of both fused, and what knowbot answers by."""
    with throw_away(RetrievalSettings()) as engine:
        ingest_corpus(engine, folder, lambda *_: None)
        found = [engine.answers.answer(Question(text), most=None).candidates for text in judged]
    legs: list[Callable[[Sequence[Candidate]], list[str]]] = [
        lambda each: _ranked(each, lambda candidate: candidate.vector),
        lambda each: _ranked(each, lambda candidate: candidate.lexical),
        _by_ranks,
        lambda each: _ranked(each, lambda candidate: candidate.final),
    ]
    return [_mean([leg(each) for each in found], judged.values()) for leg in legs]


def _ranked(candidates: Sequence[Candidate], score: Callable[[Candidate], float]) -> list[str]:
    best = sorted(candidates, key=lambda candidate: (-score(candidate), candidate.chunk.id))
    return list(dict.fromkeys(candidate.chunk.document_location for candidate in best))


def _by_ranks(candidates: Sequence[Candidate]) -> list[str]:
    fused: dict[str, float] = {}
    for ranked in (
        _ranked(candidates, lambda each: each.vector),
        _ranked([each for each in candidates if each.lexical > 0], lambda each: each.lexical),
    ):
        for rank, document in enumerate(ranked, start=1):
            fused[document] = fused.get(document, 0.0) + 1 / (_RANK_CONSTANT + rank)
    return sorted(fused, key=lambda document: -fused[document])


def _mean(ranked: Iterable[Sequence[str]], grades: Iterable[Mapping[str, int]]) -> float:
    return float(np.mean([ndcg(each, grade) for each, grade in zip(ranked, grades, strict=True)]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
