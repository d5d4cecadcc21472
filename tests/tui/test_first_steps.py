"""An empty folder leads through documents, token and invitation."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from bot import secret
from bot.commands.console import _invitation
from tests.tui.building import NOW, looking, open_engine, shown, told_of, type_into, write_pages
from tui.app import Surroundings, make_console

TOKEN = base64.b64encode(b"123456789").decode().rstrip("=") + ".abc.def"


@pytest.mark.asyncio
async def test_documents_token_and_invitation(empty_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    (tmp_path / ".env").write_text("OPENAI_API_KEY=x\nDISCORD_TOKEN=\n", encoding="utf-8")
    around = Surroundings(
        find_token=secret.find_token, keep_token=secret.keep_token, invitation=_invitation, guides=True
    )
    console = make_console(lambda: open_engine(empty_dir), "default", lambda: None, lambda: NOW, surroundings=around)
    async with console.run_test(size=(80, 24)) as pilot:
        text = await shown(pilot, "Welcome to knowbot")
        assert all(words in text for words in ("1  Documents", "2  Token", "The link appears here")), "no scrolling"
        type_into(pilot, "#documents-path", str(tmp_path / "nowhere"))
        await pilot.press("enter")
        await shown(pilot, "! ")
        type_into(pilot, "#documents-path", str(write_pages(tmp_path / "handbook")))
        await pilot.press("enter")
        await told_of(pilot, "3 documents to take in")
        await shown(pilot, "· waiting")
        type_into(pilot, "#token", "no token")
        await pilot.press("enter")
        await shown(pilot, "that is no token of a Discord bot")
        type_into(pilot, "#token", TOKEN)
        await pilot.press("enter")
        await shown(pilot, "Write the token into .env?")
        await pilot.press("enter")
        await shown(pilot, "nothing was written")
        assert TOKEN not in (tmp_path / ".env").read_text(encoding="utf-8")
        await pilot.press("enter")
        await shown(pilot, "Write the token into .env?")
        await pilot.press("right", "enter")
        await shown(pilot, "client_id=123456789")
        await pilot.press("ctrl+l")
        assert "client_id=123456789" in console.clipboard
        await pilot.press("escape")
        await shown(pilot, "▸1 Home")
    written = tmp_path / ".env"
    assert written.read_text(encoding="utf-8") == f"OPENAI_API_KEY=x\nDISCORD_TOKEN={TOKEN}\n"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    with looking(empty_dir) as stores:
        (job,) = stores.jobs.recent(9)
        assert job.name == "ingest"
        assert all(TOKEN not in str(row) for row in stores.db.rows("SELECT * FROM job"))
    assert all(TOKEN.encode() not in file.read_bytes() for file in empty_dir.rglob("*") if file.is_file())
