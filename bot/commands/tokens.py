"""``tokens``: what a text costs in several vocabularies and why; ``tokens train`` makes a vocabulary of one's own."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from bot.settings import Settings, load_settings
from bot.terminal.options import Options, locating
from bot.terminal.token_display import comparison, page_table, shown_tokens
from retrieval.counting.tokens import Tokenizer
from retrieval.engine import Engine, NothingIndexedError
from retrieval.token_costs.countable import Countable, countable
from retrieval.token_costs.page_cost import PageCost, page_cost
from retrieval.token_costs.token_page import Counted, counted, named_tokenizers, usual_encodings
from retrieval.token_costs.tokenizer_training import (
    DIGITS,
    KINDS,
    LARGEST_VOCABULARY,
    SMALLEST_VOCABULARY,
    Digits,
    Kind,
    Trained,
    short_name,
    texts_of,
    trained_folder,
)
from retrieval.token_costs.tokenizer_training import train as train_tokenizer
from retrieval.token_costs.waste import Waste, find_waste
from storage.errors import KnowbotError

_SHOWN_TOKENS, _SHOWN_IDS = 300, 60
_PIPE_WIDTH = 140


class FileExistsAlreadyError(KnowbotError):
    """A new file would replace one that somebody else may need."""


class _CountOrTrain(click.Command):
    """Counts its text, unless the first word is the name of a subcommand; ``--`` before the word makes it a text."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401
    ) -> click.Context:
        """The subcommand's own context, or that of counting."""
        if args[:1] == [train.name]:
            return train.make_context(f"{info_name} {train.name}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@click.command(cls=_CountOrTrain, epilog="`knowbot tokens train` makes a tokenizer of your own documents.")
@click.argument("text")
@click.option(
    "--encoding",
    "encodings",
    multiple=True,
    help="An encoding, an OpenAI model, a tokenizer.json, a SentencePiece .model, one of your own, `encoder`.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@locating
def tokens(options: Options, text: str, encodings: tuple[str, ...], as_json: bool) -> None:
    """Count the tokens of TEXT, of a file, or with - of stdin, side by side in several vocabularies.

    Shows the tokens themselves and what costs more than it says: cut numbers, blanks, markup, badly served languages.
    Of a web page (.html) it shows what cleaning saves. To count the word "train": knowbot tokens -- train
    """
    given = _given(text)
    tokenizers = list(_tokenizers(encodings, load_settings(options)))
    rows = [counted(given.text, tokenizer) for tokenizer in tokenizers]
    waste = [find_waste(given.text, tokenizer) for tokenizer in tokenizers]
    pages = [page_cost(given.page, tokenizer) for tokenizer in tokenizers] if given.page else []
    if as_json:
        click.echo(json.dumps(_as_json(rows, waste, pages), ensure_ascii=False))
        return
    console = _console()
    if pages:
        console.print(page_table(pages), "")
    console.print(comparison(rows))
    for row, causes in zip(rows, waste, strict=True):
        _show(console, row, causes)


@click.command()
@click.option("--kind", type=click.Choice(KINDS), required=True, help="How the vocabulary is learnt.")
@click.option(
    "--vocab",
    type=click.IntRange(SMALLEST_VOCABULARY, LARGEST_VOCABULARY),
    required=True,
    help="How many tokens the vocabulary has.",
)
@click.option(
    "--digits",
    type=click.Choice(DIGITS),
    default=3,
    show_default=True,
    help="How many digits of a number may be one token.",
)
@click.option("--space", help="The space whose documents it learns from.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A new .json file instead.")
@locating
def train(options: Options, kind: Kind, vocab: int, digits: Digits, space: str | None, out: Path | None) -> None:
    """Train a tokenizer on your documents and compare it on a part of them that it never saw.

    It is kept in the data folder and takes part in `knowbot tokens` from then on, as for example bpe-8000.
    """
    settings = load_settings(options)
    path = _new_file(out) if out else trained_folder(settings.data_dir) / f"{short_name(kind, vocab, digits)}.json"
    wanted = space or settings.space
    with Engine(settings.data_dir, settings.retrieval) as engine:
        if not engine.stores.documents.counts(wanted).documents:
            raise NothingIndexedError(wanted)
        made = train_tokenizer(texts_of(engine.stores, wanted), kind, vocab, path, digits)
    _show_trained(made, [made.tokenizer, *_others(path, settings)], str(out or path.stem))


def _new_file(path: Path) -> Path:
    if path.suffix != ".json":
        raise click.BadParameter("a tokenizer is a .json file", param_hint="--out")
    if path.exists():
        raise FileExistsAlreadyError(f"{path} exists already: name another file, or move it away")
    return path


def _given(argument: str) -> Countable:
    """The argument itself, the file it names, or stdin."""
    if argument == "-":
        return Countable(sys.stdin.buffer.read().decode("utf-8", "replace"))
    try:
        is_file = Path(argument).is_file()
    except (OSError, ValueError):  # a text can be too long for a path, or hold what no path may
        is_file = False
    return countable(Path(argument)) if is_file else Countable(argument)


def _tokenizers(names: tuple[str, ...], settings: Settings) -> Iterator[Tokenizer]:
    """Those that are named; by default OpenAI's, the encoder's, and all that were trained here."""
    return named_tokenizers(names or usual_encodings(settings.data_dir), settings.data_dir, settings.encoder)


def _others(path: Path, settings: Settings) -> Iterator[Tokenizer]:
    """What a new tokenizer is compared with: the usual ones without itself."""
    usual = _tokenizers((), settings)
    return (tokenizer for tokenizer in usual if tokenizer.name != path.stem)


def _console() -> Console:
    """For tables and tokens: a pipe has no width, and nothing that reads it wants lines broken."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    return console if console.is_terminal else Console(highlight=False, markup=False, width=_PIPE_WIDTH)


def _as_json(rows: list[Counted], waste: list[tuple[Waste, ...]], pages: list[PageCost]) -> dict[str, object]:
    found = [
        {"encoding": row.report.name, **dataclasses.asdict(cause)}
        for row, causes in zip(rows, waste, strict=True)
        for cause in causes
    ]
    about_page = {"page": [dataclasses.asdict(page) for page in pages]} if pages else {}
    return {"encodings": [dataclasses.asdict(row.report) for row in rows], "waste": found, **about_page}


def _show(console: Console, row: Counted, causes: tuple[Waste, ...]) -> None:
    report = row.report
    console.print(f"\n{report.name}", style="bold")
    if report.tokens:
        colour = console.is_terminal and console.color_system is not None and not console.no_color
        console.print(shown_tokens(report.tokens[:_SHOWN_TOKENS], colour), soft_wrap=True)
        console.print(_more(len(report.tokens), _SHOWN_TOKENS, "tokens"), end="")
        ids = " ".join(map(str, report.token_ids[:_SHOWN_IDS]))
        console.print(f"ids {ids} {_more(len(report.token_ids), _SHOWN_IDS, 'ids')}".rstrip(), soft_wrap=True)
    for cause in causes:
        share = cause.tokens / report.token_count
        what = f"{cause.tokens} {'token' if cause.tokens == 1 else 'tokens'} ({share:.0%})"
        console.print(f"waste: {cause.cause}, {what}: {cause.advice}", soft_wrap=True)


def _more(count: int, shown: int, what: str) -> str:
    return f"... and {count - shown} more {what}\n" if count > shown else ""


def _show_trained(made: Trained, tokenizers: list[Tokenizer], name: str) -> None:
    console = _console()
    console.print(f"{made.tokenizer.name} has learnt from {made.characters} characters: {made.path}", soft_wrap=True)
    console.print(f"on {len(made.held_out)} characters that it never saw:")
    console.print(comparison([counted(made.held_out, tokenizer) for tokenizer in tokenizers]))
    console.print(f"use it: knowbot tokens TEXT --encoding {name}", soft_wrap=True)
