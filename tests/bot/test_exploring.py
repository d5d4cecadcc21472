"""``knowbot explore`` as an operator calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from tests.command_line import EXAMPLE, KnowbotCommand

Shown = Callable[..., str]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    command = KnowbotCommand(tmp_path_factory.mktemp("data"))
    command.ok("ingest", str(EXAMPLE / "guides"), "--yes")
    return command.data_dir


@pytest.fixture
def explore(data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shown:
    """What a subcommand prints; in this process, since each start of another takes a second."""
    monkeypatch.setenv("KNOWBOT_ENCODER", "hashing")

    def shown(*arguments: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as left:
            main(["--data-dir", str(data_dir), "explore", *arguments])
        assert left.value.code == code
        out, err = capsys.readouterr()
        return err if code else out

    return shown


def test_the_worker_surveys_and_says_what_it_found(data_dir: Path) -> None:
    assert " topics, 0 subjects asked for in vain" in KnowbotCommand(data_dir).ok("jobs", "run", "survey")


@pytest.mark.parametrize(
    ("name", "words", "empty"),
    [
        ("topics", "for example", None),
        ("gaps", "no question was left unanswered", []),
        ("duplicates", "nothing is said twice", []),
        ("outliers", "no document stands out", []),
    ],
)
def test_what_is_found_is_printed_in_words_and_as_json(
    explore: Shown, name: str, words: str, empty: list[Any] | None
) -> None:
    assert words in explore(name)
    found = json.loads(explore(name, "--json"))[name]
    assert found == empty if empty is not None else found[0]["passages"] > 0


def test_a_map_names_what_its_letters_mean(explore: Shown) -> None:
    shown = explore("map")
    assert "\nA  " in shown
    assert "of what tells the documents apart" in shown


def test_texts_are_compared_and_words_found(explore: Shown) -> None:
    assert json.loads(explore("similar", "a backup", "two backups", "--json"))["cosines"][0][0] == 1.0
    assert len(json.loads(explore("analogy", "albums", "album", "picture", "--json"))["terms"]) == 10
    assert "a backup" in explore("similar", "a backup", "[red]")


def test_what_cannot_be_done_is_named_with_the_remedy(explore: Shown) -> None:
    assert "two to" in explore("similar", "alone", code=1)
    assert "knowbot ingest" in explore("topics", "--space", "other", code=1)
