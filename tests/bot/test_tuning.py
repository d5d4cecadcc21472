"""``knowbot tune`` as an operator calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import EXAMPLE, KnowbotCommand


@pytest.fixture(scope="module")
def knowbot(tmp_path_factory: pytest.TempPathFactory) -> KnowbotCommand:
    command = KnowbotCommand(tmp_path_factory.mktemp("data"))
    command.ok("ingest", str(EXAMPLE / "guides"), "--yes")
    return command


def test_a_dry_run_shows_before_and_after_and_changes_nothing(knowbot: KnowbotCommand) -> None:
    shown = knowbot.ok("tune", "--dry-run")
    assert "nDCG@10" in shown
    assert "right answers kept back" in shown
    assert "nothing was changed" in shown
    assert "knowbot tune" in knowbot.refused("tune", "undo")


def test_what_was_tuned_is_taken_back_once(knowbot: KnowbotCommand) -> None:
    assert "at most 0.05" in knowbot.ok("tune", "--wrong", "0.05")
    assert "weights, adapter and confidence, thresholds, rates" in knowbot.ok("tune", "undo")
    assert "still stands" in knowbot.refused("tune", "undo")


def test_an_empty_space_has_nothing_to_be_fitted_on(tmp_path: Path) -> None:
    assert "nothing has been ingested" in KnowbotCommand(tmp_path).refused("tune")
