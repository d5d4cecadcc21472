"""Work for the worker process: a queue in a table, with a lease that a dead worker loses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from storage.database import Connection, write_block
from storage.errors import KnowbotError
from storage.records import JobState

LEASE_SECONDS = 15.0
"""How long a worker that has not been heard of still holds its job."""

MOST_ATTEMPTS = 3
"""A job that ended this many workers is not given to another one."""

CANCELLED = "cancelled"
"""How the outcome of a job begins that somebody took out of the queue."""

_JOB = """
SELECT id, name, space, arguments, state, origin, queued_at, due_at, started_at, ended_at, lease_holder, lease_until,
       done_units, total_units, outcome, attempts, missed, paused_at, begun_units, figures
FROM job
"""
# A run of the schedule that meets another one still waiting was missed, and both are done at once. Whoever asks for
# work that is paused wants it to go on; the schedule does not know.
_TWIN = """
UPDATE job SET due_at = min(due_at, :now), missed = missed + :missed + (origin = 'schedule' AND :origin = 'schedule'),
    queued_at = CASE :origin WHEN 'schedule' THEN :now ELSE queued_at END,
    origin = CASE :origin WHEN 'schedule' THEN 'schedule' ELSE origin END,
    paused_at = CASE :origin WHEN 'schedule' THEN paused_at END
WHERE id = (SELECT id FROM job WHERE state = 'queued' AND name = :name AND space = :space AND arguments = :arguments)
"""
_ADD = """
INSERT INTO job (name, space, arguments, state, origin, queued_at, due_at, missed)
VALUES (:name, :space, :arguments, 'queued', :origin, :now, :now, :missed)
"""
# A lease that reaches further than a lease can is from before the clock was set back: nobody holds it. And work that
# was queued in the future is due now.
_LEASED = "state = 'running' AND lease_until > :now AND lease_until <= :now + :lease"
_CLAIMABLE = f"""
paused_at IS NULL
AND ((state = 'queued' AND (due_at <= :now OR queued_at > :now)) OR (state = 'running' AND NOT ({_LEASED})))
"""
_NEXT = _JOB + f"WHERE {_CLAIMABLE} ORDER BY state = 'queued', due_at, id LIMIT 1"
_HELD = _JOB + f"WHERE {_LEASED}"
_CLAIM = """
UPDATE job SET state = 'running', started_at = :now, attempts = attempts + 1, lease_holder = :holder,
    lease_until = :now + :lease, done_units = 0, total_units = NULL, begun_units = 0
WHERE id = :id
"""
_RENEW = """
UPDATE job SET lease_until = :now + :lease, done_units = :done, total_units = :total, begun_units = :begun
WHERE id = :id AND state = 'running' AND lease_holder = :holder
"""
_END = """
UPDATE job SET state = :state, outcome = :outcome, figures = :figures, ended_at = :now,
    lease_holder = NULL, lease_until = NULL
WHERE id = :id AND state = 'running' AND lease_holder = :holder
"""
_GIVE_BACK = """
UPDATE job SET state = 'queued', attempts = attempts - 1, lease_holder = NULL, lease_until = NULL
WHERE id = :id AND state = 'running' AND lease_holder = :holder
"""
# What its worker has left for dead would otherwise stay there, running for ever and paused.
_PAUSE = """
UPDATE job SET paused_at = :now,
    state = CASE WHEN lease_until > :now AND lease_until <= :now + :lease THEN state ELSE 'queued' END
WHERE id = :id AND state IN ('queued', 'running') AND paused_at IS NULL
"""
_RESUME = "UPDATE job SET paused_at = NULL WHERE id = ? AND paused_at IS NOT NULL"
_DROP = """
UPDATE job SET state = 'failed', outcome = :outcome, ended_at = :now, paused_at = NULL,
    lease_holder = NULL, lease_until = NULL
WHERE id = :id
"""
_CANCEL = _DROP + "AND state = 'queued'"
_FORGET = """
DELETE FROM job WHERE state IN ('done', 'failed') AND ended_at < :before
    AND id NOT IN (SELECT max(id) FROM job WHERE origin = 'schedule' GROUP BY name)
"""


class NoSuchJobError(KnowbotError):
    """There is no job with that number."""


@dataclass(frozen=True)
class Job:
    """One piece of work. ``done_units`` of ``total_units`` (None: not known yet) are done.

    ``origin`` is who asked for it (``schedule``, ``command``, ``console``, ``discord``); ``missed`` counts the runs
    of a schedule that did not happen and that this one makes up for; ``attempts`` the workers that began it.
    ``due_at`` is when it was first asked for, ``queued_at`` when the schedule last wanted it. ``paused_at`` is when
    somebody paused it; ``begun_units`` were done when this worker first told of its progress. ``figures`` are the
    counts and names in the sentence ``outcome``, for whoever says it in another language; none where it failed.
    """

    id: int
    name: str
    space: str
    arguments: Mapping[str, Any]
    state: JobState
    origin: str
    queued_at: float
    due_at: float
    started_at: float | None
    ended_at: float | None
    lease_holder: str | None
    lease_until: float | None
    done_units: int
    total_units: int | None
    outcome: str
    attempts: int
    missed: int
    paused_at: float | None = None
    begun_units: int = 0
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def was_cancelled(self) -> bool:
        """True for a job that failed because somebody wanted it to."""
        return self.state == "failed" and self.outcome.startswith(CANCELLED)

    def seconds_left(self, now: float) -> float | None:
        """How long it will still take at the pace it had so far; None where that is unknown."""
        done = self.done_units - self.begun_units
        if self.state != "running" or self.started_at is None or not self.total_units or done <= 0:
            return None
        pace = max(now - self.started_at, 0.0) / done
        return pace * max(self.total_units - self.done_units, 0)


class Jobs:
    """The queue. At most one worker at a time holds a job, and with it the right to do long work."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def add(
        self,
        name: str,
        space: str,
        now: float,
        arguments: Mapping[str, Any] | None = None,
        origin: str = "command",
        missed: int = 0,
    ) -> Job:
        """Queues work that is due now. The same work that still waits is not queued twice: its row is returned.

        Where that was paused it goes on, unless it is the schedule that asks.
        """
        values = {"name": name, "space": space, "arguments": json.dumps(dict(arguments or {}), sort_keys=True)}
        with write_block(self._db):
            everything = {**values, "origin": origin, "now": now, "missed": missed}
            if self._db.execute(_TWIN, everything).rowcount == 0:
                self._db.execute(_ADD, everything)
            waiting = "WHERE state = 'queued' AND name = :name AND space = :space AND arguments = :arguments"
            return _job(self._db.rows(_JOB + waiting, values)[0])

    def get(self, job_id: int) -> Job:
        """One job; raises NoSuchJobError."""
        rows = self._db.rows(_JOB + "WHERE id = ?", (job_id,))
        if not rows:
            raise NoSuchJobError(f"there is no job {job_id}: `knowbot jobs` shows those that there are")
        return _job(rows[0])

    def recent(self, limit: int, space: str | None = None) -> list[Job]:
        """The latest jobs, or those of one space: running ones first, then waiting, then the others, newest first."""
        order = "ORDER BY state NOT IN ('running'), state NOT IN ('queued'), id DESC LIMIT :limit"
        wanted = "WHERE :space IS NULL OR space = :space "
        return [_job(row) for row in self._db.rows(_JOB + wanted + order, {"space": space, "limit": limit})]

    def claim(self, holder: str, now: float) -> Job | None:
        """Gives ``holder`` the next job for LEASE_SECONDS; None while another one works, or nothing is due.

        A job whose worker has died comes before the others, unless it has cost MOST_ATTEMPTS workers: then it failed.
        """
        values = {"now": now, "lease": LEASE_SECONDS, "holder": holder}
        with write_block(self._db):
            if self._db.rows(_HELD, values):
                return None
            while rows := self._db.rows(_NEXT, values):
                job = _job(rows[0])
                if job.attempts < MOST_ATTEMPTS:
                    self._db.execute(_CLAIM, {**values, "id": job.id})
                    return self.get(job.id)
                self._db.execute(_DROP, {"id": job.id, "outcome": _gave_up(job), "now": now})
            return None

    def renew(self, job: Job, now: float, done: int, total: int | None, begun: int = 0) -> bool:
        """Prolongs the holder's lease and notes the progress; False where it has lost the job meanwhile.

        ``begun`` of the units were done when this holder first told of any.
        """
        values = {"id": job.id, "holder": job.lease_holder, "now": now, "lease": LEASE_SECONDS, "begun": begun}
        with write_block(self._db):
            return self._db.execute(_RENEW, {**values, "done": done, "total": total}).rowcount > 0

    def pause(self, job_id: int, now: float) -> bool:
        """Keeps a job from being done until it is resumed; whoever does it gives it back. False where it has ended.

        Nothing is lost: a resumed job goes on from what was stored.
        """
        with write_block(self._db):
            return self._db.execute(_PAUSE, {"id": job_id, "now": now, "lease": LEASE_SECONDS}).rowcount > 0

    def resume(self, job_id: int) -> bool:
        """Lets a paused job be done again; False where it is not paused."""
        with write_block(self._db):
            return self._db.execute(_RESUME, (job_id,)).rowcount > 0

    def cancel(self, job_id: int, by: str, now: float) -> bool:
        """Takes a job that waits or rests out of the queue; False where somebody works at it, or it has ended.

        What it has stored stays. One that is being worked at has to be paused first.
        """
        values = {"id": job_id, "outcome": f"{CANCELLED} ({by}); what it had stored stays", "now": now}
        with write_block(self._db):
            return self._db.execute(_CANCEL, values).rowcount > 0

    def end(
        self, job: Job, state: JobState, outcome: str, now: float, figures: Mapping[str, Any] | None = None
    ) -> None:
        """Notes what became of a job in a sentence, and its figures; ignored where its holder has lost it."""
        values = {"id": job.id, "holder": job.lease_holder, "state": state, "outcome": outcome, "now": now}
        with write_block(self._db):
            self._db.execute(_END, {**values, "figures": json.dumps(dict(figures or {}))})

    def give_back(self, job: Job) -> None:
        """Puts a job back into the queue, for a worker that has to stop; it counts as not begun."""
        with write_block(self._db):
            self._db.execute(_GIVE_BACK, {"id": job.id, "holder": job.lease_holder})

    def forget_ended(self, before: float) -> int:
        """Deletes what ended before that time, but for each schedule's latest; returns how many."""
        with write_block(self._db):
            return self._db.execute(_FORGET, {"before": before}).rowcount


def _gave_up(job: Job) -> str:
    return f"it ended the worker {job.attempts} times and is not tried again: see the log, then queue it anew"


def jobs_where(db: Connection, condition: str) -> list[Job]:
    """The jobs that a condition on the table ``job`` selects."""
    return [_job(row) for row in db.rows(f"{_JOB}WHERE {condition}")]


class QueueWatch:
    """What somebody asks who watches the queue and does nothing in it."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def waiting_since(self, now: float) -> float | None:
        """Since when work has waited that nobody does; None where there is none, or somebody works."""
        values = {"now": now, "lease": LEASE_SECONDS}
        waiting = self._db.rows(_NEXT, values)
        if not waiting or self._db.rows(_HELD, values):
            return None
        job = _job(waiting[0])
        return min(now, (job.lease_until if job.state == "running" else None) or job.due_at)

    def is_work_waiting(self, now: float) -> bool:
        """True where a worker would get a job: one is due, or a dead worker's lease has run out, and nobody works."""
        return self.waiting_since(now) is not None

    def by_state(self) -> dict[str, int]:
        """How many jobs are in each state; those that ended, as far as they are remembered."""
        counted = dict(self._db.rows("SELECT state, count(*) FROM job GROUP BY state"))
        return {state: counted.get(state, 0) for state in get_args(JobState)}


def _job(row: tuple[Any, ...]) -> Job:
    number, name, space, arguments, *rest = row
    rest[-1] = json.loads(rest[-1])
    return Job(number, name, space, json.loads(arguments), *rest)
