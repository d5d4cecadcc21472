"""``ask`` and ``chat``: questions from a terminal, a file or a pipe."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import click
from rich.console import Console

from bot.settings import load_settings
from bot.terminal.answers import answer_as_json, show_answer
from bot.terminal.options import Options, locating
from retrieval.engine import Engine
from retrieval.query import EmptyQuestionError
from retrieval.types import Asked, Question

PROMPT = "you> "


@click.command()
@click.argument("text")
@click.option("--space", help="The space to ask in.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@locating
def ask(options: Options, text: str, space: str | None, as_json: bool) -> None:
    """Answer TEXT from the documents, with sources, or say that they do not tell."""
    settings = load_settings(options)
    with Engine(settings.data_dir, settings.retrieval) as engine:
        answer = engine.answers.answer(Question(text, space=space or settings.space))
        engine.conversations.record(answer, Asked("ask"))
    if as_json:
        click.echo(json.dumps(answer_as_json(answer), ensure_ascii=False))
    else:
        show_answer(Console(highlight=False), answer)


@click.command()
@click.option("--space", help="The space to ask in.")
@locating
def chat(options: Options, space: str | None) -> None:
    """Ask one question after another; reads them from stdin, line by line, where that is no terminal."""
    settings = load_settings(options)
    console = Console(highlight=False)
    with Engine(settings.data_dir, settings.retrieval) as engine:
        engine.spaces.active(space or settings.space)
        if sys.stdin.isatty():
            console.print("Ask me something. An empty line or Ctrl-D ends the chat.")
        for text in _typed() if sys.stdin.isatty() else _piped(console):
            try:
                answer = engine.answers.answer(Question(text, space=space or settings.space))
            except EmptyQuestionError as error:
                console.print(str(error))
            else:
                engine.conversations.record(answer, Asked("chat"))
                show_answer(console, answer)
            console.print()


def _typed() -> Iterator[str]:
    while True:
        try:
            text = input(PROMPT)
        except EOFError:
            return
        if not text.strip():
            return
        yield text


def _piped(console: Console) -> Iterator[str]:
    """Each question is shown, so that what is printed reads as a conversation."""
    for line in sys.stdin:
        text = line.rstrip("\n")
        if text.strip():
            console.print(f"{PROMPT}{text}", markup=False, soft_wrap=True)
            yield text
