"""Another database in the place of the open one, as after a restore: whoever has the former open lets go of it."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from pathlib import Path

import pytest

from bot.observing import database_watch
from bot.observing.database_watch import until_replaced
from bot.settings import Settings
from bot.worker import Worker
from retrieval.engine import Engine
from storage.database import DatabaseGoneError, DatabaseReplacedError
from storage.stores import DATABASE, Stores, open_stores
from tests.bot.running import a_running_bot
from tests.bot.server import ANSWERED
from tests.command_line import KnowbotCommand

ZEBRA = "The zebra quota is exactly forty-one stripes for every member of the herd."


@pytest.fixture
def other(ingested_example: Path, tmp_path: Path) -> Path:
    """A database like the first one, with one document more."""
    folder = Path(shutil.copytree(ingested_example, tmp_path / "other"))
    (tmp_path / "zebra.md").write_text(f"# Zebra quota\n\n{ZEBRA}\n", encoding="utf-8")
    settings = Settings(data_dir=folder, encoder="hashing")
    with Engine(folder, settings.retrieval) as engine:
        engine.library.ingest(tmp_path / "zebra.md", "default")
    return folder


def put_in_place(other: Path, data_dir: Path) -> None:
    """As a restore does it that cannot see who has the database open, from another container for instance."""
    for end in ("-shm", "-wal", ""):
        if (part := data_dir / f"{DATABASE}{end}").exists():
            part.rename(data_dir / f"former.db{end}")
    shutil.rmtree(data_dir / "index")
    shutil.copytree(other / "index", data_dir / "index")
    (other / DATABASE).replace(data_dir / DATABASE)


@pytest.mark.asyncio
async def test_a_database_that_is_gone_is_said_once_and_one_in_its_place_ends_the_watch(
    data_dir: Path, other: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database_watch, "LOOK_SECONDS", 0.01)
    with open_stores(data_dir) as stores, caplog.at_level(logging.INFO):
        watching = asyncio.create_task(until_replaced(stores.db))
        await asyncio.sleep(0.1)
        assert caplog.messages == []
        for _ in range(2):
            (data_dir / DATABASE).rename(data_dir / "away.db")
            with pytest.raises(DatabaseGoneError):
                stores.db.refuse_replaced()
            await asyncio.sleep(0.1)
            (data_dir / "away.db").rename(data_dir / DATABASE)
            await asyncio.sleep(0.1)
        assert [message.split(f"{DATABASE} ")[1][:7] for message in caplog.messages] == ["is gone", "is back"] * 2
        put_in_place(other, data_dir)
        with pytest.raises(DatabaseReplacedError, match="another file now"):
            await asyncio.wait_for(watching, 5)


def test_a_worker_whose_database_was_replaced_touches_no_job_of_either(data_dir: Path, other: Path) -> None:
    settings = Settings(data_dir=data_dir, encoder="hashing")
    with Engine(data_dir, settings.retrieval) as engine, open_stores(data_dir) as beside:
        waits = engine.stores.jobs.add("evict", "", time.time())
        put_in_place(other, data_dir)
        Worker(engine, beside.jobs, settings).run()
        assert engine.stores.jobs.get(waits.id).state == "queued"


@pytest.mark.faults
@pytest.mark.asyncio
@pytest.mark.timeout(120)
async def test_a_restore_beside_a_running_bot_names_it_and_changes_nothing(data_dir: Path, other: Path) -> None:
    async with a_running_bot(data_dir) as (discord, bot):
        assert bot.process is not None
        restore = "restore", str(other / DATABASE), "--yes"
        refused = await asyncio.to_thread(KnowbotCommand(data_dir).refused, *restore)
        assert f"in use by process {bot.process.pid} (" in refused
        alice, channel = discord.world.member("alice"), discord.world.channel("general")
        asked = await discord.say(alice, channel, ANSWERED, mention_bot=True)
        await discord.wait_for_message(channel, after=asked)
        assert await bot.end() == 0
        await asyncio.to_thread(KnowbotCommand(data_dir).ok, *restore)


@pytest.mark.faults
@pytest.mark.asyncio
@pytest.mark.timeout(120)
async def test_a_bot_whose_database_was_replaced_answers_from_the_new_one_within_seconds(
    data_dir: Path, other: Path
) -> None:
    async with a_running_bot(data_dir) as (discord, bot):
        alice, channel = discord.world.member("alice"), discord.world.channel("general")
        assert bot.process is not None
        process = bot.process.pid
        sessions = len(discord.gateway.ops(2))
        replaced = time.monotonic()
        put_in_place(other, data_dir)
        await discord.until(lambda: len(discord.gateway.ops(2)) > sessions, 20)
        assert time.monotonic() - replaced < 10
        await discord.until(lambda: bot.logged().count("ready as") == 2, 20)
        asked = await discord.say(alice, channel, "how many stripes is the zebra quota?", mention_bot=True)
        reply = await discord.wait_for_message(channel, after=asked)
        assert "forty-one stripes" in reply["embeds"][0]["description"]
        assert bot.process.pid == process
        assert not bot.has_ended
        assert "another file now" in bot.logged()
        assert await bot.end() == 0
        assert "Traceback" not in bot.logged()
        with bot.stores() as stores:
            assert questions(stores) == ["how many stripes is the zebra quota?"]
            assert stores.integrity_problems() == []


def questions(stores: Stores) -> list[str]:
    return [question for (question,) in stores.db.rows("SELECT question FROM interaction")]
