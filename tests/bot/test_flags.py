"""A flag stands from the moment that its message is recorded, whatever becomes of the process then."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import AsyncMock

import pytest

from bot.cogs.answers import AnswersCog
from tests.bot.server import OFF_TOPIC, Server, a_server, called, text_of
from tests.bot.test_moderation import INJECTION

pytestmark = pytest.mark.asyncio


def flags(server: Server) -> list[tuple[object, ...]]:
    return server.engine.stores.db.rows(
        "SELECT kind, excerpt, noticed_at IS NOT NULL FROM interaction JOIN flag ON interaction.id = interaction_id"
    )


@pytest.mark.parametrize(("text", "kind"), [(OFF_TOPIC, "off_topic"), (INJECTION, "suspicious")])
async def test_a_flag_whose_process_ends_once_the_message_is_recorded_is_told_after_a_restart(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, text: str, kind: str
) -> None:
    async with a_server(data_dir) as server:
        with monkeypatch.context() as killed:
            killed.setattr(AnswersCog, "_act", AsyncMock(return_value=None))
            await server.alice.send(server.silent, text)
        assert flags(server) == [(kind, text, 0)]
        await server.restart()
        await server.wait(3601)
        (notice,) = server.said(server.moderators)
        assert text in text_of(notice)
        assert flags(server) == [(kind, text, 1)]


async def test_of_who_opted_out_no_flag_is_kept_either(data_dir: Path) -> None:
    async with a_server(data_dir) as server:
        await server.alice.slash(server.unwatched, "privacy", choice="opt-out")
        await server.alice.send(server.mention, called(server, INJECTION))
        assert len(server.said(server.mention)) == 1
        assert flags(server) == []
        assert server.said(server.moderators) == []
