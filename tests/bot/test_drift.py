"""Scores that moved: who is told of it, where, and how often."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from bot import words
from bot.cogs.drift_news import DriftNews
from bot.commands.setup import _show_drift
from bot.observing.figures import Figures, Running, look_up
from bot.work.jobs import run_job
from retrieval.reviewing.drift import WEEK, WEEKS_BEFORE, last_week_end
from tests.bot.server import Server, a_server

pytestmark = pytest.mark.asyncio


def a_week_unlike_those_before(server: Server) -> None:
    """150 unsure messages after 400 sure ones, and what the job says of it."""
    end = last_week_end(server.clock.now)
    rows = [(end - WEEK + step, 0.2 + step / 1000) for step in range(150)]
    rows += [(end - (1 + WEEKS_BEFORE) * WEEK + step, 0.5 + step / 1000) for step in range(400)]
    server.engine.stores.db.conn.executemany(
        "INSERT INTO interaction (space, asked_at, origin, addressed, question, decision, answer, confidence, "
        "off_topic_score) VALUES ('default', ?, 'discord', 0, 'why', 'unsure', '', ?, 0.25)",
        rows,
    )


def look(server: Server) -> str:
    job = server.engine.stores.jobs.add("drift", "", server.clock.now)
    return run_job(server.engine, server.client.settings, job, lambda *_: None).sentence


async def test_moderators_are_told_once_a_week_over_restarts(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        news = cast(DriftNews, server.client.get_cog("drift news"))
        assert "too few" in look(server)
        await news.tell()
        assert server.said(server.moderators) == []
        a_week_unlike_those_before(server)
        assert "the confidence of messages moved" in look(server)
        for _ in range(2):
            await news.tell()
        await server.restart()
        await cast(DriftNews, server.client.get_cog("drift news")).tell()
        (told,) = server.said(server.moderators)
        assert told.content == words.drifted([("confidence", False, 0.2745, 0.6995)])


async def test_metrics_and_doctor_say_it_in_figures(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with a_server(data_dir) as server:
        a_week_unlike_those_before(server)
        look(server)
        registry = CollectorRegistry()
        registry.register(Figures(look_up(server.engine), Running(0, True, 1, {}, {})))
        metrics = generate_latest(registry).decode()
        assert 'knowbot_drift_distance{score="confidence",space="default",traffic="posted"} 1.0' in metrics
        assert 'knowbot_drift_moved{score="confidence",space="default",traffic="posted"} 1.0' in metrics
        assert 'knowbot_drift_moved{score="off_topic",space="default",traffic="posted"} 0.0' in metrics
        assert 'traffic="shadow"' not in metrics, "of too few messages nothing is claimed"
        (drift,) = server.engine.drift.standing()
        _show_drift(drift)
        assert "drift: default: the confidence of messages moved" in capsys.readouterr().out
