"""Money is asked about before it is spent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli
from bot.terminal.spending import (
    NotConfirmedError,
    ask_before_spending,
    ask_before_tuning,
    estimate_lines,
    price_in_words,
)
from retrieval.costs.pricing import Price
from retrieval.planning.estimate import Estimate
from tests.embeddings_api import EmbeddingsApi

FREE = Estimate("mini", 10, 900, 2, 0, Price(0.0, "local"), 3.0, "probe")
PAID = Estimate("small", 10, 900, 0, 100, Price(0.00002, "genai-prices 1"), None, "nothing")
UNKNOWN = replace(PAID, model="odd", price=None)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[EmbeddingsApi, list[str]]]:
    """An API, and how to call knowbot so that it is used."""
    with EmbeddingsApi(48) as api:
        monkeypatch.setenv("OPENAI_BASE_URL", api.url)
        (tmp_path / "page.md").write_text("# Page\n\nIt is sold in red and blue.\n")
        config = tmp_path / "knowbot.toml"
        config.write_text('encoder = "openai:words@48"\n[prices.words]\ninput = 1000\n')
        yield api, ["--config", str(config), "--data-dir", str(tmp_path / "data"), "ingest", str(tmp_path / "page.md")]


def test_what_is_free_is_done_without_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    ask_before_spending([FREE], yes=False)
    assert capsys.readouterr().err == ""


def test_yes_is_an_answer_beforehand(capsys: pytest.CaptureFixture[str]) -> None:
    ask_before_spending([UNKNOWN], yes=True)
    assert "?" not in capsys.readouterr().err


def test_prices_are_added_up_and_one_unknown_makes_the_whole_unknown() -> None:
    assert price_in_words([FREE, FREE]) == "nothing"
    assert price_in_words([PAID, PAID]) == "about 0.000040 USD (genai-prices 1)"
    assert price_in_words([PAID, UNKNOWN]).startswith("unknown (write the price of odd into")


def test_the_lines_say_what_is_known_and_where_the_time_comes_from() -> None:
    assert estimate_lines(FREE) == (
        "  mini: 10 texts with 900 tokens to encode (2 are known)\n"
        "  price: nothing; time: about 3 s (as measured with some of the texts just now)"
    )
    assert "and about 100 tokens to fit to them" in estimate_lines(PAID)
    assert estimate_lines(PAID).endswith("time: unknown before the first call")


def test_without_a_terminal_and_without_yes_nothing_is_spent(project: tuple[EmbeddingsApi, list[str]]) -> None:
    api, command = project
    refused = CliRunner().invoke(cli, command).exception
    assert isinstance(refused, NotConfirmedError)
    assert "--yes" in str(refused)
    assert not api.requests


@pytest.mark.parametrize(("typed", "called"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_on_a_terminal_it_is_asked_with_the_price(
    project: tuple[EmbeddingsApi, list[str]], monkeypatch: pytest.MonkeyPatch, typed: str, called: bool
) -> None:
    api, command = project
    monkeypatch.setattr("bot.terminal.spending.is_terminal", lambda: True)
    done = CliRunner().invoke(cli, command, input=typed)
    assert "USD (operator). Go on? [y/N]" in done.stderr
    assert bool(api.requests) == called
    assert (done.exception is None) == called


def test_a_dry_run_asks_nothing_and_yes_goes_ahead(project: tuple[EmbeddingsApi, list[str]]) -> None:
    api, command = project
    planned = CliRunner().invoke(cli, [*command, "--dry-run"])
    assert planned.exit_code == 0
    assert "USD (operator); time: unknown before the first call" in planned.stdout
    assert not api.requests
    assert CliRunner().invoke(cli, [*command, "--yes"]).exit_code == 0
    assert api.requests


def test_an_evaluation_through_an_api_is_asked_about_too(project: tuple[EmbeddingsApi, list[str]]) -> None:
    api, command = project
    folder = str(Path(command[-1]).parent)
    refused = CliRunner().invoke(cli, [*command[:4], "evaluate", "retrieval", folder]).exception
    assert isinstance(refused, NotConfirmedError)
    assert not api.requests


def test_costs_shows_the_ledger_the_budget_and_what_if(
    project: tuple[EmbeddingsApi, list[str]], tmp_path: Path
) -> None:
    _, command = project
    with (tmp_path / "knowbot.toml").open("a") as config:
        config.write("[budget]\nday = 2.5\n")
    assert CliRunner().invoke(cli, [*command, "--yes"]).exit_code == 0
    costs = [*command[:4], "costs"]
    shown = CliRunner().invoke(cli, costs).stdout
    assert "words" in shown
    assert "budget of this day: 0." in shown
    assert "of 2.50 USD" in shown
    found = json.loads(CliRunner().invoke(cli, [*costs, "--json"]).stdout)
    assert found["budget"][0]["spent"] == pytest.approx(sum(line["price"] for line in found["ledger"]))
    assert "text-embedding-3-large" in CliRunner().invoke(cli, [*costs, "--what-if"]).stdout
    what_if = json.loads(CliRunner().invoke(cli, [*costs, "--what-if", "--json"]).stdout)
    assert {"paid", "encoders", "writers"} == set(what_if)


def test_a_tune_behind_an_api_is_asked_about_and_one_on_this_machine_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.terminal.spending.is_terminal", lambda: False)
    ask_before_tuning(paid=False, yes=False)
    ask_before_tuning(paid=True, yes=True)
    with pytest.raises(NotConfirmedError, match="--yes"):
        ask_before_tuning(paid=True, yes=False)
