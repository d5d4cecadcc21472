"""``explore``: what a space is about, what is missing, double or strange in it, and how texts relate."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.settings import load_settings
from bot.terminal.options import Options, locating
from bot.terminal.scatter import scatter
from bot.terminal.spending import ask_before_spending
from retrieval.engine import Engine
from retrieval.explore import Explorer

_OUT = Console(highlight=False, markup=False, soft_wrap=True)
_PIPED_WIDTH = 140
_SHOWN_PLACES = 6

Command = Callable[..., None]


@click.group()
def explore() -> None:
    """Look around in a space. Large spaces are surveyed by the worker: `knowbot jobs run survey`."""


def _looking(command: Command) -> click.Command:
    """A subcommand that takes --space and --json."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
        click.option("--space", help="The space to look at; the one of knowbot.toml without it."),
    ):
        command = option(command)
    return explore.command(command.__name__.removesuffix("_"))(locating(command))


@contextmanager
def _explorer(options: Options, space: str | None) -> Iterator[tuple[Explorer, str]]:
    settings = load_settings(options)
    with Engine(settings.data_dir, settings.retrieval) as engine:
        yield engine.explorer, space or settings.space


@_looking
def topics(options: Options, space: str | None, as_json: bool) -> None:
    """What the documents are about, largest topic first."""
    with _explorer(options, space) as (explorer, name):
        found = explorer.present(name)
    if as_json:
        _print_json({"silhouette": found.silhouette, "topics": [asdict(each) for each in found.topics]})
        return
    table = Table("topic", "passages", "documents", "for example", box=None)
    for topic in found.topics:
        table.add_row(*_plain(topic.name, topic.passages, topic.documents, topic.examples[0][1]))
    _show(table)


@_looking
def gaps(options: Options, space: str | None, as_json: bool) -> None:
    """What was asked and not answered in the last 30 days: first what no document is about."""
    with _explorer(options, space) as (explorer, name):
        found = explorer.present(name).gaps
    if as_json:
        _print_json({"gaps": [asdict(gap) for gap in found]})
    elif not found:
        _OUT.print("no question was left unanswered in the last 30 days")
    for gap in found if not as_json else ():
        state = "no document" if gap.missing else "not found in"
        _OUT.print(
            f"{gap.name}: asked {len(gap.questions)} times, {state} (nearest {gap.nearest}, {gap.similarity:.2f})"
        )
        for example in gap.examples:
            _OUT.print(f"    {' '.join(example.split())}")


@_looking
def duplicates(options: Options, space: str | None, as_json: bool) -> None:
    """Documents, then passages, that say the same in nearly the same words."""
    with _explorer(options, space) as (explorer, name):
        found = explorer.present(name).duplicates
    if as_json:
        _print_json({"duplicates": [asdict(group) for group in found]})
    elif not found:
        _OUT.print("nothing is said twice")
    for group in found if not as_json else ():
        what = "whole documents" if group.whole else "passages"
        _OUT.print(f"{len(group.places)} {what}, at least {group.resemblance:.0%} the same")
        for place in group.places[:_SHOWN_PLACES]:
            _OUT.print(f"    {place.location}  {place.title}")
        if len(group.places) > _SHOWN_PLACES:
            _OUT.print(f"    and {len(group.places) - _SHOWN_PLACES} more")


@_looking
def outliers(options: Options, space: str | None, as_json: bool) -> None:
    """Documents unlike the rest, strangest first."""
    with _explorer(options, space) as (explorer, name):
        found = explorer.present(name).outliers
    if as_json:
        _print_json({"outliers": [asdict(each) for each in found]})
    elif not found:
        _OUT.print("no document stands out")
    for each in found if not as_json else ():
        _OUT.print(f"{each.location}  {each.title}: {each.similarity:.2f} like the rest, nearest {each.nearest}")


@_looking
def map_(options: Options, space: str | None, as_json: bool) -> None:
    """Every document and today's questions in two dimensions; a letter is a topic, a ? a question."""
    with _explorer(options, space) as (explorer, name):
        explorer.present(name)
        found = explorer.map(name)
    assert found is not None
    if as_json:
        _print_json(asdict(found))
        return
    for line in scatter(found):
        _OUT.print(line)


@_looking
@click.argument("texts", nargs=-1, required=True)
def similar(options: Options, space: str | None, as_json: bool, texts: tuple[str, ...]) -> None:
    """How alike TEXTS are, each with each; the address of a document stands for the document."""
    with _explorer(options, space) as (explorer, name):
        found = explorer.similar(name, texts)
    if as_json:
        _print_json(asdict(found))
        return
    table = Table("", *(str(number) for number in range(1, len(texts) + 1)), "text", box=None)
    for number, (label, row) in enumerate(zip(found.labels, found.cosines, strict=True), start=1):
        table.add_row(str(number), *(f"{cosine:.2f}" for cosine in row), escape(label))
    _show(table)


@_looking
@click.argument("a")
@click.argument("b")
@click.argument("c")
@click.option("--yes", is_flag=True, help="Do not ask before spending money.")
def analogy(options: Options, space: str | None, as_json: bool, a: str, b: str, c: str, yes: bool) -> None:
    """What is to C as A is to B: the space's words and headings nearest to A - B + C."""
    with _explorer(options, space) as (explorer, name):
        ask_before_spending([explorer.analogy_estimate(name, a, b, c)], yes)
        found = explorer.analogy(name, a, b, c)
    if as_json:
        _print_json({"terms": [{"term": term, "cosine": cosine} for term, cosine in found]})
        return
    for term, cosine in found:
        _OUT.print(f"{cosine:.2f}  {term}")


def _print_json(found: dict[str, Any]) -> None:
    click.echo(json.dumps(found, ensure_ascii=False))


def _plain(*cells: object) -> Sequence[str]:
    return [escape(str(cell)) for cell in cells]


def _show(table: Table) -> None:
    Console(highlight=False, width=None if _OUT.is_terminal else _PIPED_WIDTH).print(table)
