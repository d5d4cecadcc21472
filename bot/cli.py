"""The command line: one group whose commands are imported when they are called, so that ``--help`` is quick."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType

import click

from bot.terminal.options import Options, locating
from storage.errors import KnowbotError

COMMANDS = {
    "init": ("bot.commands.setup", "Write knowbot.toml and say what to do next."),
    "ingest": ("bot.commands.library", "Take in a folder or a file of documents."),
    "ask": ("bot.commands.asking", "Ask one question."),
    "chat": ("bot.commands.asking", "Ask questions until you have had enough."),
    "run": ("bot.commands.running", "Run the Discord bot and its scheduler."),
    "tui": ("bot.commands.console", "The admin console."),
    "refresh": ("bot.commands.library", "Look at every remembered source again, now."),
    "reindex": ("bot.commands.library", "Encode everything anew, with another encoder if you like."),
    "jobs": ("bot.commands.jobs", "List the worker's jobs; jobs run NAME has one done now."),
    "index": ("bot.commands.library", "List, verify or roll back the index generations."),
    "forget": ("bot.commands.forgetting", "Take a document, or what a member left, out of everything for good."),
    "tokens": ("bot.commands.tokens", "Count the tokens of a text in several vocabularies; tokens train makes one."),
    "costs": ("bot.commands.costs", "Tokens and money by day, model and operation."),
    "evaluate": ("bot.commands.measuring", "Measure answers or the off-topic judge on labelled data."),
    "tune": ("bot.commands.tuning", "Fit weights and thresholds to a space, before and after; tune undo."),
    "explore": ("bot.commands.exploring", "Topics, gaps, duplicates, outliers, a map; how alike texts are."),
    "backup": ("bot.commands.keeping", "Copy the database to a file while others work with it."),
    "restore": ("bot.commands.keeping", "Make a backup the database again."),
    "doctor": ("bot.commands.setup", "Say what is wrong and how to mend it."),
}


class LazyGroup(click.Group):
    """Knows its commands' names and one-line helps; imports the module of the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command's own object, from the module that defines it under its name."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(_imported(COMMANDS[cmd_name][0]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_line) for name, (_, help_line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="knowbot")
@locating
def cli(options: Options) -> None:
    """Knowbot answers a community's questions from its own documents, with sources, or says that it does not know."""


def _imported(module: str) -> ModuleType:
    """Modules stay: walking over them in search of garbage took a twelfth of a first answer, and held screens up."""
    if module not in sys.modules:
        gc.disable()
        try:
            importlib.import_module(module)
        finally:
            gc.freeze()
            gc.enable()
    return sys.modules[module]


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command. Exit 0: done; 1: it failed, and one sentence on stderr says why; 2: it was called wrongly."""
    # Tokenizers warn about forks that they themselves survive; nobody who asks a question can act on it.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        result = cli.main(arguments, prog_name="knowbot", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _failed("interrupted; what was stored until now is kept")
    except KnowbotError as error:
        return _failed(str(error))
    except BrokenPipeError:
        # Whoever read our output has left; Python would complain once more while it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        return _failed(f"{error.filename or 'a file'}: {error.strerror or error}: check that it exists and may be used")
    return result if isinstance(result, int) else 0


def _failed(sentence: str) -> int:
    click.echo(f"knowbot: {sentence}", err=True)
    return 1
