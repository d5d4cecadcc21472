"""Texts become requests within the API's limits."""

from __future__ import annotations

from retrieval.api.packing import MOST_INPUTS, MOST_TOKENS, Piece, packed, pieces
from retrieval.counting.tokens import EstimateTokenizer
from retrieval.encoders.openai import MAX_TOKENS


def test_requests_stay_within_the_limits_of_the_api() -> None:
    few = [Piece(i, "x", 1, 1) for i in range(10_000)]
    assert [len(request) for request in packed(few, 4)] == [2048] * 4 + [1808]
    large = [Piece(i, "x", 8000, 8000) for i in range(300)]
    assert all(sum(piece.most for piece in request) <= MOST_TOKENS for request in packed(large, 4))
    for wanted in (few, large):
        requests = packed(wanted, 4)
        assert [piece for request in requests for piece in request] == wanted
        assert max(map(len, requests)) <= MOST_INPUTS


def test_without_its_vocabulary_a_text_counts_as_many_tokens_as_it_has_bytes() -> None:
    (piece,) = pieces(["höchstens"], EstimateTokenizer(), MAX_TOKENS)
    assert (piece.tokens, piece.most) == (3, 10)
