"""The command line as a user meets it, each command a process of its own."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command_line import EXAMPLE, ROOT, KnowbotCommand
from tests.web_server import Page, article, serving, sitemap

PAGES = {
    "faq.md": "# FAQ\n\n## How do I reset my password?\n\nOpen Settings, choose Account and press Reset password.\n\n"
    "## What does the yearly plan cost?\n\nThe yearly plan costs 49 euros and includes two terabytes.\n",
    "install.html": "<html><head><title>Install</title><script>track()</script></head><body><nav>Home</nav><main>"
    "<h1>Install</h1><h2 id='docker'>Docker</h2><p>Run the container on port 8090.</p></main></body></html>",
    "notes.txt": "The nightly backup runs at three in the morning and keeps fourteen copies.",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small folder of documents."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in PAGES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def knowbot(tmp_path: Path) -> KnowbotCommand:
    return KnowbotCommand(tmp_path / "data")


def test_help_names_every_command_and_imports_no_heavy_library() -> None:
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bot", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in (
        "init",
        "ingest",
        "ask",
        "chat",
        "refresh",
        "reindex",
        "index",
        "tokens",
        "costs",
        "evaluate",
        "doctor",
    ):
        assert name in shown.stdout
    for heavy in ("torch", "sentence_transformers", "numpy", "textual", "discord", "pydantic"):
        assert f" {heavy}\n" not in shown.stderr


def test_a_question_is_answered_from_the_ingested_folder_with_its_address(
    knowbot: KnowbotCommand, folder: Path
) -> None:
    assert "3 new, 0 changed, 0 unchanged" in knowbot.ok("ingest", str(folder))
    answer = json.loads(knowbot.ok("ask", "how do I reset my password", "--json"))
    assert set(answer) == {"decision", "answer", "confidence", "off_topic_score", "sources", "ms"}
    assert answer["sources"][0]["location"] == "faq.md#how-do-i-reset-my-password"
    assert answer["sources"][0]["quote"] == "Open Settings, choose Account and press Reset password."
    assert 0 <= answer["confidence"] <= 1
    assert "track" not in json.dumps(answer)


def test_a_second_ingest_encodes_nothing_and_says_so(knowbot: KnowbotCommand, folder: Path) -> None:
    knowbot.ok("ingest", str(folder))
    again = knowbot.ok("ingest", str(folder))
    assert "0 new, 0 changed, 3 unchanged, 0 gone" in again
    assert "nothing was encoded" in again


def test_changed_and_deleted_files_are_taken_up_by_refresh(knowbot: KnowbotCommand, folder: Path) -> None:
    knowbot.ok("ingest", str(folder))
    (folder / "notes.txt").write_text("The nightly backup runs at five and keeps thirty copies.", encoding="utf-8")
    (folder / "install.html").unlink()
    assert "0 new, 1 changed, 1 unchanged, 1 gone" in knowbot.ok("refresh")
    answer = json.loads(knowbot.ok("ask", "when does the nightly backup run", "--json"))
    assert "thirty copies" in answer["sources"][0]["quote"]
    assert "install.html" not in json.dumps(answer)


def test_a_folder_that_is_not_mounted_does_not_empty_the_knowledge(knowbot: KnowbotCommand, folder: Path) -> None:
    knowbot.ok("ingest", str(folder))
    folder.rename(folder.with_name("away"))
    assert "its documents are kept" in knowbot.refused("refresh")
    assert json.loads(knowbot.ok("ask", "reset my password", "--json"))["sources"]


def test_chat_reads_questions_from_a_pipe(knowbot: KnowbotCommand, folder: Path) -> None:
    knowbot.ok("ingest", str(folder))
    conversation = knowbot.ok("chat", typed="how do I reset my password?\n\nthanks!\nnull \0 byte\n")
    assert "you> how do I reset my password?" in conversation
    assert "faq.md#how-do-i-reset-my-password" in conversation
    assert "you> thanks!" in conversation


@pytest.mark.parametrize("question", ["🎉🎉", "word " * 800, "<|endoftext|>", "?", 'AND OR NOT "', "e\u0301te\u0301"])
def test_odd_questions_get_an_answer(knowbot: KnowbotCommand, folder: Path, question: str) -> None:
    knowbot.ok("ingest", str(folder))
    assert json.loads(knowbot.ok("ask", question, "--json"))["decision"] in {
        "answer",
        "unsure",
        "off_topic",
        "small_talk",
    }


def test_bad_questions_and_places_are_refused_in_a_sentence(knowbot: KnowbotCommand, tmp_path: Path) -> None:
    assert "nothing has been ingested" in knowbot.refused("ask", "anything?")
    (tmp_path / "empty").mkdir()
    assert "holds no document" in knowbot.refused("ingest", str(tmp_path / "empty"))
    assert "does not exist" in knowbot.refused("ingest", str(tmp_path / "nowhere"))
    assert "not a public address" in knowbot.refused("ingest", "http://127.0.0.1/page")


def test_an_empty_question_is_refused_in_a_sentence(knowbot: KnowbotCommand, folder: Path) -> None:
    knowbot.ok("ingest", str(folder))
    assert "there is no question" in knowbot.refused("ask", "  ")


def test_unreadable_files_are_named_and_the_rest_goes_on(knowbot: KnowbotCommand, folder: Path) -> None:
    (folder / "picture.md").write_bytes(bytes(range(256)) * 40)
    (folder / "latin.txt").write_bytes("Die Prüfung der Übertragung dauert fünf Minuten.".encode("latin-1"))
    (folder / "huge.md").write_bytes(b"a " * 13_000_000)
    (folder / "broken.html").write_text("<html><body><p>Unclosed <b>but readable", encoding="utf-8")
    (folder / "blank.md").write_text("\n\n", encoding="utf-8")
    report = knowbot.ok("ingest", str(folder))
    assert "5 new" in report
    for name in ("picture.md", "huge.md", "blank.md"):
        assert f"skipped {name}: " in report
    answer = json.loads(knowbot.ok("ask", "Wie lange dauert die Prüfung der Übertragung", "--json"))
    assert answer["sources"][0]["quote"] == "Die Prüfung der Übertragung dauert fünf Minuten."


def test_a_dry_run_counts_and_stores_nothing(knowbot: KnowbotCommand, folder: Path) -> None:
    assert "would be encoded" in knowbot.ok("ingest", str(folder), "--dry-run")
    assert "nothing has been ingested" in knowbot.refused("ask", "reset my password")


def test_a_corrupt_database_is_refused_and_left_as_it_is(knowbot: KnowbotCommand, folder: Path) -> None:
    knowbot.ok("ingest", str(folder))
    database = knowbot.data_dir / "knowbot.db"
    database.write_bytes(b"this is no database" * 100)
    before = database.read_bytes()
    assert "nothing was changed" in knowbot.refused("ask", "reset my password")
    assert "nothing was changed" in knowbot.refused("ingest", str(folder))
    assert database.read_bytes() == before


def test_a_reindex_switches_and_a_rollback_returns(knowbot: KnowbotCommand, folder: Path) -> None:
    knowbot.ok("ingest", str(folder))
    assert "switched to generation 2" in knowbot.ok("reindex", "--encoder", "hashing:128")
    told = knowbot.ok("doctor")
    assert "128 dimensions" in told
    assert "(active): recall 100.0%" in told
    (folder / "new.md").write_text("# Quota\n\nEvery member may upload nine gigabytes.", encoding="utf-8")
    knowbot.ok("ingest", str(folder))
    assert "generation 1 answers again" in knowbot.ok("index", "rollback")
    answer = json.loads(knowbot.ok("ask", "how many gigabytes may a member upload", "--json"))
    assert answer["sources"][0]["location"].startswith("new.md")
    assert "complete and agrees" in knowbot.ok("index", "verify")


def test_a_damaged_index_file_is_rebuilt_and_answers_stay_the_same(knowbot: KnowbotCommand, folder: Path) -> None:
    knowbot.ok("ingest", str(folder))
    before = json.loads(knowbot.ok("ask", "reset my password", "--json"))["sources"]
    files = [path for path in (knowbot.data_dir / "index").iterdir() if path.is_file()]
    assert files
    for path in files:
        path.write_bytes(b"\x00garbage" * 50)
    assert json.loads(knowbot.ok("ask", "reset my password", "--json"))["sources"] == before


def test_tokens_are_counted_in_every_vocabulary_with_their_ids(knowbot: KnowbotCommand) -> None:
    shown = json.loads(knowbot.ok("tokens", "hello <|endoftext|> world", "--json"))["encodings"]
    assert [each["name"] for each in shown][:2] == ["o200k_base", "cl100k_base"]
    assert len(shown) == 3
    for each in shown:
        assert each["token_count"] == len(each["tokens"])
        assert set(each) == {
            "name", "token_count", "char_count", "chars_per_token", "tokens", "token_ids", "estimate",
        }  # fmt: skip


def test_costs_show_what_was_encoded_by_day_and_model(knowbot: KnowbotCommand, folder: Path) -> None:
    knowbot.ok("ingest", str(folder))
    ledger = json.loads(knowbot.ok("costs", "--json"))["ledger"]
    ingest = next(line for line in ledger if line["operation"] == "ingest")
    assert ingest["prompt_tokens"] > 30
    assert ingest["day"] == time.strftime("%Y-%m-%d", time.gmtime())
    assert "ingest" in knowbot.ok("costs")


def test_options_are_taken_before_and_after_the_command(tmp_path: Path, folder: Path) -> None:
    knowbot = KnowbotCommand(tmp_path / "unused")
    knowbot.ok("ingest", str(folder), "--data-dir", str(tmp_path / "other"))
    assert (tmp_path / "other" / "knowbot.db").exists()
    assert not (tmp_path / "unused").exists()


def test_settings_come_from_the_file_and_a_wrong_key_is_named(knowbot: KnowbotCommand, tmp_path: Path) -> None:
    config = tmp_path / "knowbot.toml"
    assert "wrote" in knowbot.ok("init", "--config", str(config))
    assert "was left alone" in knowbot.refused("init", "--config", str(config))
    config.write_text("spaces = 3\n", encoding="utf-8")
    assert "'spaces'" in knowbot.refused("doctor", "--config", str(config))
    config.write_text("space = \n", encoding="utf-8")
    assert "not valid TOML" in knowbot.refused("doctor", "--config", str(config))


def test_wrong_usage_exits_with_two(knowbot: KnowbotCommand) -> None:
    assert knowbot.run("ask").returncode == 2
    assert knowbot.run("no-such-command").returncode == 2


def test_questions_are_recorded_with_their_sources(knowbot: KnowbotCommand, folder: Path) -> None:
    knowbot.ok("ingest", str(folder))
    knowbot.ok("ask", "how do I reset my password")
    with sqlite3.connect(knowbot.data_dir / "knowbot.db") as db:
        assert db.execute("SELECT question FROM interaction").fetchall() == [("how do I reset my password",)]
        assert db.execute("SELECT count(*) FROM citation").fetchone()[0] >= 1


def test_the_example_ingests_without_a_skipped_file(knowbot: KnowbotCommand) -> None:
    assert "0 gone, 0 skipped" in knowbot.ok("ingest", str(EXAMPLE))


def test_a_dry_reindex_says_how_much_there_is_to_encode(knowbot: KnowbotCommand, folder: Path) -> None:
    assert "nothing has been ingested" in knowbot.refused("reindex", "--dry-run")
    knowbot.ok("ingest", str(folder))
    planned = knowbot.ok("reindex", "--encoder", "hashing:64", "--dry-run")
    assert re.search(r"^4 chunks with \d+ tokens in 64 dimensions$", planned, re.MULTILINE)
    assert "6 texts with" in planned  # two headings are questions
    assert "price: nothing; time: about" in planned
    assert "1 active" in " ".join(knowbot.ok("index", "list").split())


def test_a_sitemap_is_ingested_refreshed_and_ignored_files_stay_out(folder: Path, tmp_path: Path) -> None:
    with serving() as site:
        site.pages |= {
            "/sitemap.xml": sitemap(site.url("/lamp")),
            "/lamp": article("Lamp", "The lamp burns for nine hours."),
        }
        command = KnowbotCommand(tmp_path / "web", settings=(("KNOWBOT_ALLOW_HOSTS", '["127.0.0.1"]'),))
        assert "1 new" in command.ok("ingest", site.url("/sitemap.xml"), "--dry-run")
        shown = command.ok("ingest", site.url("/sitemap.xml"), str(folder), "--ignore", "*.html", "--ignore", "notes.*")
        assert "1 new, 0 changed" in shown.splitlines()[0]
        assert site.url("/lamp#lamp") in command.ok("ask", "how long does the lamp burn")
        site.pages["/lamp"] = Page(b"", 410)
        shown = command.ok("refresh")
        assert "1 gone, 0 skipped" in shown
        assert "install.html" not in shown
