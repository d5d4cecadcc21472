"""``--data-dir`` and ``--config``, which every command takes before and after its name."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

Command = Callable[..., object]


@dataclass(frozen=True)
class Options:
    """Where things are, as far as the command line says; None leaves it to environment, file or default."""

    data_dir: Path | None = None
    config: Path | None = None


def locating(command: Command) -> Command:
    """Adds both options and hands the command an ``Options``; what stands nearer to the end wins."""

    @click.option("--data-dir", type=click.Path(path_type=Path), help="Folder of the database and the index.")
    @click.option("--config", type=click.Path(path_type=Path), help="Settings file; knowbot.toml where there is one.")
    @click.pass_context
    @functools.wraps(command)
    def located(ctx: click.Context, /, data_dir: Path | None, config: Path | None, **others: object) -> object:
        before = ctx.find_object(Options) or Options()
        ctx.obj = Options(data_dir or before.data_dir, config or before.config)
        return command(ctx.obj, **others)

    return located
