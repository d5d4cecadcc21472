"""How good is what `knowbot explore` says? On public sets with known answers, and on copies made here.

    python benchmarks/exploring.py DATA

DATA holds word_analogies, stsb_en_dev, clinc150, covid_faq and textual_faq. Prints one JSON line a measurement.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans  # type: ignore[import-untyped]
from sklearn.manifold import TSNE  # type: ignore[import-untyped]
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score  # type: ignore[import-untyped]

from retrieval.embed import Purpose
from retrieval.engine import Engine
from retrieval.evaluation.data import CorpusDocument, Line, read_lines
from retrieval.evaluation.workplace import throw_away
from retrieval.explore import nearest_terms
from retrieval.exploring.cluster import Labels, cluster, k_means
from retrieval.exploring.corpus import read_corpus
from retrieval.exploring.corpus_map import principal_axes
from retrieval.settings import RetrievalSettings
from storage.records import Matrix

SPACE = "default"
ANALOGIES_EACH = 40
UTTERANCES_EACH = 30
NEIGHBOURS = 10


def main(data: Path) -> None:
    """Measures all of it with the default encoder."""
    with throw_away(RetrievalSettings()) as engine:
        say("similarity", spearman=round(likeness(engine, data), 4))
        say("analogies", **analogies(engine, data))
        for classes in (10, 30, 150):
            say("clusters", **clusters(engine, data, classes))
        say("duplicates", **copies(engine, data))
        say("map", **maps(engine))


def say(what: str, **figures: object) -> None:
    """Prints a line."""
    print(json.dumps({"measured": what, **figures}), flush=True)


def encoded(engine: Engine, texts: Sequence[str]) -> Matrix:
    """Unit vectors of the space's encoder."""
    return engine.spaces.active_or_new(SPACE).embedder.embed(list(texts), Purpose("measure", SPACE, "query"))


def likeness(engine: Engine, data: Path) -> float:
    """Spearman's rank correlation of cosines and people's scores over 1,500 pairs of sentences."""
    pairs = list(read_lines(data / "stsb_en_dev" / "pairs.jsonl", "text1", "text2", "score"))
    one, other = (encoded(engine, [pair[name] for pair in pairs]) for name in ("text1", "text2"))
    cosines = np.einsum("ij,ij->i", one, other)
    return float(np.corrcoef(ranks(cosines), ranks(np.array([pair["score"] for pair in pairs], float)))[0, 1])


def ranks(values: Matrix) -> Matrix:
    """Mean ranks, ties shared."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[inverse])


def analogies(engine: Engine, data: Path) -> dict[str, object]:
    """How often b - a + c is nearest to d among all words of the set; beside it, how often c alone is."""
    questions: defaultdict[str, list[list[str]]] = defaultdict(list)
    kind = ""
    for line in (data / "word_analogies" / "questions-words.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith(":"):
            kind = line[2:]
        else:
            questions[kind].append(line.split())
    words = sorted({word for found in questions.values() for question in found for word in question})
    vectors = encoded(engine, words)
    place = {word: number for number, word in enumerate(words)}
    hits: dict[str, tuple[float, float]] = {}
    for kind, found in questions.items():
        drawn = random.Random(0).sample(found, ANALOGIES_EACH)
        moved, still = (np.mean([answers(words, vectors, place, each, w) for each in drawn]) for w in (True, False))
        hits[kind] = (round(float(moved), 3), round(float(still), 3))
    moved, still = np.mean(list(hits.values()), axis=0)
    return {"words": len(words), "accuracy": round(moved, 3), "c_alone": round(still, 3), "by_kind": hits}


def answers(words: list[str], vectors: Matrix, place: dict[str, int], question: Sequence[str], moved: bool) -> bool:
    """Whether the nearest word but the three given is the fourth."""
    a, b, c = (vectors[place[word]] for word in question[:3])
    given = np.stack([b, a, c] if moved else [c, a, a])
    others = [number for number, word in enumerate(words) if word not in question[:3]]
    best = nearest_terms([words[number] for number in others], vectors[others], given, 1)
    return best[0][0] == question[3]


def clusters(engine: Engine, data: Path, classes: int) -> dict[str, object]:
    """Groups against intents: with the true number of groups, and with the number that the silhouette chooses."""
    by_class: defaultdict[str, list[str]] = defaultdict(list)
    for line in read_lines(data / "clinc150" / "train.jsonl", "text", "class"):
        by_class[line["class"]].append(line["text"])
    chosen = sorted(by_class)[:: len(by_class) // classes]
    texts = [text for name in chosen for text in by_class[name][:UTTERANCES_EACH]]
    truth = [name for name in chosen for _ in by_class[name][:UTTERANCES_EACH]]
    vectors = encoded(engine, texts)
    found = cluster(vectors)
    own, known = k_means(vectors, classes), KMeans(classes, n_init=3, random_state=0).fit_predict(vectors)
    return {
        "classes": classes,
        "true_k": agreement(truth, own),
        "true_k_scikit_learn": agreement(truth, known),
        "chosen_k": len(found.centres),
        "chosen": agreement(truth, found.labels),
    }


def agreement(truth: Sequence[str], labels: Labels) -> dict[str, float]:
    """Normalised mutual information, and the Rand index less what chance would reach."""
    nmi, ari = normalized_mutual_info_score(truth, labels), adjusted_rand_score(truth, labels)
    return {"nmi": round(float(nmi), 3), "ari": round(float(ari), 3)}


def copies(engine: Engine, data: Path) -> dict[str, object]:
    """Documents beside copies of them, whole or with words changed, and pages of one form that say different things."""
    sources = [*read_lines(data / "covid_faq" / "corpus.jsonl", "id", "text"), *some_pages(data)]
    documents, expected = [], set()
    draw = random.Random(0)
    for line in sources:
        documents.append(CorpusDocument(line["id"], line.get("title", ""), line["text"]))
    for line in draw.sample([line for line in sources if len(line["text"].split()) >= 40], 40):
        changed = draw.choice([0.0, 0.02, 0.05])
        copy = CorpusDocument(f"copy of {line['id']}", line.get("title", ""), reworded(line["text"], changed, draw))
        documents.append(copy)
        expected.add((line["id"], copy.location))
    documents += [form(number) for number in range(40)]
    engine.library.ingest_documents(SPACE, "copies", documents)
    groups = [group for group in engine.explorer.survey(SPACE).duplicates if group.whole]
    pairs = {
        (one, other)
        for group in groups
        for one in (place.location for place in group.places)
        for other in (place.location for place in group.places)
        if (not one.startswith("copy of ") and other.startswith("copy of ")) or (one < other and "form" in one + other)
    }
    right = len(pairs & expected)
    return {"copies": len(expected), "precision": right / max(len(pairs), 1), "recall": right / len(expected)}


def some_pages(data: Path) -> Iterator[Line]:
    """Every third page of a project's documentation."""
    yield from list(read_lines(data / "textual_faq" / "corpus.jsonl", "id", "text"))[::3]


def reworded(text: str, share: float, draw: random.Random) -> str:
    """``text`` with some of its words replaced."""
    return "".join(
        f"{draw.choice(['other', 'such', 'more'])} " if draw.random() < share else f"{w} " for w in text.split(" ")
    )


def form(number: int) -> CorpusDocument:
    """A page that has its frame in common with others and nothing else."""
    draw = random.Random(number)
    words = " ".join(f"{draw.choice('bdfgklmnprst')}{draw.choice('aeiou')}{draw.randrange(10_000)}" for _ in range(30))
    text = (
        f"Summary of the option. It has a default and a type. The option is called {words}. See also the other options."
    )
    return CorpusDocument(f"form {number}", f"Option {number}", text)


def maps(engine: Engine) -> dict[str, object]:
    """The share of each document's nearest neighbours that are nearest on the map too, and the seconds it takes."""
    corpus = read_corpus(engine.stores, engine.spaces.active(SPACE).generation)
    _, vectors = corpus.documents()
    found: dict[str, object] = {"documents": len(vectors)}
    started = time.perf_counter()
    flat = principal_axes(vectors).project(vectors)
    found["pca"] = {"seconds": round(time.perf_counter() - started, 3), "neighbours_kept": kept(vectors, flat)}
    started = time.perf_counter()
    spread = TSNE(2, metric="cosine", init="pca", random_state=0).fit_transform(vectors)
    found["t-sne"] = {"seconds": round(time.perf_counter() - started, 3), "neighbours_kept": kept(vectors, spread)}
    # One document more, and everything else is drawn anew: how far do the others move, by the size of the map?
    without = principal_axes(vectors[1:]).project(vectors[1:])
    again = TSNE(2, metric="cosine", init="pca", random_state=0).fit_transform(vectors[1:])
    found["moved_by_one_document"] = {"pca": moved(flat[1:], without), "t-sne": moved(spread[1:], again)}
    return found


def kept(vectors: Matrix, flat: Matrix) -> float:
    """Mean overlap of the NEIGHBOURS nearest in all dimensions and in two."""
    whole, two = vectors @ vectors.T, -np.linalg.norm(flat[:, None] - flat[None], axis=2)
    for similarities in (whole, two):
        np.fill_diagonal(similarities, -np.inf)
    nearest = [np.argsort(-similarities, axis=1)[:, :NEIGHBOURS] for similarities in (whole, two)]
    return round(float(np.mean([len(set(a) & set(b)) / NEIGHBOURS for a, b in zip(*nearest, strict=True)])), 3)


def moved(before: Matrix, after: Matrix) -> float:
    """The mean way of a point, as a share of the map's standard deviation."""
    return round(float(np.linalg.norm(before - after, axis=1).mean() / before.std()), 3)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
