"""``forget``: a document, or what a member left, out of everything, with an account of where it was."""

from __future__ import annotations

import time
from collections.abc import Sequence

import click
from rich.console import Console

from bot.settings import Settings, load_settings
from bot.terminal.options import Options, locating
from bot.terminal.spending import NotConfirmedError, is_terminal
from retrieval.engine import Engine
from retrieval.forget import Forgotten
from storage.erasure import Copy

_OUT = Console(highlight=False, markup=False, soft_wrap=True)
_LISTED = 20


@click.command()
@click.argument("document", required=False)
@click.option("--member", type=int, metavar="ID", help="A member's Discord number, instead of a document.")
@click.option("--space", help="The space that the document is in; a member is forgotten in all.")
@click.option("--undo", is_flag=True, help="Let a forgotten DOCUMENT in again at the next refresh.")
@click.option("--yes", is_flag=True, help="Do not ask whether it is meant.")
@locating
def forget(
    options: Options, document: str | None, member: int | None, space: str | None, undo: bool, yes: bool
) -> None:
    """Forget DOCUMENT for good, or what a member left, and print where it was.

    DOCUMENT is the address that answers cite, such as guide/install.md. It is kept away from later refreshes.
    """
    if (document is None) == (member is None) or (undo and document is None):
        raise click.UsageError("name a DOCUMENT, or --member ID")
    settings = load_settings(options)
    wanted = space or settings.space
    with Engine(settings.data_dir, settings.retrieval) as engine:
        if document is not None and undo:
            engine.forgetting.let_in_again(wanted, document)
            _OUT.print(f"{document} is let in again: `knowbot refresh` takes it in")
            return
        name = f"member {member}" if document is None else f"{document} of space '{wanted}'"
        if not yes and is_terminal() and not click.confirm(f"Forget {name} for good?", default=False, err=True):
            raise NotConfirmedError("nothing was forgotten")
        if document is not None:
            _show(name, engine.forgetting.document(wanted, document), settings)
            _OUT.print(f"  `knowbot forget --undo {document}` lets it in again")
        elif member is not None:
            _show(name, engine.forgetting.member(member), settings)


def _show(name: str, done: Forgotten, settings: Settings) -> None:
    _OUT.print(f"forgot {name}")
    for place in done.places:
        _OUT.print(f"  {place.name}: {place.found or 'none'}")
    _OUT.print(f"  index files: {done.erased.index_files} written anew")
    _OUT.print("  full-text index: written anew")
    _OUT.print(f"  database: all pages written anew ({done.erased.database_bytes / 1e6:.1f} MB), its log emptied")
    for document in done.documents:
        _OUT.print(f"  made of their messages, and gone with them: {document}")
    _show_copies(done.copies, settings)
    if done.posted:
        _OUT.print(f"  {len(done.posted)} answers quoted it; on Discord they still stand:")
        for each in done.posted[:_LISTED]:
            _OUT.print(f"    {each.link() or f'question {each.interaction_id}'}")
    if done.source:
        _OUT.print(f"  {done.source} may still offer it: it is passed over from now on")


def _show_copies(copies: Sequence[Copy], settings: Settings) -> None:
    """A scheduled backup goes once ``keep_backups`` newer ones are there; nobody deletes the others."""
    scheduled = [copy for copy in copies if copy.is_scheduled]
    for copy in copies:
        end = "until somebody deletes it"
        if copy.is_scheduled:
            newer = len(scheduled) - 1 - scheduled.index(copy)
            goes = scheduled[-1].made_at + (settings.keep_backups - newer) * settings.schedule.backup
            end = f"until about {time.strftime('%Y-%m-%d %H:%M', time.localtime(goes))}"
        _OUT.print(f"  backups: {copy.path} still holds it, {end}")
    if not copies:
        _OUT.print("  backups: none in the data folder holds it; copies elsewhere are not known")
