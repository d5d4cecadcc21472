"""The schedule as all processes see it: which of its jobs rest, and how each went the last time."""

from __future__ import annotations

from dataclasses import dataclass

from storage.database import Connection
from storage.jobs import Job, jobs_where
from storage.tunables import Tunables

_RESTING = "schedule.resting"
_ALL_SPACES = ""
_LATEST = "id IN (SELECT max(id) FROM job GROUP BY name)"
_LATEST_ENDED = "id IN (SELECT max(id) FROM job WHERE state IN ('done', 'failed') GROUP BY name)"
_LAST_DUE = "SELECT name, max(queued_at) FROM job WHERE origin = 'schedule' GROUP BY name"


@dataclass(frozen=True)
class LatestRuns:
    """By the name of a job: the ``latest`` in the queue, the latest that ``ended``, when the schedule was last ``due``.

    Times in seconds since the epoch.
    """

    latest: dict[str, Job]
    ended: dict[str, Job]
    due: dict[str, float]


class Schedule:
    """Names that rest are not queued by the clock; whoever asks for them gets them all the same."""

    def __init__(self, db: Connection) -> None:
        self._db, self._tunables = db, Tunables(db)

    def resting(self) -> frozenset[str]:
        """The names of the jobs that the clock leaves out."""
        none: list[str] = []
        return frozenset(self._tunables.get(_ALL_SPACES, _RESTING, none))

    def last_due(self, name: str) -> float | None:
        """When the clock last wanted this job, whatever became of it."""
        return self._all_due().get(name)

    def resumed_at(self, name: str) -> float | None:
        """When a name that had rested began to be queued again; None where it never rested."""
        rested, resumed = False, None
        for line in self._tunables.history(_ALL_SPACES, _RESTING):
            before, rested = rested, name in (line.value or [])
            resumed = line.set_at if before and not rested else resumed
        return resumed

    def rest(self, name: str, rests: bool, by: str, now: float) -> None:
        """Leaves a name out from now on, or no longer."""
        names = self.resting() | {name} if rests else self.resting() - {name}
        self._tunables.set(_ALL_SPACES, _RESTING, sorted(names), by, now)

    def runs(self) -> LatestRuns:
        """How each job went, whoever asked for it."""
        latest, ended = ({job.name: job for job in jobs_where(self._db, which)} for which in (_LATEST, _LATEST_ENDED))
        return LatestRuns(latest, ended, self._all_due())

    def _all_due(self) -> dict[str, float]:
        return dict(self._db.rows(_LAST_DUE))
