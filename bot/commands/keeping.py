"""``backup`` and ``restore``: the database in one file, and back."""

from __future__ import annotations

import time
from pathlib import Path

import click
from rich.console import Console

from bot.settings import load_settings
from bot.terminal.options import Options, locating
from retrieval.engine import Engine
from storage.backup import backup as write_backup
from storage.errors import KnowbotError
from storage.restore import restore as restore_backup
from storage.stores import DATABASE, open_stores

_OUT = Console(highlight=False, markup=False, soft_wrap=True)


class NothingToBackUpError(KnowbotError):
    """The data folder has no database."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@locating
def backup(options: Options, file: Path) -> None:
    """Copy the database to FILE, while others may work with it; a file that exists is left alone."""
    data_dir = load_settings(options).data_dir
    if not (data_dir / DATABASE).exists():
        raise NothingToBackUpError(f"{data_dir} has no database yet: run `knowbot ingest FOLDER` first")
    with open_stores(data_dir) as stores:
        written = write_backup(stores, file)
    _OUT.print(f"wrote {written} ({written.stat().st_size / 1e6:.1f} MB): `knowbot restore {written}` brings it back")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Move a database that is there aside.")
@locating
def restore(options: Options, file: Path, yes: bool) -> None:
    """Make the backup FILE the database. What was there is kept beside it, and nothing is done while it is in use."""
    settings = load_settings(options)
    former = restore_backup(file, settings.data_dir, time.time(), replace=yes)
    with Engine(settings.data_dir, settings.retrieval) as engine:
        rebuilt = engine.upkeep.save_indexes()
    _OUT.print(f"restored {file} into {settings.data_dir}; {rebuilt} index files were rebuilt from the stored vectors")
    if former:
        _OUT.print(f"the former database is kept as {former}")
