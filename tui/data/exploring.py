"""The space as a whole: its last survey, its map, and how texts relate."""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.engine import Engine
from retrieval.explore import CorpusMap, SimilarityMatrix
from retrieval.exploring.survey import Survey
from retrieval.planning.estimate import Estimate
from tui.data.desk import Desk


@dataclass(frozen=True)
class Explored:
    """The last survey with its map at ``now``; neither before the first one."""

    now: float
    survey: Survey | None
    map: CorpusMap | None


class ExploringData:
    """Reads what the worker found; compares texts while one waits."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def view(self) -> Explored:
        """The last survey, and the latest day's questions on its map."""
        return await self._desk.threads.looking.run(self._view)

    async def similar(self, texts: list[str]) -> SimilarityMatrix:
        """Each text, or document by its address, against each."""
        return await self._desk.threads.acting.run(lambda engine: engine.explorer.similar(self._desk.space, texts))

    async def analogy(self, a: str, b: str, c: str) -> list[tuple[str, float]]:
        """The space's words and headings nearest to a - b + c."""
        return await self._desk.threads.acting.run(lambda engine: engine.explorer.analogy(self._desk.space, a, b, c))

    async def analogy_estimate(self, a: str, b: str, c: str) -> Estimate:
        """What that would have to encode first; encodes nothing."""
        space = self._desk.space
        return await self._desk.threads.looking.run(lambda engine: engine.explorer.analogy_estimate(space, a, b, c))

    def _view(self, engine: Engine) -> Explored:
        survey = engine.explorer.kept(self._desk.space)
        return Explored(self._desk.clock(), survey, engine.explorer.map(self._desk.space, survey) if survey else None)
