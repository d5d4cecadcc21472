"""``tokens``, ``costs`` and ``evaluate``: what things cost and how good they are."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bot.options import Options, locating
from bot.progress import progress
from bot.settings import load_settings
from retrieval.encoders.registry import load_encoder
from retrieval.engine import Engine
from retrieval.evaluate import evaluate_retrieval
from retrieval.evaluate_offtopic import evaluate_offtopic
from retrieval.tokens import TokenReport, analyse, tokenizer_for

OPENAI_ENCODINGS = ("o200k_base", "cl100k_base")
ENCODER = "encoder"
"""The name of the encoder's own tokenizer among the encodings."""

_SHOWN_TOKENS = 60
_DAY = 86_400.0
_OUT = Console(highlight=False, markup=False, soft_wrap=True)


@click.command()
@click.argument("text")
@click.option(
    "--encoding", "encodings", multiple=True, help="An encoding, a model's name, a tokenizer.json, `encoder`."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@locating
def tokens(options: Options, text: str, encodings: tuple[str, ...], as_json: bool) -> None:
    """Count the tokens of TEXT, of a file, or with - of stdin, side by side in several vocabularies."""
    encoder = load_settings(options).encoder
    content = _text_of(text)
    reports = [
        analyse(content, load_encoder(encoder).tokenizer if name == ENCODER else tokenizer_for(name))
        for name in encodings or (*OPENAI_ENCODINGS, ENCODER)
    ]
    if as_json:
        click.echo(json.dumps({"encodings": [dataclasses.asdict(r) for r in reports]}, ensure_ascii=False))
    else:
        for report in reports:
            _show_tokens(report)


@click.command()
@click.option("--days", type=click.IntRange(min=1), default=30, show_default=True, help="How far back to look.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@locating
def costs(options: Options, days: int, as_json: bool) -> None:
    """Show the ledger: tokens and money by day, model and operation. Texts from the cache are savings."""
    settings = load_settings(options)
    with Engine(settings.data_dir, settings.retrieval) as engine:
        lines = engine.upkeep.costs(time.time() - days * _DAY)
    if as_json:
        click.echo(json.dumps({"ledger": [dataclasses.asdict(line) for line in lines]}, ensure_ascii=False))
        return
    table = Table("day", "model", "operation", "calls", "texts", "from cache", "tokens", "price", box=None)
    for line in lines:
        counts = [line.calls, line.texts, line.cached_texts, line.prompt_tokens]
        table.add_row(line.day, line.model, line.operation, *map(str, counts), f"{line.price:.4f}")
    Console(highlight=False, width=None if _OUT.is_terminal else 140).print(table)


@click.group()
def evaluate() -> None:
    """Measure the product on labelled data; it is run first and the labels are opened last."""


@evaluate.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--run", "run", type=click.Path(path_type=Path, dir_okay=False), help="Write one JSON line a query here.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@locating
def retrieval(options: Options, folder: Path, run: Path | None, as_json: bool) -> None:
    """Ingest FOLDER/corpus.jsonl, answer queries.jsonl and score by qrels.tsv."""
    settings = load_settings(options)
    with progress(Console(stderr=True)) as tell:
        figures = evaluate_retrieval(folder, settings.retrieval, run, tell)
    _show_figures(figures, as_json)


@evaluate.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--taught", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Verdicts given before.")
@click.option("--run", "run", type=click.Path(path_type=Path, dir_okay=False), help="Write one JSON line a text here.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@locating
def offtopic(options: Options, folder: Path, taught: Path | None, run: Path | None, as_json: bool) -> None:
    """Judge FOLDER/offtopic.jsonl by train.jsonl and corpus.jsonl beside it."""
    settings = load_settings(options)
    with progress(Console(stderr=True)) as tell:
        figures = evaluate_offtopic(folder, settings.retrieval, run, taught, tell)
    _show_figures(figures, as_json)


def _text_of(argument: str) -> str:
    """The argument itself, the file it names, or stdin."""
    if argument == "-":
        return sys.stdin.buffer.read().decode("utf-8", "replace")
    try:
        path = Path(argument)
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else argument
    except (OSError, ValueError):  # a text can be too long for a path, or hold what no path may
        return argument


def _show_tokens(report: TokenReport) -> None:
    estimate = ", an estimate: its vocabulary is not on this machine" if report.estimate else ""
    _OUT.print(
        f"{report.name}: {report.token_count} tokens, {report.char_count} characters, "
        f"{report.chars_per_token} characters a token{estimate}"
    )
    shown = report.tokens[:_SHOWN_TOKENS]
    more = f" ... and {len(report.tokens) - len(shown)} more" if len(report.tokens) > len(shown) else ""
    if shown:
        _OUT.print("  " + " | ".join(token.replace("\n", "\\n") for token in shown) + more)
        _OUT.print("  " + " ".join(map(str, report.token_ids[:_SHOWN_TOKENS])) + more)


def _show_figures(figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        if isinstance(value, dict):
            value = "  ".join(f"{key} {part:.3f}" for key, part in value.items())
        _OUT.print(f"{name:28} {f'{value:.4f}' if isinstance(value, float) else value}")
