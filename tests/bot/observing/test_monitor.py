"""What is told to who watches knowbot: 200 only where all is well, and figures that name nobody."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.client import KnowbotClient
from bot.observing import health
from bot.observing.health import Health
from bot.observing.monitor import LOOPBACK, Monitor, PortTakenError
from storage.database import DatabaseLockedError, DatabaseReplacedError
from tests.bot.running import RunningBot
from tests.bot.server import ANSWERED, OFF_TOPIC, a_server, called
from tests.discord_loopback import running_discord

pytestmark = pytest.mark.asyncio

WELL = {"gateway": "", "database": "", "lane": "", "worker": ""}


class Client:
    """As much of a client as is looked at."""

    def __init__(self) -> None:
        self.is_up, self.age, self.waited, self.work_waits = True, 5.0, 0.0, cast(float | None, None)
        self.failure: Exception | None = None
        self.ws = cast(Any, type("Socket", (), {"_keep_alive": self}))
        self.lane = self.engine = self.stores = self.db = self.queue_watch = self
        self.is_closed = cast(Any, False)

    @property
    def _last_ack(self) -> float:
        return time.perf_counter() - self.age

    def is_ready(self) -> bool:
        return self.is_up

    def longest_wait(self) -> float:
        return self.waited

    def refuse_replaced(self) -> None:
        if isinstance(self.failure, DatabaseReplacedError):
            raise self.failure

    def waiting_since(self, now: float) -> float | None:
        if self.failure:
            raise self.failure
        return None if self.work_waits is None else time.time() - self.work_waits


class Callable(int):
    """False as a value, as the lane has it, and as the answer of a call, as the client gives it."""

    def __call__(self) -> bool:
        return bool(self)


def a_health(**changes: object) -> Health:
    client = Client()
    client.is_closed = Callable(0)
    for name, value in changes.items():
        setattr(client, name, value)
    return Health(cast(KnowbotClient, client))


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("", {}),
        ("gateway", {"is_up": False}),
        ("gateway", {"age": health.LATEST_HEARTBEAT + 1}),
        ("gateway", {"ws": None}),
        ("lane", {"waited": health.LANE_SECONDS + 1}),
        ("worker", {"work_waits": health.WORKER_SECONDS + 1}),
        ("", {"work_waits": 1.0}),
        ("database", {"failure": DatabaseLockedError("it is locked")}),
        ("database", {"failure": DatabaseReplacedError("it is another file now")}),
    ],
    ids=[
        "well",
        "not connected",
        "zombie",
        "no socket",
        "lane stuck",
        "worker stuck",
        "work just came",
        "locked",
        "replaced",
    ],
)
async def test_each_part_that_is_not_well_is_named(part: str, changes: dict[str, object]) -> None:
    problems = await a_health(**changes).problems()
    assert [name for name, problem in problems.items() if problem][:1] == ([part] if part else [])


async def test_a_database_that_hangs_is_told_in_time_and_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "DATABASE_SECONDS", 0.01)
    calls = []

    def hangs(now: float) -> None:
        calls.append(now)
        time.sleep(0.2)

    asked = a_health(waiting_since=hangs)
    for _ in range(3):
        assert "no answer" in (await asked.problems())["database"]
    assert len(calls) == 1
    await asyncio.sleep(0.25)
    assert dict(await asked.problems()) == WELL


async def test_metrics_count_questions_stages_and_flags_and_name_nobody(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.send(server.helpful, ANSWERED)
        await server.alice.send(server.silent, OFF_TOPIC)
        await server.alice.send(server.silent, called(server, ""))
        exam = server.engine.exams.take("default")
        monitor = Monitor(server.client, 0)
        await monitor.start()
        async with aiohttp.ClientSession(f"http://{LOOPBACK}:{monitor.port}") as session:
            async with session.get("/metrics") as got:
                text = await got.text()
            async with session.get("/metrics", headers={"Host": "a-page.example"}) as refused:
                assert refused.status == 403
        await monitor.close()
        families = {family.name: family for family in text_string_to_metric_families(text)}
        outcomes = {
            s.labels["outcome"]: s.value for s in families["knowbot_questions"].samples if s.name[-5:] == "total"
        }
        assert outcomes == {"answer": 1, "off_topic": 1, "refused": 1}
        stages = {s.labels["stage"] for s in families["knowbot_stage_seconds"].samples}
        assert {"whole", "search"} <= stages
        assert {s.labels["kind"]: s.value for s in families["knowbot_flags"].samples if s.name[-5:] == "total"} == {
            "off_topic": 1
        }
        assert {s.labels["space"]: s.value for s in families["knowbot_documents"].samples}["default"] > 10
        assert {s.labels["state"] for s in families["knowbot_jobs"].samples} == {"queued", "running", "done", "failed"}
        assert families["knowbot_tokens"].samples
        shares = {s.labels["share"]: s.value for s in families["knowbot_exam"].samples}
        assert shares == {"right": exam.right, "silent": exam.silent, "refused": exam.refused}
        for private in ("alice", "Lanternfish", str(server.alice.id), str(server.guild.id), "photos", "carbonara"):
            assert private not in text
        assert len(text.splitlines()) < 400


async def test_a_port_that_is_taken_is_named_with_the_remedy(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        with (
            socket.create_server((LOOPBACK, 0)) as taken,
            pytest.raises(PortTakenError, match=r"port \d+ .* under \[metrics\]"),
        ):
            await Monitor(server.client, taken.getsockname()[1]).start()


async def test_the_shipped_process_is_well_once_connected_counts_refusals_and_logs_as_told(data_dir: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as free:
        port = free.getsockname()[1]
    async with running_discord() as discord, aiohttp.ClientSession(f"http://{LOOPBACK}:{port}") as session:
        for name in ("quiet", "moderators"):
            discord.world.add_channel(name)
        bot = RunningBot(discord, data_dir)
        bot.environment |= {"KNOWBOT_METRICS": f'{{"port": {port}}}', "KNOWBOT_LOG": '{"format": "json"}'}
        channel = discord.world.channel("help")
        discord.faults.rate_limit("POST", rf"channels/{channel.id}/messages", times=1, retry_after=0.1)
        await bot.start()

        async def get(path: str) -> tuple[int, str]:
            async with session.get(path) as got:
                return got.status, await got.text()

        try:
            for _ in range(100):
                if (await get("/healthz"))[0] == 200:
                    break
                await asyncio.sleep(0.05)
            healthy = {"healthy": True, "parts": dict.fromkeys(WELL, "ok")}
            assert json.loads((await get("/healthz"))[1]) == healthy
            question = await discord.say(discord.world.member("alice"), channel, ANSWERED)
            await discord.wait_for_message(channel, after=question)
            text = (await get("/metrics"))[1]
            assert "knowbot_connected 1.0" in text
            assert 'knowbot_discord_errors_total{status="429"} 1.0' in text
        finally:
            assert await bot.end() == 0
        events = [json.loads(line) for line in bot.logged().splitlines()]
        assert {event["level"] for event in events} <= {"info", "warning"}
        assert ANSWERED not in bot.logged()
        bot.log.close()
