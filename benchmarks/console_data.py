"""A data folder as large as a busy server's: documents, passages with vectors, questions, votes, flags, calls."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from retrieval.engine import Engine
from retrieval.exploring.corpus_map import Axes, MapPoint
from retrieval.exploring.duplicates import DuplicateGroup, Place
from retrieval.exploring.gaps import Gap
from retrieval.exploring.survey import Survey
from retrieval.exploring.topics import Topic
from retrieval.settings import RetrievalSettings
from storage.records import DEFAULT_SPACE, Generation

DAY = 86_400.0
SETTINGS = RetrievalSettings(encoder="hashing:64")
PER_DOCUMENT = 50
_TOPICS = 20

_DECISIONS = ("answer", "answer", "unsure", "off_topic", "small_talk")
_SENTENCE = (
    "reset the password of an account where does a yearly plan renew itself and who pays for backup "
    "shells upload photos token region invoice server mirror phone login upgrade cloud family locked"
)
_WORDS = _SENTENCE.split()
_FOUND = json.dumps([[f"d{n}.md#0", {"vector": 0.5, "title": 0.0, "lexical": 0.2, "fused": 0.6}] for n in range(8)])


def fill(data_dir: Path, folder: Path, rows: int, now: float) -> None:
    """Builds ``rows`` questions over 90 days, passages, and calls over a week; by SQL, as reading is measured later."""
    pick = random.Random(7)  # the same folder every time
    folder.mkdir(parents=True)
    (folder / "first.md").write_text("# First\n\nA passage, so that there is an index.\n", encoding="utf-8")
    with Engine(data_dir, SETTINGS, lambda: now) as engine:
        engine.library.ingest(folder, DEFAULT_SPACE)
        generation = engine.stores.generations.active(DEFAULT_SPACE)
        assert generation is not None
        _documents(engine, pick, rows, now)
        _passages(engine, pick, rows, generation)
        _questions(engine, pick, rows, now)
        _said(engine, pick, rows, now)
        _calls(engine, pick, rows, now)
        _survey(engine, pick, rows, now)
        engine.stores.db.execute("ANALYZE")


def _documents(engine: Engine, pick: random.Random, passages: int, now: float) -> None:
    source = engine.stores.sources.list(DEFAULT_SPACE)[0].id
    columns = "document (id, space, source_id, location, title, text, format, content_hash, stored_at)"
    rows = (
        (n, DEFAULT_SPACE, source, f"d{n}.md", _text(pick, 4), "x" * 80 * PER_DOCUMENT, "markdown", str(n), now)
        for n in range(10, 10 + passages // PER_DOCUMENT)
    )
    _insert(engine, columns, rows)


def _passages(engine: Engine, pick: random.Random, passages: int, generation: Generation) -> None:
    columns = 'chunk (id, chunking_id, document_id, ordinal, heading, text, location, start, "end", token_count)'
    rows = []
    for n in range(passages):
        document, place = 10 + n // PER_DOCUMENT, n % PER_DOCUMENT
        where = (f"d{document}.md#{place}", 80 * place, 80 * place + 79, 30)
        rows.append((100 + n, generation.chunking_id, document, place, _text(pick, 3), _text(pick, 20), *where))
    _insert(engine, columns, rows)
    matrix = np.random.default_rng(7).normal(size=(passages, generation.dimensions)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    vectors = ((generation.id, 100 + n, "passage", str(n), row.tobytes()) for n, row in enumerate(matrix))
    _insert(engine, "vector (generation_id, chunk_id, kind, text_hash, data)", vectors)


def _questions(engine: Engine, pick: random.Random, questions: int, now: float) -> None:
    columns = (
        "interaction (id, space, asked_at, origin, channel_id, addressed, question, decision, answer, confidence, "
        "off_topic_score, milliseconds, retrieved, signal)"
    )
    rows = (
        (
            *(n, DEFAULT_SPACE, _asked_at(n, questions, now), "discord", 100 + n % 12, n % 2),
            *(_text(pick, 12), pick.choice(_DECISIONS), _text(pick, 30), pick.random(), pick.random()),
            *('{"encode": 7.0, "search": 2.0}', _FOUND, "documents"),
        )
        for n in range(1, questions + 1)
    )
    _insert(engine, columns, rows)
    columns = "citation (interaction_id, number, document_location, location, title, quote, text_hash, score)"
    cited = ((n, 1, f"d{10 + n % 90}.md", f"d{10 + n % 90}.md#1", "T", "q", "h", 0.5) for n in range(1, questions + 1))
    _insert(engine, columns, cited)


def _said(engine: Engine, pick: random.Random, questions: int, now: float) -> None:
    """A vote on every fifth question, a flag on every twentieth, of which every other is decided."""
    votes = ((n, "someone", n % 3 > 0, _asked_at(n, questions, now)) for n in range(5, questions + 1, 5))
    _insert(engine, "vote (interaction_id, voter_hash, helpful, voted_at)", votes)
    flags = (
        (n, DEFAULT_SPACE, "off_topic", _text(pick, 9), 0.9, _asked_at(n, questions, now), "out" if n % 40 else None)
        for n in range(20, questions + 1, 20)
    )
    _insert(engine, "flag (interaction_id, space, kind, excerpt, score, raised_at, verdict)", flags)


def _calls(engine: Engine, pick: random.Random, calls: int, now: float) -> None:
    columns = (
        "ledger (at, operation, space, model, texts, cached_texts, prompt_tokens, completion_tokens, cached_tokens, "
        "retries, latency, price, currency, price_source)"
    )
    rows = (
        (
            *(now - 7 * DAY * n / calls, pick.choice(("ask", "extract")), DEFAULT_SPACE, "hashing:64"),
            *(1, 0, 12, 0, 0, 0, 0.01, 0.0, "USD", "local"),
        )
        for n in range(calls)
    )
    _insert(engine, columns, rows)


def _survey(engine: Engine, pick: random.Random, passages: int, now: float) -> None:
    """As the worker would have kept it: a map of every document; making a real one would take a minute."""
    generation = engine.spaces.present(DEFAULT_SPACE)
    documents = passages // PER_DOCUMENT
    groups = [f"topic {n}" for n in range(_TOPICS)]
    topics = tuple(Topic(name, passages // _TOPICS, documents // _TOPICS, (("d10.md", "T"),)) for name in groups)
    points = tuple(
        MapPoint(f"d{n}.md", _text(pick, 4), pick.gauss(0, 1), pick.gauss(0, 1), n % _TOPICS)
        for n in range(10, 10 + documents)
    )
    nothing = (0.0,) * generation.dimensions
    gaps = tuple(Gap(f"gap {n}", tuple(range(9 * n + 1, 9 * n + 10)), 0.4, "d10.md", n % 2 > 0) for n in range(20))
    alike = tuple(DuplicateGroup((Place("d10.md", "d10.md#1"), Place("d11.md", "d11.md#2")), 0.9, False) for _ in "ab")
    axes = Axes(nothing, (nothing, nothing), 0.2)
    found = Survey(now - DAY, generation.id, passages, topics, 0.1, gaps, alike, (), points, axes)
    engine.stores.surveys.put(DEFAULT_SPACE, found.to_json(), now - DAY)


def _asked_at(number: int, questions: int, now: float) -> float:
    return now - 90 * DAY * (1 - number / questions) - 60


def _insert(engine: Engine, columns: str, rows: Iterable[Sequence[object]]) -> None:
    values = list(rows)
    places = ", ".join("?" * len(values[0]))
    statement = " ".join(["INSERT INTO", columns, "VALUES (", places, ")"])
    with engine.stores.write():
        engine.stores.db.conn.executemany(statement, values)


def _text(pick: random.Random, words: int) -> str:
    return " ".join(pick.choices(_WORDS, k=words))
