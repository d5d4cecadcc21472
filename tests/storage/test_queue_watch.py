from __future__ import annotations

from storage.jobs import LEASE_SECONDS
from storage.stores import Stores


def test_work_waits_from_when_it_was_due_until_somebody_does_it(stores: Stores) -> None:
    watch = stores.queue_watch
    assert watch.waiting_since(1000.0) is None
    stores.jobs.add("refresh", "", 1000.0)
    assert watch.waiting_since(1300.0) == 1000.0
    job = stores.jobs.claim("worker", 1300.0)
    assert job is not None
    assert watch.waiting_since(1301.0) is None


def test_work_of_a_dead_worker_waits_from_the_end_of_its_lease(stores: Stores) -> None:
    stores.jobs.add("refresh", "", 1000.0)
    stores.jobs.claim("worker", 1000.0)
    assert stores.queue_watch.waiting_since(1000.0 + LEASE_SECONDS - 1) is None
    assert stores.queue_watch.waiting_since(2000.0) == 1000.0 + LEASE_SECONDS


def test_jobs_that_rest_are_waited_for_by_nobody(stores: Stores) -> None:
    job = stores.jobs.add("refresh", "", 1000.0)
    stores.jobs.pause(job.id, 1000.0)
    assert stores.queue_watch.waiting_since(5000.0) is None


def test_jobs_are_counted_by_state_those_without_any_too(stores: Stores) -> None:
    assert stores.queue_watch.by_state() == {"queued": 0, "running": 0, "done": 0, "failed": 0}
    stores.jobs.add("refresh", "", 1000.0)
    assert stores.queue_watch.by_state()["queued"] == 1
