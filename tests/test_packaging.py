"""The files for Docker and systemd agree with the program, as far as that can be seen without either."""

from __future__ import annotations

import configparser
import inspect
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from bot.cli import COMMANDS
from bot.client import PATIENCE_AT_STOP
from bot.commands.setup import TEMPLATE
from bot.settings import (
    BudgetSettings,
    DiscordSettings,
    LogSettings,
    MetricsSettings,
    PromptSettings,
    ScheduleSettings,
    ServerSettings,
    Settings,
    WriterSettings,
)
from bot.work.starting import WorkerStarter
from tests.command_line import ROOT

LONGEST_STOP = PATIENCE_AT_STOP + inspect.signature(WorkerStarter.stop).parameters["patience"].default
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def service() -> dict[str, Any]:
    """The one service of compose.yaml."""
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert list(services) == ["bot"]
    return dict(services["bot"])


@pytest.fixture(scope="module")
def unit() -> configparser.SectionProxy:
    """The section [Service] of the systemd unit."""
    parser = configparser.RawConfigParser(strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(ROOT / "packaging" / "knowbot.service", encoding="utf-8")
    return parser["Service"]


def seconds(text: str) -> float:
    return float(re.fullmatch(r"(\d+)s?", text)[1])  # type: ignore[index]


def megabytes(text: str) -> float:
    number, unit = re.fullmatch(r"(\d+)([gm])", text.lower()).groups()  # type: ignore[union-attr]
    return float(number) * {"g": 1024, "m": 1}[unit]


def test_both_wait_longer_for_a_stop_than_the_bot_takes(
    service: dict[str, Any], unit: configparser.SectionProxy
) -> None:
    assert seconds(service["stop_grace_period"]) > LONGEST_STOP
    assert seconds(unit["TimeoutStopSec"]) > LONGEST_STOP


def test_both_leave_the_worker_the_memory_that_it_may_take(
    service: dict[str, Any], unit: configparser.SectionProxy
) -> None:
    worker = Settings.model_fields["worker_memory_mb"].default
    assert megabytes(service["mem_limit"]) > worker
    assert megabytes(unit["MemoryMax"]) > worker


def test_all_three_call_commands_that_there_are(service: dict[str, Any], unit: configparser.SectionProxy) -> None:
    path, command = unit["ExecStart"].split()
    called = {tuple(service["command"]), (Path(path).name, command)}
    called |= {tuple(words) for words in re.findall(r'CMD \["(\w+)", "(\w+)"', DOCKERFILE)}
    assert called == {("knowbot", "run"), ("knowbot", "jobs")}
    assert {name for _, name in called} <= set(COMMANDS)


def test_the_image_has_a_python_that_the_project_supports_and_all_its_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lowest, beyond = re.findall(r"3\.(\d+)", project["project"]["requires-python"])
    versions = set(re.findall(r"^FROM python:3\.(\d+)-slim", DOCKERFILE, re.MULTILINE))
    assert len(versions) == 1
    assert int(lowest) <= int(versions.pop()) < int(beyond)
    for package in ("bot", "tui", "retrieval", "storage"):
        assert f"COPY {package} {package}\n" in DOCKERFILE
        assert f"!{package}\n" in (ROOT / ".dockerignore").read_text(encoding="utf-8")


def test_nothing_secret_gets_into_the_image() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith(("#", "!"))] == ["*", "**/__pycache__"]
    assert "!.env" not in lines


def test_the_log_cannot_fill_the_disk(service: dict[str, Any]) -> None:
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}


def test_the_settings_template_names_every_setting_and_no_other() -> None:
    text = re.sub(r"^# (?=\w+ = |\[)", "", TEMPLATE.format(data_dir="data"), flags=re.MULTILINE)
    given = tomllib.loads(text)
    assert set(given["discord"]) == set(DiscordSettings.model_fields)
    assert set(given["servers"]["654"]) == set(ServerSettings.model_fields)
    assert set(given["schedule"]) == set(ScheduleSettings.model_fields)
    assert set(given["budget"]) == set(BudgetSettings.model_fields)
    assert set(given["log"]) == set(LogSettings.model_fields)
    assert set(given["metrics"]) == set(MetricsSettings.model_fields)
    assert set(given["writer"]) == set(WriterSettings.model_fields)
    assert {key for each in given["prompts"].values() for key in each} == set(PromptSettings.model_fields)
    assert set(given) == set(Settings.model_fields)
    assert Settings(**given).schedule == ScheduleSettings()
