"""Generations, estimates and sizes as lines and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from textual.content import Content

from retrieval.indexes import IndexOverview
from retrieval.planning.dimensions import SizeReport
from retrieval.planning.estimate import Estimate
from retrieval.planning.plan import ReindexPlan
from tui.data.index import IndexView
from tui.times import duration, full_time, short_time
from tui.widgets.live_table import Column, Row
from tui.words import bar, count, one_line, share, short_model

INDEX_COLUMNS = (
    Column("", 10),
    Column("no.", 3, "right", wide_only=True),
    Column("encoder"),
    Column("dim.", 4, "right"),
    Column("passages", 11, "right"),
    Column("size", 9, "right"),
    Column("recall", 6, "right", wide_only=True),
    Column("since", 9),
)
SIZE_COLUMNS = (
    Column("vector", 8),
    Column("storage", 16),
    Column("nDCG"),
    Column("kept", 5, "right"),
    Column("search", 8, "right"),
)
_MARKS: Mapping[str, str] = {"active": "● answers", "building": "◌ building", "retired": "○ retired"}
_COMPLETE = "◍ complete"
_BAR, _MILLION = 6, 1e6
_BASIS: Mapping[str, str] = {
    "ledger": "as fast as so far",
    "probe": "by a sample that was encoded just now",
    "nothing": "nobody has measured how fast it is",
}


def index_rows(view: IndexView, recalls: Mapping[int, float]) -> list[Row]:
    """A line a generation; ``recalls`` are those that were measured just now."""
    return [_row(each, recalls.get(each.generation.id, each.recall), view.now) for each in view.indexes]


def size_words(number: int) -> str:
    """``8.4 kB``, ``0.84 MB``, ``1,200 MB``."""
    if number < _MILLION / 10:
        return f"{number / 1000:.1f} kB"
    return f"{number / _MILLION:,.2f} MB" if number < 100 * _MILLION else f"{number / _MILLION:,.0f} MB"


def state_words(each: IndexOverview) -> str:
    """Whether it answers, did, or is being built."""
    state = each.generation.state
    return _COMPLETE if state == "building" and not each.counts.missing else _MARKS[state]


def index_text(each: IndexOverview, recall: float | None, now: float) -> Content:
    """Everything that decides what the vectors of a generation mean, and what they take."""
    generation, spec = each.generation, each.chunking.spec
    facts = {
        **_means(generation.encoder),
        "fingerprint": generation.fingerprint,
        "cut by": f"{each.chunking.digest[:12]}: " + ", ".join(f"{name} {_short(spec[name])}" for name in spec),
        "vectors": f"{each.counts.passages:,} passages, {each.counts.titles:,} headings",
        "size": size_words(each.vector_bytes),
        "index file": size_words(each.file_bytes) if each.file_bytes else "none yet: every vector is compared",
        "recall": _recall_words(each, recall),
        "built": full_time(generation.created_at),
        **({"answered": full_time(generation.activated_at)} if generation.activated_at else {}),
        **({"retired": full_time(generation.retired_at)} if generation.retired_at else {}),
    }
    lines = [Content.from_markup("[b]$state[/b], generation $id", state=state_words(each), id=str(generation.id))]
    lines += [
        Content.from_markup("[$secondary]$name[/] $fact", name=f"{name:<14}", fact=one_line(fact))
        for name, fact in facts.items()
    ]
    return Content("\n").join(lines)


def _means(encoder: Mapping[str, object]) -> dict[str, str]:
    """What decides the meaning of a vector, the model first."""
    made = [encoder.get("encoder"), encoder.get("pooling"), encoder.get("normalised") and "length 1"]
    made += [encoder.get("quantisation")]
    prompts = {name: encoder[name] for name in encoder if "prompt" in name and encoder[name]}
    return {
        "model": str(encoder["name"]),
        "revision": _short(encoder.get("revision") or "none"),
        "vectors are": ", ".join(str(each) for each in made if each),
        **{name.replace("_", " "): str(value) for name, value in prompts.items()},
    }


def size_rows(reports: Sequence[SizeReport]) -> list[Row]:
    """A line for each size at each precision: what it takes beside what it finds."""
    largest = max((report.storage_bytes for report in reports), default=1)
    best = max((report.ndcg for report in reports), default=1.0)
    return [
        Row(
            f"{report.dimensions} {report.precision}",
            (
                f"{report.dimensions} {report.precision}",
                f"{bar(report.storage_bytes, largest, _BAR)} {size_words(report.storage_bytes)}",
                f"{bar(report.ndcg, best, _BAR)} {report.ndcg:.3f}",
                share(report.kept, 1.0),
                f"{report.milliseconds:.2f} ms",
            ),
        )
        for report in reports
    ]


def plan_text(plan: ReindexPlan) -> Content:
    """What a reindex will take, line by line."""
    return Content("\n").join(_planned(plan))


def _planned(plan: ReindexPlan) -> Iterator[Content]:
    estimate = plan.estimate
    known = f", {estimate.known_texts:,} are known already" if estimate.known_texts else ""
    yield Content(f"{count(plan.chunks, 'passage')} of {plan.dimensions} dimensions, {plan.tokens:,} tokens")
    yield Content(f"{count(estimate.texts, 'text')} to encode, {estimate.tokens + estimate.fit_tokens:,} tokens{known}")
    yield Content.from_markup("time   [b]$time[/b]", time=_time(estimate))
    yield Content.from_markup("money  [b]$money[/b]", money=money_words(estimate))


def _time(estimate: Estimate) -> str:
    if estimate.seconds is None:
        return f"unknown: {_BASIS[estimate.basis]}"
    return f"about {duration(estimate.seconds)}, {_BASIS[estimate.basis]}"


def money_words(estimate: Estimate) -> str:
    """What it will cost."""
    if not estimate.costs_money:
        return "none"
    if estimate.price is None:
        return "nobody knows the price of this model"
    return f"{estimate.price.amount:.4f} USD"


def _recall_words(each: IndexOverview, measured: float | None) -> str:
    if measured is not None:
        return f"{measured:.1%} of the ten nearest are found"
    if each.recall is None:
        return "not measured: press l"
    if each.recall == 1.0:
        return "all of the nearest are found"
    return f"{each.recall:.1%} of the ten nearest were found when its file was written"


def _row(each: IndexOverview, recall: float | None, now: float) -> Row:
    generation, counts = each.generation, each.counts
    passages = f"{counts.passages:,} of {counts.chunks:,}" if counts.missing else f"{counts.passages:,}"
    cells = (
        state_words(each),
        str(generation.id),
        short_model(str(generation.encoder["name"])),
        str(generation.dimensions),
        passages,
        size_words(each.vector_bytes),
        f"{recall:.1%}" if recall is not None else "–",
        short_time(generation.retired_at or generation.activated_at or generation.created_at, now),
    )
    return Row(str(generation.id), cells, "bold" if generation.state == "active" else "")


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 24 else f"{text[:12]}…"
