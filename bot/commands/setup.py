"""``init`` and ``doctor``: the first minute and the bad night."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from bot.options import Options, locating
from bot.settings import CONFIG_FILE, load_settings
from retrieval.engine import Engine
from retrieval.upkeep import SpaceOverview
from storage.errors import KnowbotError
from storage.stores import DATABASE

_OUT = Console(highlight=False, markup=False, soft_wrap=True)

TEMPLATE = """\
# knowbot's settings. Each can also be set in the environment, as KNOWBOT_SPACE and so on, which comes first.
# What may change while knowbot runs (thresholds, weights) is not here but in its database.

space = "default"            # the space of documents that questions are asked in
# data_dir = "{data_dir}"    # database and index
# encoder = "sentence-transformers/all-MiniLM-L6-v2"   # for a space without an index; later: knowbot reindex --encoder
# exact_up_to = 20000        # vectors up to which a space is searched exactly, beyond it by HNSW
"""

NEXT_STEPS = """\
Next:
  knowbot ingest FOLDER      take in your documents (Markdown, text, HTML)
  knowbot ask "a question"   see what members would read
  knowbot doctor             see whether all is well"""


class AlreadyThereError(KnowbotError):
    """A file that would have been overwritten."""


@click.command()
@locating
def init(options: Options) -> None:
    """Write knowbot.toml here, or where --config says, and say what to do next."""
    path = options.config or CONFIG_FILE
    if path.exists():
        raise AlreadyThereError(f"{path} exists and was left alone: edit it, or move it away first")
    data_dir = options.data_dir or Path("data")
    path.write_text(TEMPLATE.format(data_dir=data_dir.as_posix()), encoding="utf-8")
    _OUT.print(f"wrote {path}")
    _OUT.print(NEXT_STEPS)


@click.command()
@click.option("--fix", is_flag=True, help="Mend what can be mended without losing anything.")
@locating
def doctor(options: Options, fix: bool) -> int:
    """Check settings, database, index and encoder; every problem comes with its remedy."""
    settings = load_settings(options)
    _OUT.print(f"data folder: {settings.data_dir}")
    if not (settings.data_dir / DATABASE).exists():
        _OUT.print("nothing is stored there yet: run `knowbot ingest FOLDER`")
        return 0
    with Engine(settings.data_dir, settings.retrieval) as engine:
        for each in engine.upkeep.overview():
            _show_space(each)
        problems = engine.upkeep.problems()
        if fix and problems:
            engine.upkeep.mend()
            problems = engine.upkeep.problems()
    for problem in problems:
        _OUT.print(f"problem: {problem}")
    _OUT.print("all is well" if not problems else f"{len(problems)} to mend")
    return 1 if problems else 0


def _show_space(each: SpaceOverview) -> None:
    active = each.active
    encoder = f"{active.encoder['name']}, {active.dimensions} dimensions" if active else "nothing indexed"
    _OUT.print(f"space '{each.space}': {each.counts.documents} documents ({encoder})")
    for source in each.sources:
        _OUT.print(f"  source {source.id}: {source.location}")
