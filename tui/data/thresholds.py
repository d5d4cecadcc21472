"""The thresholds in force, what other ones would change, and what they were before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.engine import Engine
from retrieval.gate import GateThresholds
from retrieval.lab import Bin, Effect, ThresholdName, Traffic
from retrieval.reviewing.replay import Outcomes, outcomes
from storage.recorded import Scored
from storage.tunables import Tunable
from tui.data.desk import BY, DecidedMeanwhileError, Desk


@dataclass(frozen=True)
class Thresholds:
    """What the gate decides by, the messages it can be tried on, and every change so far, oldest first."""

    now: float
    in_force: GateThresholds
    recorded: Sequence[Scored]
    history: tuple[Tunable, ...]
    reliability: tuple[Bin, ...]


@dataclass(frozen=True)
class Preview:
    """What thresholds would change, and what becomes of messages now and then."""

    effect: Effect
    now: Outcomes
    then: Outcomes


class ThresholdsData:
    """Tries thresholds out; ``apply`` and ``undo`` change them for every process."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._recorded: Sequence[Scored] = ()

    async def view(self, traffic: Traffic) -> Thresholds:
        """What is in force just now, beside the recorded messages of one kind of traffic."""
        return await self._desk.threads.reading.run(lambda engine: self._view(engine, traffic))

    async def preview(self, wanted: GateThresholds, about: ThresholdName) -> Preview:
        """What ``wanted`` would make of those messages, compared with what is in force."""

        def read(engine: Engine) -> Preview:
            now = engine.lab.thresholds(self._desk.space)
            effect = engine.lab.effect(self._recorded, wanted, now, about)
            return Preview(effect, outcomes(self._recorded, now), outcomes(self._recorded, wanted))

        return await self._desk.threads.reading.run(read)

    async def apply(self, wanted: GateThresholds, seen: GateThresholds) -> None:
        """Decides by ``wanted`` from the next message on.

        Raises DecidedMeanwhileError where it is not what was ``seen`` that is in force.
        """

        def act(engine: Engine) -> None:
            with engine.stores.write():
                self._refuse_unseen(engine, seen)
                engine.lab.set_thresholds(self._desk.space, wanted, BY)

        await self._desk.threads.acting.run(act)

    async def undo(self, seen: GateThresholds) -> GateThresholds:
        """Goes back to what counted before, and returns it; raises NothingToUndoError, DecidedMeanwhileError."""

        def act(engine: Engine) -> GateThresholds:
            with engine.stores.write():
                self._refuse_unseen(engine, seen)
                return engine.lab.undo_thresholds(self._desk.space)

        return await self._desk.threads.acting.run(act)

    def _refuse_unseen(self, engine: Engine, seen: GateThresholds) -> None:
        if engine.lab.thresholds(self._desk.space) != seen:
            by = engine.lab.history(self._desk.space)[-1].set_by
            raise DecidedMeanwhileError(
                f"the thresholds were changed meanwhile ({by}): what is in force now is shown, decide once more"
            )

    def _view(self, engine: Engine, traffic: Traffic) -> Thresholds:
        space = self._desk.space
        self._recorded = recorded = engine.lab.recorded(space, traffic)
        return Thresholds(
            now=self._desk.clock(),
            in_force=engine.lab.thresholds(space),
            recorded=recorded,
            history=tuple(engine.lab.history(space)),
            reliability=tuple(engine.lab.reliability(recorded)),
        )
