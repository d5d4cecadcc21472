"""What fewer dimensions and fewer bits would cost and save, as a table under a dry run."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from retrieval.engine import Engine
from retrieval.planning.dimensions import compare_sizes, sizes_below

_OUT = Console(highlight=False, markup=False, soft_wrap=True)


def show_sizes(engine: Engine, space: str, encoder: str | None, wanted: int, yes: bool) -> None:
    """Measures on the vectors that are stored; says so where that cannot be done, or costs money without ``yes``."""
    opened = engine.spaces.active(space)
    if encoder not in (None, opened.generation.encoder["name"]):
        _OUT.print("no sizes to compare: nothing is encoded by the other encoder yet")
        return
    if opened.embedder.is_paid and not yes:
        _OUT.print("no sizes compared: the questions for it would have to be encoded, which costs money; add --yes")
        return
    full = opened.embedder.dimensions
    table = Table("dimensions", "as", "vectors", "one search", "recall@10", "nDCG@10", "first ten kept", box=None)
    for row in compare_sizes(engine.stores, opened, sizes_below(full, wanted)):
        size, speed = f"{row.storage_bytes / 1e6:.2f} MB", f"{row.milliseconds:.3f} ms"
        figures = (f"{row.recall:.3f}", f"{row.ndcg:.3f}", f"{row.kept:.0%}")
        table.add_row(str(row.dimensions), row.precision, size, speed, *figures)
    _OUT.print("by the corpus's own questions, vectors alone; the whole size comes first:")
    Console(highlight=False, width=None if _OUT.is_terminal else 140).print(table)
