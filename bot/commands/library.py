"""``ingest``, ``refresh``, ``reindex`` and ``index``: what the bot knows."""

from __future__ import annotations

import functools
from collections.abc import Callable

import click
from rich.console import Console
from rich.table import Table

from bot.settings import load_settings
from bot.terminal.options import Options, locating
from bot.terminal.progress import progress
from bot.terminal.size_table import show_sizes
from bot.terminal.spending import ask_before_spending, estimate_lines
from retrieval.engine import Engine
from retrieval.ingest import IngestReport
from retrieval.planning.plan import ReindexPlan, plan_reindex
from retrieval.refresh import RefreshReport
from storage.errors import KnowbotError

_OUT = Console(highlight=False, markup=False, soft_wrap=True)
_LISTED = 10
_STATUS = Console(stderr=True, highlight=False)


class NothingToRefreshError(KnowbotError):
    """Nothing that could be looked at again was taken in."""


@click.command()
@click.argument("paths", nargs=-1, required=True)
@click.option("--space", help="The space that the documents belong to.")
@click.option("--ignore", multiple=True, metavar="PATTERN", help="Files to pass over, such as 'drafts/*'; remembered.")
@click.option("--dry-run", is_flag=True, help="Count chunks and tokens, encode and store nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before spending money.")
@locating
def ingest(
    options: Options, paths: tuple[str, ...], space: str | None, ignore: tuple[str, ...], dry_run: bool, yes: bool
) -> None:
    """Take in folders, files, pages and sitemaps, and remember them for the refresh.

    PATHS are folders or files (Markdown, text, reStructuredText, HTML, PDF, Word, PowerPoint), tables of questions
    and answers (CSV, JSON, JSON Lines), or URLs of a page or of a sitemap. Only what is new or changed since the last
    time is encoded. What costs money is asked about first.
    """
    settings = load_settings(options)
    wanted = space or settings.space
    with Engine(settings.data_dir, settings.retrieval) as engine:
        for path in paths:
            offer = engine.library.offer(path, wanted, ignore or None)
            planning = functools.partial(engine.library.plan, offer, wanted)
            if dry_run:
                _show_report(path, _with_bar(path, len(offer.documents), planning))
                continue
            if engine.spaces.is_paid(wanted):
                ask_before_spending(_with_bar(path, len(offer.documents), planning).estimates, yes)
            taking_in = functools.partial(engine.library.ingest, offer, wanted)
            _show_report(path, _with_bar(path, len(offer.documents), taking_in))


@click.command()
@click.option("--source", "source_id", type=int, help="Only the source of this number (see `knowbot doctor`).")
@click.option("--space", help="Only this space.")
@locating
def refresh(options: Options, source_id: int | None, space: str | None) -> int:
    """Look at every remembered source again: what changed is encoded, what is gone is forgotten."""
    settings = load_settings(options)
    with Engine(settings.data_dir, settings.retrieval) as engine, progress(_STATUS) as tell:
        report = engine.refresher.refresh(space, source_id, lambda done, total: tell("refreshing", done, total))
    if not report.sources:
        raise NothingToRefreshError("there is no source to refresh: run `knowbot ingest FOLDER` first")
    return _show_refresh(report)


@click.command()
@click.option("--encoder", help="The new encoder; the present one where it is not given.")
@click.option("--dimensions", type=click.IntRange(min=8), help="Keep only the first N dimensions of each vector.")
@click.option("--space", help="The space to encode anew.")
@click.option("--dry-run", is_flag=True, help="Say how much there is to encode, and do nothing.")
@click.option("--accept-lower", is_flag=True, help="Switch even if the new index finds less than the present one.")
@click.option("--yes", is_flag=True, help="Do not ask before spending money.")
@locating
def reindex(
    options: Options,
    encoder: str | None,
    dimensions: int | None,
    space: str | None,
    dry_run: bool,
    accept_lower: bool,
    yes: bool,
) -> None:
    """Build a new index beside the present one and switch to it when it is complete; answers go on meanwhile.

    Before the switch both are asked the same questions. Where the new one finds less, the present one stays.
    """
    settings = load_settings(options)
    wanted = space or settings.space
    with Engine(settings.data_dir, settings.retrieval) as engine:
        if dry_run:
            _show_reindex_plan(plan_reindex(engine.stores, engine.spaces, wanted, encoder, dimensions))
            if dimensions:
                show_sizes(engine, wanted, encoder, dimensions, yes)
            return
        if engine.spaces.is_paid(wanted, encoder):
            planned = plan_reindex(engine.stores, engine.spaces, wanted, encoder, dimensions)
            ask_before_spending([planned.estimate], yes)
        with progress(_STATUS) as tell:
            counted = functools.partial(tell, "encoding")
            done = engine.library.reindex(wanted, encoder, dimensions, counted, accept_lower)
        generation = done.target.generation
        state = "switched to" if done.switched else "already on"
        _OUT.print(
            f"{state} generation {generation.id}: {generation.encoder['name']}, {generation.dimensions} dimensions, "
            f"{done.total} chunks, {done.encoded} of them encoded now"
        )
        if done.comparison:
            _OUT.print(f"  {done.comparison.sentence}")


@click.command()
@click.argument("action", type=click.Choice(["list", "verify", "rollback"]))
@click.option("--space", help="The space whose index is meant.")
@locating
def index(options: Options, action: str, space: str | None) -> int:
    """List the generations of a space, verify its index files, or return to the former generation."""
    settings = load_settings(options)
    wanted = space or settings.space
    actions: dict[str, Callable[[Engine, str], int]] = {"list": _list, "verify": _verify, "rollback": _rollback}
    with Engine(settings.data_dir, settings.retrieval) as engine:
        return actions[action](engine, wanted)


def _list(engine: Engine, space: str) -> int:
    table = Table("id", "state", "encoder", "dimensions", "fingerprint", "chunks", "vectors", "recall", box=None)
    for each in reversed(engine.indexes.overview(space)):
        generation, counts = each.generation, each.counts
        name, dimensions = str(generation.encoder["name"]), str(generation.dimensions)
        row = [str(generation.id), generation.state, name, dimensions, generation.fingerprint]
        recall = f"{each.recall:.1%}" if each.recall is not None else "-"
        table.add_row(*row, str(counts.chunks), str(counts.passages + counts.titles), recall)
    Console(highlight=False, width=None if _OUT.is_terminal else 160).print(table)
    return 0


def _verify(engine: Engine, space: str) -> int:
    problems = engine.upkeep.verify(space)
    for problem in problems:
        _OUT.print(problem)
    if not problems:
        _OUT.print(f"the index of space '{space}' is complete and agrees with the database")
    return 1 if problems else 0


def _rollback(engine: Engine, space: str) -> int:
    generation = engine.library.rollback(space).generation
    _OUT.print(f"generation {generation.id} answers again: {generation.encoder['name']}")
    return 0


def _with_bar(name: str, total: int, work: Callable[[Callable[[str], None]], IngestReport]) -> IngestReport:
    with progress(_STATUS) as tell:
        count = iter(range(1, 1 << 62))
        return work(lambda _: tell(f"reading {name}", next(count), total))


def _show_refresh(report: RefreshReport) -> int:
    """What each source came to, then the whole in a sentence where that says more; problems last, on stderr."""
    for result in report.sources:
        if result.report:
            _show_report(result.source.location, result.report)
    if len(report.sources) > 1 or report.expired or report.rebuilt or report.filled:
        _OUT.print(report.sentence)
    problems = [*(result.problem for result in report.sources if result.problem), *report.problems]
    for problem in problems:
        click.echo(f"knowbot: {problem}", err=True)
    return 1 if problems else 0


def _show_reindex_plan(plan: ReindexPlan) -> None:
    _OUT.print(f"{plan.chunks} chunks with {plan.tokens} tokens in {plan.dimensions} dimensions")
    _OUT.print(estimate_lines(plan.estimate))


def _show_report(name: str, report: IngestReport) -> None:
    """The same lines for an ingest, a refresh and a dry run."""
    would = "" if report.stored else "would be "
    _OUT.print(
        f"{name}: {len(report.new)} new, {len(report.changed)} changed, {report.unchanged} unchanged, "
        f"{len(report.gone)} gone, {len(report.skipped)} skipped"
    )
    if report.chunks:
        cost = "" if report.paid else ", at no cost (local encoder)"
        _OUT.print(f"  {report.chunks} chunks with {report.tokens} tokens {would}encoded{cost}")
    else:
        _OUT.print(f"  nothing {would or 'was '}encoded: everything is as it was")
    for estimate in report.estimates:
        _OUT.print(estimate_lines(estimate))
    _OUT.print(f"  {len(report.lossy)} of {report.chunks} chunks lost text")
    for lost in report.lossy[:_LISTED]:
        _OUT.print(f"    {lost.location}: the encoder cannot read {_shown(lost.stretches)} (full-text search can)")
    if len(report.lossy) > _LISTED:
        _OUT.print(f"    and {len(report.lossy) - _LISTED} more")
    for skipped in report.skipped:
        _OUT.print(f"  skipped {skipped.location}: {skipped.reason}")
    if report.excluded:
        _OUT.print(f"  forgotten before, and passed over: {', '.join(report.excluded)}")


def _shown(stretches: tuple[str, ...]) -> str:
    short = [stretch if len(stretch) <= 20 else f"{stretch[:19]}…" for stretch in stretches[:3]]
    return ", ".join(f"'{stretch}'" for stretch in short) + (" and more" if len(stretches) > 3 else "")
