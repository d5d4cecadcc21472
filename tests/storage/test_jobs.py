"""The queue: who holds a job, who gets the next one, and what is remembered of those that ended."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.jobs import LEASE_SECONDS, MOST_ATTEMPTS, Job, NoSuchJobError
from storage.stores import Stores, open_stores


def claimed(stores: Stores, holder: str, now: float) -> Job:
    job = stores.jobs.claim(holder, now)
    assert job is not None, "there was nothing to claim"
    return job


def test_jobs_are_claimed_in_the_order_in_which_they_were_queued(stores: Stores) -> None:
    for now, name in enumerate(["refresh", "evict", "backup"]):
        stores.jobs.add(name, "", float(now))
    names = []
    while job := stores.jobs.claim("worker", 10.0):
        names.append(job.name)
        stores.jobs.end(job, "done", "well", 10.0)
    assert names == ["refresh", "evict", "backup"]


def test_one_worker_at_a_time_has_a_job(stores: Stores) -> None:
    stores.jobs.add("refresh", "", 0.0)
    stores.jobs.add("evict", "", 0.0)
    first = claimed(stores, "one", 1.0)
    assert (first.state, first.lease_holder, first.attempts) == ("running", "one", 1)
    assert stores.jobs.claim("two", 2.0) is None
    assert not stores.queue_watch.is_work_waiting(2.0)
    stores.jobs.end(first, "done", "well", 3.0)
    assert stores.queue_watch.is_work_waiting(3.0)
    assert claimed(stores, "two", 3.0).name == "evict"


def test_a_renewed_lease_outlives_its_first_end(stores: Stores) -> None:
    stores.jobs.add("refresh", "", 0.0)
    job = claimed(stores, "one", 0.0)
    assert stores.jobs.renew(job, LEASE_SECONDS - 1, 3, 10)
    assert stores.jobs.claim("two", LEASE_SECONDS + 1) is None
    kept = stores.jobs.get(job.id)
    assert (kept.done_units, kept.total_units) == (3, 10)


def test_a_dead_workers_job_is_taken_up_before_all_others_and_its_late_word_is_void(stores: Stores) -> None:
    stores.jobs.add("evict", "", 0.0)
    dead = claimed(stores, "dead", 0.0)
    stores.jobs.add("refresh", "", -5.0)
    assert not stores.queue_watch.is_work_waiting(LEASE_SECONDS - 1)
    assert stores.queue_watch.is_work_waiting(LEASE_SECONDS)
    taken = claimed(stores, "next", LEASE_SECONDS)
    assert (taken.id, taken.attempts, taken.done_units) == (dead.id, 2, 0)
    assert not stores.jobs.renew(dead, LEASE_SECONDS + 1, 9, 9)
    stores.jobs.end(dead, "failed", "too late", LEASE_SECONDS + 1)
    stores.jobs.give_back(dead)
    assert stores.jobs.get(dead.id).lease_holder == "next"


def test_a_job_that_ended_three_workers_has_failed_and_the_next_one_is_given_out(stores: Stores) -> None:
    bad = stores.jobs.add("ingest", "default", 0.0, {"path": "/bomb"})
    good = stores.jobs.add("evict", "", 1.0)
    now = 2.0
    for attempt in range(MOST_ATTEMPTS):
        assert claimed(stores, f"worker {attempt}", now).id == bad.id
        now += LEASE_SECONDS
    assert claimed(stores, "another", now).id == good.id
    failed = stores.jobs.get(bad.id)
    assert (failed.state, failed.attempts, failed.ended_at) == ("failed", 3, now)
    assert "ended the worker 3 times" in failed.outcome


def test_a_job_that_is_given_back_counts_as_not_begun(stores: Stores) -> None:
    stores.jobs.add("refresh", "", 0.0)
    for _ in range(MOST_ATTEMPTS + 1):
        stores.jobs.give_back(claimed(stores, "stopping", 1.0))
    (job,) = stores.jobs.recent(5)
    assert (job.state, job.attempts, job.lease_holder) == ("queued", 0, None)


def test_a_clock_that_was_set_back_neither_keeps_a_lease_nor_delays_what_was_queued(stores: Stores) -> None:
    stores.jobs.add("refresh", "", 100_000.0)
    claimed(stores, "dead", 100_000.0)
    assert claimed(stores, "next", 500.0).name == "refresh"
    stores.jobs.add("evict", "", 100_000.0)
    stores.jobs.end(stores.jobs.get(1), "done", "", 501.0)
    assert stores.queue_watch.is_work_waiting(502.0)
    assert claimed(stores, "next", 502.0).name == "evict"


def test_work_that_still_waits_is_not_queued_twice(stores: Stores) -> None:
    first = stores.jobs.add("reindex", "default", 0.0, {"encoder": "a", "dimensions": 64})
    twin = stores.jobs.add("reindex", "default", 5.0, {"dimensions": 64, "encoder": "a"})
    assert (twin.id, twin.missed) == (first.id, 0)
    others = {
        stores.jobs.add("reindex", "default", 5.0, {"encoder": "b"}).id,
        stores.jobs.add("reindex", "other", 5.0, {"dimensions": 64, "encoder": "a"}).id,
    }
    assert first.id not in others
    claimed(stores, "one", 6.0)
    assert stores.jobs.add("reindex", "default", 7.0, {"encoder": "a", "dimensions": 64}).id != first.id


def test_a_run_of_the_schedule_that_meets_the_one_before_it_counts_as_missed(stores: Stores) -> None:
    stores.jobs.add("refresh", "", 0.0, origin="schedule")
    twin = stores.jobs.add("refresh", "", 60.0, origin="schedule", missed=2)
    assert (twin.missed, twin.due_at) == (3, 0.0)
    assert stores.schedule.last_due("refresh") == 60.0


def test_what_a_person_queued_serves_the_schedule_too(stores: Stores) -> None:
    stores.jobs.add("refresh", "", 0.0, origin="console")
    assert stores.schedule.last_due("refresh") is None
    assert stores.jobs.add("refresh", "", 60.0, origin="schedule").missed == 0
    assert stores.schedule.last_due("refresh") == 60.0
    assert len(stores.jobs.recent(5)) == 1


def test_the_time_left_follows_from_the_pace_so_far(stores: Stores) -> None:
    stores.jobs.add("refresh", "", 0.0)
    job = claimed(stores, "one", 10.0)
    assert job.seconds_left(20.0) is None
    stores.jobs.renew(job, 20.0, 25, 100)
    assert stores.jobs.get(job.id).seconds_left(20.0) == pytest.approx(30.0)
    assert stores.jobs.get(job.id).seconds_left(5.0) == 0.0
    stores.jobs.end(job, "done", "", 20.0)
    assert stores.jobs.get(job.id).seconds_left(20.0) is None


def test_recent_shows_what_runs_then_what_waits_then_the_latest(stores: Stores) -> None:
    for name in ("first", "second", "third", "fourth"):
        stores.jobs.add(name, "", 0.0)
    for _ in range(2):
        stores.jobs.end(claimed(stores, "one", 1.0), "done", "", 1.0)
    claimed(stores, "one", 2.0)
    assert [job.name for job in stores.jobs.recent(9)] == ["third", "fourth", "second", "first"]
    assert [job.name for job in stores.jobs.recent(1)] == ["third"]


def test_old_jobs_are_forgotten_but_for_each_schedules_latest(stores: Stores) -> None:
    for now, origin in ((0.0, "schedule"), (1.0, "schedule"), (2.0, "command")):
        stores.jobs.add("refresh", "", now, origin=origin)
        stores.jobs.end(claimed(stores, "one", now), "done", "", now)
    stores.jobs.add("evict", "", 3.0)
    assert stores.jobs.forget_ended(before=10.0) == 2
    assert {(job.id, job.name) for job in stores.jobs.recent(9)} == {(2, "refresh"), (4, "evict")}
    assert stores.schedule.last_due("refresh") == 1.0


def test_a_job_that_is_not_there_is_named(stores: Stores) -> None:
    with pytest.raises(NoSuchJobError, match="no job 7"):
        stores.jobs.get(7)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "claim", "renew", "end", "give back"]),
        st.integers(0, 2),
        st.floats(0.0, 2 * LEASE_SECONDS),
    ),
    max_size=40,
)


def test_a_paused_job_is_given_to_nobody_until_it_is_resumed_and_keeps_its_progress(stores: Stores) -> None:
    job = stores.jobs.add("reindex", "", 0.0)
    running = claimed(stores, "one", 1.0)
    assert stores.jobs.get(job.id).paused_at is None
    assert stores.jobs.pause(job.id, 2.0)
    assert not stores.jobs.pause(job.id, 2.5), "it is paused already"
    assert stores.jobs.get(job.id).paused_at is not None
    stores.jobs.renew(running, 3.0, 40, 100)
    stores.jobs.give_back(running)
    rests = stores.jobs.get(job.id)
    assert (rests.state, rests.paused_at, rests.done_units, rests.total_units) == ("queued", 2.0, 40, 100)
    assert not stores.queue_watch.is_work_waiting(4.0)
    assert stores.jobs.claim("two", 4.0) is None
    assert stores.jobs.resume(job.id)
    assert not stores.jobs.resume(job.id)
    assert claimed(stores, "two", 5.0).attempts == 1


def test_other_work_is_done_while_a_job_rests(stores: Stores) -> None:
    stores.jobs.pause(stores.jobs.add("reindex", "", 0.0).id, 0.0)
    stores.jobs.add("evict", "", 1.0)
    assert claimed(stores, "one", 2.0).name == "evict"


def test_a_job_whose_worker_died_can_be_paused_and_one_that_ended_cannot(stores: Stores) -> None:
    job = stores.jobs.add("reindex", "", 0.0)
    claimed(stores, "dead", 0.0)
    assert stores.jobs.pause(job.id, LEASE_SECONDS + 1)
    assert stores.jobs.get(job.id).state == "queued"
    stores.jobs.resume(job.id)
    stores.jobs.end(claimed(stores, "one", LEASE_SECONDS + 2), "done", "well", LEASE_SECONDS + 3)
    assert not stores.jobs.pause(job.id, LEASE_SECONDS + 4)


def test_a_job_that_ended_three_workers_and_was_paused_and_resumed_is_given_up_once(stores: Stores) -> None:
    job = stores.jobs.add("reindex", "", 0.0)
    for number in range(MOST_ATTEMPTS):
        claimed(stores, f"dead {number}", number * (LEASE_SECONDS + 1))
    now = MOST_ATTEMPTS * (LEASE_SECONDS + 1)
    assert stores.jobs.pause(job.id, now)
    assert stores.jobs.resume(job.id)
    assert stores.jobs.claim("one", now) is None
    assert stores.jobs.get(job.id).state == "failed"


def test_work_that_waits_or_rests_can_be_cancelled_and_no_other(stores: Stores) -> None:
    waiting, resting = stores.jobs.add("refresh", "", 0.0), stores.jobs.add("reindex", "", 0.0)
    stores.jobs.pause(resting.id, 1.0)
    assert stores.jobs.cancel(resting.id, "console", 2.0)
    gone = stores.jobs.get(resting.id)
    assert (gone.state, gone.was_cancelled, gone.paused_at, gone.ended_at) == ("failed", True, None, 2.0)
    running = claimed(stores, "one", 3.0)
    assert running.id == waiting.id
    assert not stores.jobs.cancel(running.id, "console", 4.0)
    stores.jobs.end(running, "failed", "the disk is full", 5.0)
    assert not stores.jobs.cancel(running.id, "console", 6.0)
    assert not stores.jobs.get(running.id).was_cancelled
    assert stores.jobs.add("reindex", "", 7.0).id not in (waiting.id, resting.id), "it is queued anew"


def test_a_person_who_asks_for_paused_work_resumes_it_and_the_schedule_does_not(stores: Stores) -> None:
    job = stores.jobs.add("refresh", "", 0.0)
    stores.jobs.pause(job.id, 1.0)
    stores.jobs.add("refresh", "", 2.0, origin="schedule")
    assert stores.jobs.get(job.id).paused_at is not None
    assert stores.jobs.add("refresh", "", 3.0, origin="console").id == job.id
    assert stores.jobs.get(job.id).paused_at is None


def test_the_time_left_leaves_out_what_was_done_before(stores: Stores) -> None:
    stores.jobs.add("reindex", "", 0.0)
    job = claimed(stores, "one", 0.0)
    stores.jobs.renew(job, 10.0, 60, 100, begun=50)
    assert stores.jobs.get(job.id).seconds_left(10.0) == 40.0


@settings(max_examples=30)
@given(STEPS)
def test_of_several_workers_at_most_one_ever_holds_a_valid_lease(steps: list[tuple[str, int, float]]) -> None:
    """Each step is a worker's; the last number is how long it takes. A worker remembers what it was given last."""
    with TemporaryDirectory() as folder, open_stores(Path(folder)) as stores:
        now = 0.0
        held: dict[int, tuple[Job, float]] = {}
        for step, who, seconds in steps:
            now += seconds
            if step == "add":
                stores.jobs.add(f"job {who}", "", now)
            elif step == "claim":
                job = stores.jobs.claim(f"worker {who}", now)
                if job is not None:
                    held[who] = (job, now + LEASE_SECONDS)
            elif who in held:
                job = held[who][0]
                if step == "renew":
                    if stores.jobs.renew(job, now, 1, 2):
                        held[who] = (job, now + LEASE_SECONDS)
                    else:
                        del held[who]
                else:
                    del held[who]
                    stores.jobs.end(job, "done", "", now) if step == "end" else stores.jobs.give_back(job)
            valid = [job.id for job, until in held.values() if until > now]
            assert len(valid) <= 1
            rows = stores.db.rows("SELECT id FROM job WHERE state = 'running' AND lease_until > ?", (now,))
            assert [number for (number,) in rows] == valid
