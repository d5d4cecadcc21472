"""``knowbot tokens`` and ``knowbot tokens train``, as a user meets them."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli import main
from storage.records import DocumentDraft
from storage.stores import open_stores
from tests.command_line import EXAMPLE

PAGE = """<html><body><nav><a href='/'>Home</a> and much more</nav><main><h1>Pears</h1><p>Pears ripen in autumn.</p>
</main></body></html>"""


@dataclass(frozen=True)
class InProcess:
    """The command line over one data folder, without the price of a process a call."""

    data_dir: Path
    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["--data-dir", str(self.data_dir), *arguments])
        return int(str(left.value.code)), *self.capsys.readouterr()

    def ok(self, *arguments: str) -> str:
        code, out, err = self.run(*arguments)
        assert code == 0, err
        return out

    def refused(self, *arguments: str) -> str:
        code, _, err = self.run(*arguments)
        assert code == 1
        return err


@pytest.fixture
def knowbot(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> InProcess:
    monkeypatch.setenv("KNOWBOT_ENCODER", "hashing")
    return InProcess(tmp_path / "data", capsys)


@pytest.fixture
def fed(knowbot: InProcess) -> InProcess:
    """Knows the pages of the example and has trained a tokenizer on them."""
    with open_stores(knowbot.data_dir) as stores:
        for path in EXAMPLE.rglob("*.md"):
            text = path.read_text(encoding="utf-8")
            stores.documents.put("default", DocumentDraft(str(path), path.stem, text, "markdown", path.stem), 0.0)
    shown = knowbot.ok("tokens", "train", "--kind", "bpe", "--vocab", "600")
    assert "bpe-600 has learnt from" in shown
    assert "o200k_base" in shown
    assert (knowbot.data_dir / "tokenizers" / "bpe-600.json").is_file()
    return knowbot


def test_a_comparison_comes_before_the_tokens_and_waste_after(knowbot: InProcess) -> None:
    shown = knowbot.ok("tokens", "pears     and\n1234567 apples", "--encoding", "cl100k_base", "--encoding", "gpt-5")
    table, first, second = shown.split("\n\n")
    assert [line.split()[0] for line in table.splitlines()] == ["encoding", "cl100k_base", "o200k_base"]
    assert "|·and|↵|123|456|7|" in first
    assert "waste: digits" in first
    assert "waste: whitespace" in first
    assert second.startswith("o200k_base")


def test_an_encoding_that_is_not_on_the_machine_is_labelled_an_estimate(
    knowbot: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.counting.vocabulary._copies", lambda vocabulary: iter(()))
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(knowbot.data_dir / name))
    shown = knowbot.ok("tokens", "pears", "--encoding", "p50k_edit")
    assert "an estimate: its vocabulary is not on this machine" in shown


def test_a_page_is_shown_raw_stripped_and_cleaned(knowbot: InProcess, tmp_path: Path) -> None:
    (tmp_path / "pears.html").write_text(PAGE)
    found = json.loads(knowbot.ok("tokens", str(tmp_path / "pears.html"), "--encoding", "o200k_base", "--json"))
    assert found["page"][0]["raw"] == found["encodings"][0]["token_count"]
    assert found["page"][0]["raw"] > found["page"][0]["stripped"] > found["page"][0]["cleaned"] > 0
    assert found["waste"][0]["cause"] == "HTML"
    assert "without tags" in knowbot.ok("tokens", str(tmp_path / "pears.html"), "--encoding", "o200k_base")


def test_standard_input_is_counted_whatever_bytes_it_holds(knowbot: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"hello world\0\xff")))
    found = json.loads(knowbot.ok("tokens", "-", "--encoding", "cl100k_base", "--json"))
    assert found["encodings"][0]["token_ids"][:2] == [15339, 1917]
    assert found["encodings"][0]["char_count"] == 13
    assert set(found) == {"encodings", "waste"}


def test_the_word_train_can_be_counted_after_two_dashes(knowbot: InProcess) -> None:
    found = json.loads(knowbot.ok("tokens", "--encoding", "cl100k_base", "--json", "--", "train"))
    assert found["encodings"][0]["tokens"] == ["train"]
    assert "tokens train" in knowbot.ok("tokens", "--help")
    assert "--vocab" in knowbot.ok("tokens", "train", "--help")


def test_a_trained_tokenizer_joins_the_comparison_and_answers_to_its_short_name(fed: InProcess) -> None:
    joined = json.loads(fed.ok("tokens", "Lanternfish", "--json"))["encodings"]
    assert [each["name"] for each in joined] == ["o200k_base", "cl100k_base", "words", "bpe-600"]
    named = json.loads(fed.ok("tokens", "Lanternfish", "--encoding", "bpe-600", "--json"))["encodings"]
    assert named == [joined[-1]]
    assert "".join(named[0]["tokens"]) == "Lanternfish"


def test_a_trained_tokenizer_may_stand_elsewhere_but_replaces_no_file(fed: InProcess, tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    arguments = ("tokens", "train", "--kind", "wordpiece", "--vocab", "500", "--out", str(own))
    assert f"--encoding {own}" in fed.ok(*arguments)
    before = own.read_bytes()
    assert "exists already" in fed.refused(*arguments)
    assert own.read_bytes() == before
    assert fed.run(*arguments[:-1], str(tmp_path / "own.txt"))[0] == 2


def test_training_without_documents_is_refused(knowbot: InProcess) -> None:
    assert "nothing has been ingested" in knowbot.refused("tokens", "train", "--kind", "bpe", "--vocab", "600")


def test_a_vocabulary_that_cannot_be_had_is_refused(fed: InProcess) -> None:
    assert "no more than" in fed.refused("tokens", "train", "--kind", "bpe", "--vocab", "90000")
    assert fed.run("tokens", "train", "--kind", "bpe", "--vocab", "12")[0] == 2
