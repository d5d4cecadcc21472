"""The seam for tests, secrets, permissions and the log: small things at the edge that must not go wrong."""

from __future__ import annotations

import base64
from pathlib import Path

import discord
import pytest
from click.testing import CliRunner

from bot.commands.setup import doctor
from bot.gateway.loopback import API, NotLoopbackError, redirect_for_tests
from bot.gateway.permissions import READING, SPEAKING, invite_link, lacking, lacks, wanted_in_channels
from bot.secret import TOKEN, TokenMissingError, application_id, discord_token
from bot.settings import DiscordSettings, ServerSettings, Settings
from storage.servers import LeftServer
from storage.stores import open_stores

A_TOKEN = f"{base64.b64encode(b'1234567890').decode().rstrip('=')}.abc.def"


@pytest.mark.parametrize("address", ["https://discord.com/api/v10", "http://10.0.0.1:80/api", "http://127.0.0.1.evil/"])
def test_no_address_but_loopback_is_taken_for_a_test(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    before = discord.http.Route.BASE
    monkeypatch.setenv(API, address)
    with pytest.raises(NotLoopbackError, match=API):
        redirect_for_tests()
    assert before == discord.http.Route.BASE


def test_the_token_is_read_from_the_environment_or_from_dotenv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(TOKEN, raising=False)
    with pytest.raises(TokenMissingError, match=TOKEN):
        discord_token()
    (tmp_path / ".env").write_text(f"{TOKEN}=from-file\n", encoding="utf-8")
    assert discord_token() == "from-file"
    monkeypatch.setenv(TOKEN, "from-environment")
    assert discord_token() == "from-environment"


def test_a_token_spells_its_application() -> None:
    assert application_id(A_TOKEN) == 1234567890
    for other in ("", "nonsense", "ab=.c", base64.b64encode(b"letters").decode()):
        assert application_id(other) is None


def test_the_invite_link_asks_for_what_is_needed_and_no_more() -> None:
    link = invite_link(42)
    assert "client_id=42" in link
    assert f"permissions={SPEAKING.value}" in link
    assert "applications.commands" in link
    assert not SPEAKING.administrator
    assert not SPEAKING.mention_everyone


def test_missing_permissions_are_named_as_discord_names_them() -> None:
    assert lacking(READING, READING) == []
    missing = lacking(READING, SPEAKING)
    assert missing == ["Send Messages", "Embed Links", "Create Public Threads", "Send Messages In Threads"]
    assert lacks("help", ["Embed Links"]).startswith("#help does not allow knowbot Embed Links: ")


def test_a_silent_channel_is_read_only() -> None:
    settings = Settings(
        discord=DiscordSettings(moderators_channel=1, channels={2: "silent", 3: "mention", 4: "helpful"}),
        servers={9: ServerSettings(moderators_channel=5, channels={6: "silent"})},
    )
    wanted = {1: SPEAKING, 2: READING, 3: SPEAKING, 4: SPEAKING, 5: SPEAKING, 6: READING}
    assert wanted_in_channels(settings) == wanted


def test_doctor_says_which_servers_were_left_and_until_when_they_are_kept(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    monkeypatch.setenv("KNOWBOT_ENCODER", "hashing")
    with open_stores(data_dir) as stores:
        stores.servers.left(1, LeftServer(654, "Herons", 86_400.0 * 10))
    monkeypatch.chdir(data_dir)  # no knowbot.toml and no .env of whoever runs the tests
    told = CliRunner().invoke(doctor, ["--data-dir", str(data_dir)])
    assert "server Herons was left on 1970-01-1" in told.output
    assert "forgotten on 1970-02-1" in told.output
