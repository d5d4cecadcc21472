"""What something will cost, in words, and the question whether it may."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from retrieval.encoders.registry import is_behind_api
from retrieval.planning.estimate import Basis, Estimate
from storage.errors import KnowbotError

_BASIS: dict[Basis, str] = {"ledger": "as measured before", "probe": "as measured with some of the texts just now"}


class NotConfirmedError(KnowbotError):
    """Nobody said that money may be spent."""


def estimate_lines(estimate: Estimate) -> str:
    """Two lines, indented as the reports are: tokens and money, and time."""
    fit = f", and about {estimate.fit_tokens} tokens to fit to them" if estimate.fit_tokens else ""
    known = f" ({estimate.known_texts} are known)" if estimate.known_texts else ""
    return (
        f"  {estimate.model}: {estimate.texts} texts with {estimate.tokens} tokens to encode{known}{fit}\n"
        f"  price: {price_in_words([estimate])}; time: {_time(estimate)}"
    )


def price_in_words(estimates: Sequence[Estimate]) -> str:
    """Of all together; unknown as soon as one of them is."""
    prices = [estimate.price for estimate in estimates]
    unknown = [estimate.model for estimate, price in zip(estimates, prices, strict=True) if price is None]
    if unknown:
        return f"unknown (write the price of {unknown[0]} into knowbot.toml under [prices])"
    total = sum(price.amount for price in prices if price)
    if total == 0:
        return "nothing"
    sources = dict.fromkeys(price.source for price in prices if price and price.amount)
    return f"about {total:.6f} USD ({', '.join(sources)})"


def ask_before_spending(estimates: Sequence[Estimate], yes: bool) -> None:
    """Asks on a terminal whether what costs money may be done; raises NotConfirmedError where nobody says so."""
    if any(estimate.costs_money for estimate in estimates):
        tokens = sum(estimate.tokens + estimate.fit_tokens for estimate in estimates)
        _ask(f"Encoding {tokens} tokens costs {price_in_words(estimates)}", yes)


def ask_before_evaluating(encoder: str, yes: bool) -> None:
    """The same for work in a throw-away data folder, where nothing is known beforehand and no budget looks on."""
    if is_behind_api(encoder):
        _ask(f"Evaluating with {encoder} costs money, how much depends on the data", yes)


def ask_before_tuning(paid: bool, yes: bool) -> None:
    """The same for the questions that a tune has encoded, some eight hundred short ones; the budget looks on."""
    if paid:
        _ask("Tuning has some eight hundred short questions encoded by an API, which costs money", yes)


def _ask(what: str, yes: bool) -> None:
    if yes:
        return
    if not is_terminal():
        raise NotConfirmedError(f"{what}: run it again with --yes")
    if not click.confirm(f"{what}. Go on?", default=False, err=True):
        raise NotConfirmedError("nothing was encoded and nothing was spent")


def is_terminal() -> bool:
    """True where somebody can answer."""
    return sys.stdin.isatty()


def _time(estimate: Estimate) -> str:
    if estimate.seconds is None:
        return "unknown before the first call"
    return f"about {estimate.seconds:.0f} s ({_BASIS[estimate.basis]})"
