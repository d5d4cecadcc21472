"""What a call costs: by genai-prices, offline and by date, or by what the operator knows better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

LOCAL = "local"
"""The source of the price of everything that this machine does itself: nothing."""

OPERATOR = "operator"
UNKNOWN = "unknown"
"""The source where nobody knows the price; the amount beside it means nothing."""

_MILLION = 1_000_000


@dataclass(frozen=True)
class Rates:
    """What the operator says a model costs, in USD per million tokens; ``cached_input`` None costs as much as input."""

    input: float
    output: float = 0.0
    cached_input: float | None = None


@dataclass(frozen=True)
class PricedModel:
    """A model where it is called: its name and the address of the API, "" for a model on this machine."""

    name: str
    api_url: str = ""


@dataclass(frozen=True)
class TokenUse:
    """Tokens of a call as the API counts them: ``cached_input`` is the part of ``input`` that it still knew."""

    input: int
    output: int = 0
    cached_input: int = 0


@dataclass(frozen=True)
class Price:
    """An amount in USD and who says so: LOCAL, OPERATOR, or genai-prices with its version."""

    amount: float
    source: str


@dataclass(frozen=True)
class PriceList:
    """The prices that hold here. ``overrides`` are the operator's, by model, and come before the published ones."""

    overrides: Mapping[str, Rates] = field(default_factory=dict)

    def price(self, model: PricedModel, use: TokenUse, at: float) -> Price | None:
        """What ``use`` costs at that time (seconds since the epoch); None where nobody knows.

        A model behind an address that is no known provider's has no price, whatever its name: say it in the settings.
        """
        if not model.api_url:
            return Price(0.0, LOCAL)
        if rates := self.overrides.get(model.name):
            return Price(_by_rates(rates, use), OPERATOR)
        return _published(model, use, at)


PUBLISHED = PriceList()
"""Without anything that an operator knows better."""


def _by_rates(rates: Rates, use: TokenUse) -> float:
    cached_rate = rates.input if rates.cached_input is None else rates.cached_input
    whole = (use.input - use.cached_input) * rates.input + use.cached_input * cached_rate + use.output * rates.output
    return whole / _MILLION


def _published(model: PricedModel, use: TokenUse, at: float) -> Price | None:
    # A tenth of a second; only who pays needs it.
    from genai_prices import Usage, __version__, calc_price  # noqa: PLC0415

    usage = Usage(input_tokens=use.input, output_tokens=use.output, cache_read_tokens=use.cached_input)
    when = datetime.fromtimestamp(at, UTC)
    try:
        found = calc_price(usage, model.name, provider_api_url=model.api_url, genai_request_timestamp=when)
    except LookupError:
        return None
    return Price(float(found.total_price), f"genai-prices {__version__}")
