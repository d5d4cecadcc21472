"""``tune replay``: thresholds over recorded messages, with what would be answered and flagged, and the worst of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace

import click
from rich.console import Console

from bot.settings import load_settings
from bot.terminal.options import Options, locating
from retrieval.engine import Engine
from retrieval.fitting.shares import Share
from retrieval.gate import GateThresholds
from retrieval.lab import Effect, Near, ThresholdName, Traffic
from retrieval.reviewing.replay import Outcomes, Replay
from retrieval.reviewing.replay import replay as replayed

_OUT = Console(highlight=False, markup=False, soft_wrap=True)
_SHARE = click.FloatRange(0, 1)
_LONGEST = 90
_KINDS: dict[Traffic, str] = {"all": "", "posted": " that were not only heard", "shadow": " that were only heard"}
_ABOUT: dict[ThresholdName, tuple[str, str, str]] = {
    "answer": ("answers to messages to knowbot", "wrong", "right"),
    "unasked": ("answers to messages to nobody", "wrong", "right"),
    "off_topic": ("messages that look off topic", "on topic", "off topic"),
}


@click.command("replay")
@click.option("--space", help="The space; the one of knowbot.toml without it.")
@click.option("--answer", type=_SHARE, help="Least confidence to answer who asked; the one in force without it.")
@click.option("--unasked", type=_SHARE, help="The same for messages to nobody.")
@click.option("--off-topic", type=_SHARE, help="Off-topic score from which a message looks off topic.")
@click.option("--traffic", type=click.Choice(list(_KINDS)), default="all", help="Which recorded messages.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@locating
def replay(
    options: Options,
    space: str | None,
    answer: float | None,
    unasked: float | None,
    off_topic: float | None,
    traffic: Traffic,
    as_json: bool,
) -> None:
    """Try thresholds out on recorded messages; changes nothing.

    Shadow traffic is what was said in channels where knowbot only listens. Scores are those of the time of recording.
    """
    settings = load_settings(options)
    name = space or settings.space
    given = {"answer": answer, "unasked": unasked, "off_topic": off_topic}
    with Engine(settings.data_dir, settings.retrieval) as engine:
        in_force = engine.lab.thresholds(name)
        wanted = replace(in_force, **{key: value for key, value in given.items() if value is not None})
        recorded = engine.lab.recorded(name, traffic)
        done = replayed(engine.stores, engine.lab, name, recorded, wanted)
    if as_json:
        click.echo(json.dumps(_record(name, traffic, in_force, wanted, done), ensure_ascii=False))
        return
    _OUT.print(f"{len(recorded)} recorded messages of the space '{name}'{_KINDS[traffic]}")
    for line in _lines(in_force, wanted, done) if recorded else ():
        _OUT.print(line)


def _lines(in_force: GateThresholds, wanted: GateThresholds, done: Replay) -> Iterator[str]:
    yield f"  {'':44} {'in force':>9} {'replayed':>9}"
    for name, before in asdict(in_force).items():
        yield f"  {'threshold ' + name.replace('_', '-'):44} {before:9.3f} {asdict(wanted)[name]:9.3f}"
    yield from outcome_lines(done.now, done.then)
    if done.before_fit:
        yield f"{done.before_fit} of them were scored before the last fit: a score of then is another one today"
    yield from _judged(done)
    yield from _cases("most confident answers, judged wrong or not at all", done.boldest)
    for about in _ABOUT:
        effect: Effect = getattr(done, about)
        yield from _cases(f"nearest to the threshold {about.replace('_', '-')}, above", effect.above)
        yield from _cases("... and below", effect.below)


def _judged(done: Replay) -> Iterator[str]:
    effects: list[tuple[ThresholdName, Effect]] = [(about, getattr(done, about)) for about in _ABOUT]
    if not any(each.wrong.whole + each.missed.whole for _, each in effects):
        yield "nobody has judged any of them: votes do, r and w on the console's Questions, and verdicts on flags"
        return
    yield "of those that somebody has judged, which are no fair sample, and what the share may really be:"
    for about, effect in effects:
        what, wrong, right = _ABOUT[about]
        if effect.wrong.whole:
            yield f"  {what}: {_share(effect.wrong)} {wrong}"
        if effect.missed.whole:
            yield f"  below the threshold {about.replace('_', '-')}: {_share(effect.missed)} {right}"


def outcome_lines(now: Outcomes, then: Outcomes) -> Iterator[str]:
    """What becomes of messages now, and what would."""
    for what, before, after in (
        (f"answered of {now.asked} messages to knowbot", now.answered_asked, then.answered_asked),
        (f"answered of {now.unasked} to nobody, where helpful", now.answered_unasked, then.answered_unasked),
        ("flagged, where watched", now.flagged, then.flagged),
    ):
        yield f"  {what:44} {before:9} {after:9}"


def _share(share: Share) -> str:
    return f"{share.part} of {share.whole} ({share.value:.0%}, {share.low:.0%} to {share.high:.0%})"


def _cases(title: str, cases: Sequence[Near]) -> Iterator[str]:
    if cases:
        yield f"{title}:"
    for case in cases:
        words = " ".join("".join(letter if letter.isprintable() else " " for letter in case.text).split())
        yield f"  {case.score:.3f} {case.judged or '-':9} {words[:_LONGEST] or '(not kept)'}"


def _record(
    space: str, traffic: Traffic, in_force: GateThresholds, wanted: GateThresholds, done: Replay
) -> dict[str, object]:
    effects: dict[str, Effect] = {about: getattr(done, about) for about in _ABOUT}
    return {
        "space": space,
        "traffic": traffic,
        "messages": done.now.asked + done.now.unasked,
        "in_force": {"thresholds": asdict(in_force), "outcomes": asdict(done.now)},
        "replayed": {"thresholds": asdict(wanted), "outcomes": asdict(done.then)},
        "scored_before_last_fit": done.before_fit,
        "judged": {
            about: {"wrong_above": _figures(each.wrong), "missed_below": _figures(each.missed)}
            for about, each in effects.items()
        },
        "most_confident_doubtful": [asdict(each) for each in done.boldest],
        "nearest": {
            about: {"above": [asdict(near) for near in each.above], "below": [asdict(near) for near in each.below]}
            for about, each in effects.items()
        },
    }


def _figures(share: Share) -> dict[str, float]:
    return {"part": share.part, "of": share.whole, "low": round(share.low, 4), "high": round(share.high, 4)}
