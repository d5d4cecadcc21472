"""What fewer dimensions and fewer bits of the vectors cost real questions.

``python -m benchmarks.smaller_vectors DATA textual_faq claude_docs scifact`` ingests each set as the product does,
encodes its queries and lets ``retrieval/planning/dimensions.py`` compare, which is what `knowbot reindex --dimensions N
--dry-run` shows with questions of the corpus's own. nDCG@10 is over documents, by vectors alone. The last column is the
dot product of what was cut and not scaled to length 1 again.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from retrieval.evaluation.data import read_grades, read_lines
from retrieval.evaluation.workplace import ingest_corpus, throw_away
from retrieval.fitting.metrics import ndcg
from retrieval.planning.dimensions import DEPTH, SizeReport, Trial, reports, trial_of
from retrieval.query import prepare_query
from retrieval.settings import RetrievalSettings
from storage.index.exact_search import Precision
from storage.records import DEFAULT_SPACE

SIZES = (384, 256, 128, 64)
_SHOWN: tuple[Precision, ...] = ("f32", "bf16", "i8")


def main(data: Path, names: list[str]) -> None:
    """A table for each set."""
    print("| set | dimensions | " + " | ".join(_SHOWN) + " | same first ten, i8 | f32, not normalised again |")
    print("|---|---|" + "---|" * (len(_SHOWN) + 2))
    for name in names:
        trial = _trial(data / name)
        found = reports(trial, SIZES)
        for size in SIZES:
            print(_line(name, size, [each for each in found if each.dimensions == size], trial), flush=True)


def _line(name: str, size: int, found: list[SizeReport], trial: Trial) -> str:
    shown = {each.precision: each for each in found if each.precision in _SHOWN}
    quality = " | ".join(f"{shown[precision].ndcg:.4f}" for precision in _SHOWN)
    return f"| {name} | {size} | {quality} | {shown['i8'].kept:.1%} | {_not_normalised(trial, size):.4f} |"


def _not_normalised(trial: Trial, size: int) -> float:
    products = trial.questions[:, :size] @ trial.rows[:, :size].T
    ranked = [list(dict.fromkeys(trial.owners[place] for place in np.argsort(-row)[:100])) for row in products]
    return float(np.mean([ndcg(each, grades, DEPTH) for each, grades in zip(ranked, trial.grades, strict=True)]))


def _trial(folder: Path) -> Trial:
    grades = read_grades(folder / "qrels.tsv")
    with throw_away(RetrievalSettings()) as engine:
        ingest_corpus(engine, folder, lambda *_: None)
        space = engine.spaces.active(DEFAULT_SPACE)
        ids = {
            each.document_location: str(each.document_id) for each in engine.stores.chunks.of_space(space.generation)
        }
        encoder = space.embedder.encoder
        asked = [
            (
                prepare_query(query["text"], encoder.tokenizer, encoder.max_tokens).text,
                {ids[document]: grade for document, grade in grades[query["id"]].items() if document in ids},
            )
            for query in read_lines(folder / "queries.jsonl", "id", "text")
            if query["id"] in grades
        ]
        return trial_of(engine.stores, space, asked)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
