"""``knowbot tune`` as an operator calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import cli
from storage.records import InteractionDraft
from storage.stores import open_stores
from tests.command_line import EXAMPLE, KnowbotCommand

ASKED = "how do I change where the photos are stored"


@pytest.fixture(scope="module")
def knowbot(tmp_path_factory: pytest.TempPathFactory) -> KnowbotCommand:
    command = KnowbotCommand(tmp_path_factory.mktemp("data"))
    command.ok("ingest", str(EXAMPLE / "guides"), "--yes")
    with open_stores(command.data_dir) as stores:
        long_ago = InteractionDraft(
            space="default",
            asked_at=1.0,
            origin="cli",
            question=ASKED,
            decision="unsure",
            answer="",
            confidence=0.01,
            off_topic_score=0.0,
            addressed=True,
            visible_to=frozenset({"public"}),
        )
        stores.interactions.record(long_ago)
    return command


def invoke(data_dir: Path, *arguments: str) -> str:
    """What a command prints, without a process of its own."""
    done = CliRunner(env={"KNOWBOT_ENCODER": "hashing"}).invoke(cli, ["--data-dir", str(data_dir), *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_dry_run_shows_before_and_after_and_changes_nothing(knowbot: KnowbotCommand) -> None:
    shown = knowbot.ok("tune", "--dry-run")
    assert "nDCG@10" in shown
    assert "right answers kept back" in shown
    assert "nothing was changed" in shown
    assert "of the latest 1 recorded messages" in shown
    answered = next(line for line in shown.splitlines() if "answered of 1 messages to knowbot" in line)
    assert answered.split()[-2:] == ["0", "1"], "not by the score of then, but by that of the new fit"
    assert "knowbot tune" in knowbot.refused("tune", "undo")


def test_what_was_tuned_is_taken_back_once(knowbot: KnowbotCommand) -> None:
    assert "at most 0.05" in knowbot.ok("tune", "--wrong", "0.05")
    assert "weights, adapter and confidence, thresholds, rates" in knowbot.ok("tune", "undo")
    assert "still stands" in knowbot.refused("tune", "undo")


def test_an_empty_space_has_nothing_to_be_fitted_on(tmp_path: Path) -> None:
    assert "nothing has been ingested" in KnowbotCommand(tmp_path).refused("tune")


def test_a_replay_says_what_thresholds_would_make_of_what_was_recorded(data_dir: Path) -> None:
    invoke(data_dir, "ask", ASKED)
    record = json.loads(invoke(data_dir, "tune", "replay", "--answer", "0", "--json"))
    assert record["messages"] == record["replayed"]["outcomes"]["answered_asked"] == 1
    assert record["replayed"]["thresholds"] == {"answer": 0.0, "unasked": 0.8, "off_topic": 0.5}
    assert [near["text"] for near in record["most_confident_doubtful"]] == [ASKED]
    assert invoke(data_dir, "tune", "replay", "--traffic", "shadow").startswith("0 recorded messages")
    with open_stores(data_dir) as stores:
        stores.db.execute("UPDATE interaction SET asked_at = 1.0")
    shown = invoke(data_dir, "tune", "replay", "--answer", "0")
    assert "nobody has judged any of them" in shown
    assert "1 of them were scored before the last fit" in shown
