"""What is looked up when somebody asks for metrics: queue, jobs, documents, tokens and money, as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from retrieval.engine import Engine
from retrieval.reviewing.drift import Drift
from retrieval.reviewing.exam import Exam
from storage.ledger import LedgerDay


@dataclass(frozen=True)
class Stored:
    """What the database says: jobs by state, by space (documents, characters, vectors), calls of models, open flags,
    how scores moved, and the last exam of each space."""

    jobs: Mapping[str, int]
    spaces: Mapping[str, tuple[int, int, int]]
    calls: tuple[LedgerDay, ...]
    open_flags: int
    drifts: tuple[Drift, ...]
    exams: tuple[Exam, ...]


@dataclass(frozen=True)
class Running:
    """What this process says. ``latencies`` are seconds by shard, ``troubles`` counts by kind."""

    waiting: int
    is_ready: bool
    servers: int
    latencies: Mapping[int, float]
    troubles: Mapping[str, int]


def look_up(engine: Engine) -> Stored:
    """Reads everything; not on the event loop."""
    stores = engine.stores
    spaces: dict[str, tuple[int, int, int]] = {}
    for space in stores.documents.spaces():
        counts, active = stores.documents.counts(space), stores.generations.active(space)
        indexed = stores.generations.counts(active.id) if active else None
        vectors = indexed.passages + indexed.titles if indexed else 0
        spaces[space] = (counts.documents, stores.documents.characters(space), vectors)
    calls = tuple(stores.ledger.by_day_and_model(0.0))
    drifts = tuple(engine.drift.standing())
    exams = tuple(last for space in spaces for last in engine.exams.of_space(space, 1))
    return Stored(stores.queue_watch.by_state(), spaces, calls, stores.flags.open(), drifts, exams)


class Figures(Collector):
    """Says ``stored`` and ``running`` as Prometheus wants to hear them."""

    def __init__(self, stored: Stored, running: Running) -> None:
        self._stored, self._running = stored, running

    def collect(self) -> Iterable[Metric]:
        """See Collector."""
        yield from self._of_process()
        yield from self._of_database()
        yield from self._of_models()
        yield from self._of_drift()
        yield from self._of_exams()

    def _of_process(self) -> Iterable[Metric]:
        running = self._running
        yield GaugeMetricFamily("knowbot_lane_waiting", "Questions that wait to be answered", running.waiting)
        yield GaugeMetricFamily("knowbot_connected", "1 while Discord is connected", running.is_ready)
        yield GaugeMetricFamily("knowbot_servers", "Servers that knowbot is on", running.servers)
        latency = GaugeMetricFamily("knowbot_gateway_latency_seconds", "Between heartbeat and answer", labels=["shard"])
        for shard, seconds in running.latencies.items():
            latency.add_metric([str(shard)], seconds)
        yield latency
        troubles = CounterMetricFamily("knowbot_troubles", "Errors by kind, told and logged", labels=["kind"])
        for kind, count in running.troubles.items():
            troubles.add_metric([kind], count)
        yield troubles

    def _of_database(self) -> Iterable[Metric]:
        jobs = GaugeMetricFamily("knowbot_jobs", "Jobs of the worker by state", labels=["state"])
        for state, count in self._stored.jobs.items():
            jobs.add_metric([state], count)
        yield jobs
        yield GaugeMetricFamily("knowbot_open_flags", "Flags that nobody has decided yet", self._stored.open_flags)
        names = ("documents", "characters", "index_vectors")
        for place, name in enumerate(names):
            family = GaugeMetricFamily(f"knowbot_{name}", f"{name} of each space".replace("_", " "), labels=["space"])
            for space, sizes in self._stored.spaces.items():
                family.add_metric([space], sizes[place])
            yield family

    def _of_drift(self) -> Iterable[Metric]:
        """Nothing of a score that too few messages have."""
        labels = ["space", "traffic", "score"]
        distance = GaugeMetricFamily(
            "knowbot_drift_distance", "Kolmogorov-Smirnov distance of last week from the four before", labels=labels
        )
        moved = GaugeMetricFamily("knowbot_drift_moved", "1 where that is more than chance", labels=labels)
        for drift in self._stored.drifts:
            for shift in (each for each in drift.shifts if each.state != "too few"):
                names = [drift.space, "shadow" if shift.shadow else "posted", shift.score]
                distance.add_metric(names, shift.distance)
                moved.add_metric(names, shift.state == "moved")
        yield distance
        yield moved

    def _of_exams(self) -> Iterable[Metric]:
        shares = GaugeMetricFamily("knowbot_exam", "Shares of the last nightly exam", labels=["space", "share"])
        for exam in self._stored.exams:
            for name in ("right", "silent", "refused"):
                shares.add_metric([exam.space, name], getattr(exam, name))
        yield shares

    def _of_models(self) -> Iterable[Metric]:
        tokens = CounterMetricFamily(
            "knowbot_tokens", "Tokens that models read and wrote", labels=["operation", "model", "direction"]
        )
        money = CounterMetricFamily("knowbot_spent", "What calls of models cost", labels=["operation", "currency"])
        read: dict[tuple[str, str, str], int] = {}
        spent: dict[tuple[str, str], float] = {}
        for day in self._stored.calls:
            for direction, count in (("read", day.prompt_tokens), ("written", day.completion_tokens)):
                key = (day.operation, day.model, direction)
                read[key] = read.get(key, 0) + count
            spent[day.operation, day.currency] = spent.get((day.operation, day.currency), 0.0) + day.price
        for labels, count in read.items():
            tokens.add_metric(labels, count)
        for names, price in spent.items():
            money.add_metric(names, price)
        yield tokens
        yield money
