"""``tune``: fits a space to its own documents and shows what that changes; ``tune undo`` takes it back."""

from __future__ import annotations

import click
from rich.console import Console

from bot.commands.replaying import outcome_lines, replay
from bot.settings import load_settings
from bot.terminal.options import Options, locating
from bot.terminal.spending import ask_before_tuning
from retrieval.engine import Engine
from retrieval.fitting.rates import RATES, Rates
from retrieval.reviewing.replay import asked_anew, outcomes
from retrieval.tune import TUNED, Tuned, Tuning, keep
from retrieval.tune import tune as fitted
from retrieval.tune import undo as taken_back

_OUT = Console(highlight=False, markup=False, soft_wrap=True)
_WORDS = dict(zip(TUNED, ("weights", "adapter and confidence", "thresholds", "rates"), strict=True))


@click.group("tune", invoke_without_command=True)
@click.option("--space", help="The space to fit; the one of knowbot.toml without it.")
@click.option("--dry-run", is_flag=True, help="Show what would change and change nothing.")
@click.option("--wrong", type=click.FloatRange(0, 1, True, True), help="Share of messages to knowbot answered wrongly.")
@click.option("--wrong-unasked", type=click.FloatRange(0, 1, True, True), help="The same of messages to nobody.")
@click.option("--flagged", type=click.FloatRange(0, 1, True, True), help="Share of on-topic messages flagged.")
@click.option("--yes", is_flag=True, help="Do not ask before spending money.")
@locating
def tune(
    options: Options,
    space: str | None,
    dry_run: bool,
    wrong: float | None,
    wrong_unasked: float | None,
    flagged: float | None,
    yes: bool,
) -> None:
    """Fit weights, confidence and thresholds to a space; `tune undo` goes back, `tune replay` tries thresholds out.

    Thresholds are chosen so that of all messages no more than the share WRONG gets a wrong answer, and of those on
    topic no more than the share FLAGGED is taken to be off topic.
    """
    if click.get_current_context().invoked_subcommand:
        return
    settings = load_settings(options)
    name = space or settings.space
    with Engine(settings.data_dir, settings.retrieval) as engine:
        ask_before_tuning(engine.spaces.is_paid(name), yes)
        given = {"asked": wrong, "unasked": wrong_unasked, "flagged": flagged}
        chosen = {key: value for key, value in given.items() if value is not None}
        rates = Rates(**{**engine.stores.tunables.get(name, RATES, {}), **chosen}) if chosen else None
        tuning = fitted(engine.stores, engine.spaces.active(name), rates, engine.clock())
        _show(tuning)
        _show_replay(engine, name, tuning)
        if dry_run:
            _OUT.print("nothing was changed")
            return
        keep(engine.stores, name, tuning, engine.clock)
        _OUT.print("it counts from the next message on; `knowbot tune undo` takes it back")


tune.add_command(replay)


@tune.command("undo")
@click.option("--space", help="The space; the one of knowbot.toml without it.")
@locating
def undo(options: Options, space: str | None) -> None:
    """Take the last tune back, but for what somebody has changed since."""
    settings = load_settings(options)
    name = space or settings.space
    with Engine(settings.data_dir, settings.retrieval) as engine:
        names = taken_back(engine.stores, name, engine.clock)
    _OUT.print(f"{name} answers again as before the last tune: {', '.join(_WORDS[each] for each in names)}")


def _show_replay(engine: Engine, space: str, tuning: Tuning) -> None:
    """What the fitted state makes of recorded messages, none of which are encoded where that costs money."""
    stores, opened = engine.stores, engine.spaces.active(space)
    recorded = engine.lab.recorded(space)
    if not recorded or opened.embedder.is_paid:
        return
    (old, _), (new, _) = tuning.before, tuning.after
    asked = asked_anew(stores, engine.judge, opened, recorded, new, engine.clock())
    numbers = {each.id for each in asked}
    before = [each for each in recorded if each.id in numbers]
    _OUT.print(f"of the latest {len(asked)} recorded messages, with the scores of then and of the new fit:")
    for line in outcome_lines(outcomes(before, old.thresholds), outcomes(asked, new.thresholds)):
        _OUT.print(line)


def _show(tuning: Tuning) -> None:
    kind = "golden questions" if tuning.basis == "golden" else "questions made from the documents"
    _OUT.print(f"measured on {tuning.questions} {kind}")
    (old, before), (new, after) = tuning.before, tuning.after
    _OUT.print(f"  {'':44} {'before':>8} {'after':>8}")
    for name, one, other in (
        ("nDCG@10", before.ndcg, after.ndcg),
        ("first document is right (hit@1)", before.hit, after.hit),
        (f"questions that look off topic (at most {tuning.rates.flagged:g})", before.false_flags, after.false_flags),
        (f"asked: wrong answers (at most {tuning.rates.asked:g})", before.wrong_asked, after.wrong_asked),
        ("asked: right answers kept back", before.silence_asked, after.silence_asked),
        (f"unasked: wrong answers (at most {tuning.rates.unasked:g})", before.wrong_unasked, after.wrong_unasked),
        ("unasked: right answers kept back", before.silence_unasked, after.silence_unasked),
    ):
        _OUT.print(f"  {name:44} {one:8.3f} {other:8.3f}")
    for name, one, other in zip(_SETTINGS, _settings(old), _settings(new), strict=True):
        _OUT.print(f"  {name:44} {one:8.3f} {other:8.3f}")
    _OUT.print(f"  {'questions turned towards the documents':44} {_adapted(old):>8} {_adapted(new):>8}")


_SETTINGS = (
    "what words count",
    "threshold for an answer",
    "threshold for an unasked answer",
    "threshold of the off-topic score",
)


def _settings(state: Tuned) -> tuple[float, float, float, float]:
    thresholds = state.thresholds
    return state.weights.lexical, thresholds.answer, thresholds.unasked, thresholds.off_topic


def _adapted(state: Tuned) -> str:
    return "yes" if state.fit.adapter else "no"
