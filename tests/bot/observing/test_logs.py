"""The log: what happened, in the form that is wanted; never a secret, and never what a member wrote."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import discord
import pytest

from bot.observing.logs import log_to_file, log_to_stderr
from bot.outgoing.error_reports import ErrorReports
from bot.settings import LogSettings
from tests.bot.server import a_server, called

WRITTEN = "my cat sat on the photo server and now it purrs"
LOGGERS = (None, "bot", "retrieval", "storage", "discord", "apscheduler", "httpx", "sentence_transformers")


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, levels = root.handlers[:], [logging.getLogger(name).level for name in LOGGERS]
    yield
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers[:] = handlers
    for name, level in zip(LOGGERS, levels, strict=True):
        logging.getLogger(name).setLevel(level)


def fail_on(text: str) -> None:
    """Fails as libraries do that quote what they were given, with a cause and in a group."""
    try:
        {"": ""}[text]
    except KeyError as error:
        raise ExceptionGroup(text, [ValueError(text), UnicodeEncodeError("ascii", text, 0, 1, text)]) from error


def logged(capsys: pytest.CaptureFixture[str], log: LogSettings | None = None, text: str = WRITTEN) -> str:
    log_to_stderr(["t0p-secret"], log)
    logger = logging.getLogger("bot.test")
    logger.warning("the token is %s", "t0p-secret")
    logger.debug("a detail")
    logging.getLogger("openai").debug("a request: %s", text)
    try:
        fail_on(text)
    except ExceptionGroup as error:
        logger.exception("failed")
        ErrorReports().explain(error, "a test")
    return capsys.readouterr().err


@pytest.mark.parametrize("form", ["console", "logfmt", "json"])
def test_no_form_shows_secrets_or_what_an_error_quotes(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    written = logged(capsys, LogSettings.model_validate({"format": form, "level": "debug"}))
    assert "t0p-secret" not in written
    assert "[secret]" in written
    assert WRITTEN not in written
    assert "withheld" in written
    assert "KeyError" in written
    assert "test_logs.py" in written
    assert "a detail" in written
    assert "ExceptionGroup" in written


def test_with_content_errors_say_everything_but_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    written = logged(capsys, LogSettings(content=True, level="debug"), f"{WRITTEN} t0p-secret")
    assert WRITTEN in written
    assert "a request" in written
    assert "t0p-secret" not in written


def test_errors_of_networks_and_of_discord_keep_their_words(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr()
    try:
        raise OSError(28, "No space left on device")
    except OSError:
        logging.getLogger("bot.test").exception("failed")
    assert "No space left on device" in capsys.readouterr().err


def test_json_is_an_object_a_line_with_the_id_that_the_member_read(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr(log=LogSettings(format="json"))
    told = ErrorReports().explain(discord.ClientException("the zoo is closed"), "ask")
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert f"({event['trouble']})" in told
    assert event["kind"] == "unknown"
    assert event["level"] == "error"
    assert event["event"].startswith("ask: ")


def test_a_token_in_an_address_of_discord_is_blotted_out(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr()
    logging.getLogger("discord.http").warning("POST /webhooks/12345/%s/messages failed", "aW50ZXJhY3Rpb24" * 5)
    assert "aW50" not in capsys.readouterr().err


@pytest.mark.asyncio
async def test_what_a_member_asks_is_in_no_log_even_where_everything_fails(
    data_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log_to_stderr(log=LogSettings(level="debug"))
    log_to_file(tmp_path / "log.jsonl")
    async with a_server(data_dir) as server:
        await server.alice.send(server.helpful, WRITTEN)

        def fails(questions: list[object], *_: object) -> None:
            fail_on(str(questions))

        monkeypatch.setattr(server.engine.answers, "encode", fails)
        await server.alice.send(server.unwatched, called(server, WRITTEN))
        await server.alice.slash(server.unwatched, "ask", question=WRITTEN)
    written = capsys.readouterr().err + (tmp_path / "log.jsonl").read_text(encoding="utf-8")
    assert written.count("ExceptionGroup") >= 4
    assert WRITTEN not in written
