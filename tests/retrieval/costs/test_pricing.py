"""What a call costs, and who says so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from retrieval.costs.pricing import LOCAL, OPERATOR, PricedModel, PriceList, Rates, TokenUse

OPENAI = "https://api.openai.com/v1"
NOW = datetime(2026, 6, 1, tzinfo=UTC).timestamp()
MILLION = TokenUse(input=1_000_000)


@pytest.mark.parametrize(
    ("model", "dollars"),
    [("text-embedding-3-small", 0.02), ("text-embedding-3-large", 0.13), ("text-embedding-ada-002", 0.10)],
)
def test_a_million_tokens_of_openais_embeddings_cost_what_openai_publishes(model: str, dollars: float) -> None:
    price = PriceList().price(PricedModel(model, OPENAI), MILLION, NOW)
    assert price is not None
    assert price.amount == pytest.approx(dollars)
    assert price.source.startswith("genai-prices ")


def test_input_that_the_provider_still_knew_is_cheaper_and_output_dearer() -> None:
    def amount(use: TokenUse) -> float:
        price = PriceList().price(PricedModel("gpt-4o-mini", OPENAI), use, NOW)
        assert price is not None
        return price.amount

    plain = amount(TokenUse(1000))
    assert amount(TokenUse(1000, cached_input=500)) < plain < amount(TokenUse(1000, output=1000)) / 2


def test_what_the_operator_says_comes_before_the_published_price() -> None:
    prices = PriceList({"text-embedding-3-small": Rates(input=2.0, output=8.0, cached_input=1.0)})
    use = TokenUse(input=1_000_000, output=500_000, cached_input=250_000)
    price = prices.price(PricedModel("text-embedding-3-small", OPENAI), use, NOW)
    assert price is not None
    assert price.amount == pytest.approx(0.75 * 2 + 0.25 * 1 + 0.5 * 8)
    assert price.source == OPERATOR


def test_cached_input_costs_as_much_as_input_where_the_operator_says_nothing_of_it() -> None:
    price = PriceList({"m": Rates(input=3.0)}).price(
        PricedModel("m", "http://127.0.0.1/"), TokenUse(1_000_000, cached_input=9), NOW
    )
    assert price is not None
    assert price.amount == pytest.approx(3.0)


def test_a_model_on_this_machine_costs_nothing() -> None:
    price = PriceList().price(PricedModel("sentence-transformers/all-MiniLM-L6-v2"), MILLION, NOW)
    assert price is not None
    assert (price.amount, price.source) == (0.0, LOCAL)


@pytest.mark.parametrize(
    "model",
    [PricedModel("no-such-model", OPENAI), PricedModel("text-embedding-3-small", "http://127.0.0.1:1234/v1")],
)
def test_an_unknown_model_and_a_known_one_at_an_unknown_address_have_no_price(model: PricedModel) -> None:
    assert PriceList().price(model, MILLION, NOW) is None
