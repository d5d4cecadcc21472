"""``tui``: the admin console over the data folder."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from bot.observing.log_files import BOT_LOG, WORKER_LOG
from bot.secret import application_id, find_token, keep_token
from bot.settings import load_settings
from bot.terminal.options import Options, locating
from bot.work.starting import LOG_FILE, WorkerStarter
from retrieval.engine import Engine
from storage.errors import KnowbotError
from storage.stores import open_stores
from tui.app import Surroundings, kept_theme, run_console


class NoTerminalError(KnowbotError):
    """There is no screen to draw on."""


@click.command()
@click.option("--space", help="The space to look at.")
@locating
def tui(options: Options, space: str | None) -> None:
    """Watch cost and quality, decide on flags, tune thresholds and re-index, in the terminal."""
    settings = load_settings(options)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):  # Textual draws on stderr
        raise NoTerminalError("the console needs a terminal: start it in one, without a pipe or a redirection")
    answering = replace(settings.retrieval, patient=False)
    # The worker's log would be written over the screen.
    with open_stores(settings.data_dir) as stores:
        starter = WorkerStarter(stores.queue_watch, settings.data_dir, options.config, settings.data_dir / LOG_FILE)
        around = Surroundings(
            schedule=settings.schedule.model_dump(),
            logs=(settings.data_dir / BOT_LOG, settings.data_dir / WORKER_LOG),
            find_token=find_token,
            keep_token=keep_token,
            invitation=_invitation,
            guides=True,
            theme=kept_theme(stores),
        )
        run_console(lambda: Engine(settings.data_dir, answering), space or settings.space, starter.poll, around)


def _invitation(token: str) -> str | None:
    from bot.gateway.permissions import invite_link  # noqa: PLC0415 - needs discord.py, a quarter of what a start takes

    number = application_id(token)
    return invite_link(number) if number else None
