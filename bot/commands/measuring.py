"""``evaluate``: how good the answers and the judge are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from bot.settings import load_settings
from bot.terminal.options import Options, locating
from bot.terminal.progress import progress
from bot.terminal.spending import ask_before_evaluating
from retrieval.evaluate import evaluate_retrieval
from retrieval.evaluation.offtopic import evaluate_offtopic

_OUT = Console(highlight=False, markup=False, soft_wrap=True)


@click.group()
def evaluate() -> None:
    """Measure the product on labelled data; it is run first and the labels are opened last."""


@evaluate.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--run", "run", type=click.Path(path_type=Path, dir_okay=False), help="Write one JSON line a query here.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--yes", is_flag=True, help="Do not ask before spending money.")
@locating
def retrieval(options: Options, folder: Path, run: Path | None, as_json: bool, yes: bool) -> None:
    """Ingest FOLDER/corpus.jsonl, answer queries.jsonl and score by qrels.tsv."""
    settings = load_settings(options)
    ask_before_evaluating(settings.encoder, yes)
    with progress(Console(stderr=True)) as tell:
        figures = evaluate_retrieval(folder, settings.retrieval, run, tell)
    _show_figures(figures, as_json)


@evaluate.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--taught", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Verdicts given before.")
@click.option("--run", "run", type=click.Path(path_type=Path, dir_okay=False), help="Write one JSON line a text here.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--yes", is_flag=True, help="Do not ask before spending money.")
@locating
def offtopic(options: Options, folder: Path, taught: Path | None, run: Path | None, as_json: bool, yes: bool) -> None:
    """Judge FOLDER/offtopic.jsonl by train.jsonl and corpus.jsonl beside it."""
    settings = load_settings(options)
    ask_before_evaluating(settings.encoder, yes)
    with progress(Console(stderr=True)) as tell:
        figures = evaluate_offtopic(folder, settings.retrieval, run, taught, tell)
    _show_figures(figures, as_json)


def _show_figures(figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        if isinstance(value, dict):
            value = "  ".join(f"{key} {'-' if part is None else f'{part:.3f}'}" for key, part in value.items())
        _OUT.print(f"{name:28} {f'{value:.4f}' if isinstance(value, float) else value}")
