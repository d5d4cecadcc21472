"""What is mere small talk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from retrieval.costs.metering import Meter
from retrieval.embed import Embedder, Purpose
from retrieval.encoders.hashing import HashingEncoder
from retrieval.query import prepare_query
from retrieval.search import Found
from retrieval.small_talk import MOST_WORDS, SmallTalk
from storage.stores import open_stores

HERE = "here"


@pytest.mark.parametrize(
    ("text", "nearest", "expected"),
    [
        ("👍", (), True),
        ("?!", (0.99,), True),
        ("Thank you so much!", (), True),
        ("thank you so much", (0.89,), True),
        ("thank you so much", (0.95,), False),
        ("how do I reset my password", (), False),
        ("thanks " * (MOST_WORDS + 1), (), False),
    ],
)
def test_it_is_short_and_nearer_to_small_talk_than_to_any_passage(
    tmp_path: Path, text: str, nearest: tuple[float, ...], expected: bool
) -> None:
    encoder = HashingEncoder()
    query = prepare_query(text, encoder.tokenizer, encoder.max_tokens)
    with open_stores(tmp_path) as stores:
        embedder = Embedder(encoder, stores.embedding_cache, Meter.of(stores, lambda: 0.0))
        vector = np.zeros(384, np.float32)
        if query.terms:
            vector = embedder.embed([query.text], Purpose("ask", HERE, "query"))[0]
        assert SmallTalk().has(HERE, embedder, query, vector, Found((), nearest)) is expected
