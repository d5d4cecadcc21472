"""Vocabularies are found on the machine, checked, and never waited for."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.counting import vocabulary
from retrieval.counting.vocabulary import VOCABULARIES, Vocabulary, VocabularyUnavailableError, load_encoding


@pytest.fixture
def silent_server() -> Iterator[str]:
    """The address of a server that accepts a connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/vocabulary"


def test_the_packaged_copy_is_unpacked_into_our_own_folder(tmp_path: Path) -> None:
    assert load_encoding("cl100k_base", tmp_path).encode("hello") == [15339]
    kept = tmp_path / VOCABULARIES["cl100k_base"].cache_name
    assert VOCABULARIES["cl100k_base"].accepts(kept.read_bytes())


def test_a_damaged_copy_is_replaced(tmp_path: Path) -> None:
    kept = tmp_path / VOCABULARIES["cl100k_base"].cache_name
    kept.write_bytes(b"damaged")
    load_encoding("cl100k_base", tmp_path)
    assert VOCABULARIES["cl100k_base"].accepts(kept.read_bytes())


def test_a_copy_in_tiktokens_own_folder_is_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_encoding("cl100k_base", tmp_path / "theirs")
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path / "theirs"))
    monkeypatch.setattr(vocabulary, "_packaged", lambda _: iter(()))
    load_encoding("cl100k_base", tmp_path / "ours")
    assert (tmp_path / "ours" / VOCABULARIES["cl100k_base"].cache_name).exists()


def test_the_environment_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
    load_encoding("cl100k_base", tmp_path)
    assert "TIKTOKEN_CACHE_DIR" not in os.environ


def test_a_vocabulary_that_is_nowhere_is_refused_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vocabulary, "_copies", lambda _: iter([b"something else"]))
    with pytest.raises(VocabularyUnavailableError, match=r"r50k_base.*knowbot\[offline\]"):
        load_encoding("r50k_base", tmp_path)


def test_a_folder_that_cannot_be_written_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(VocabularyUnavailableError, match="file"):
        load_encoding("cl100k_base", tmp_path / "file" / "folder")


def test_a_server_that_never_answers_is_given_up(silent_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "DOWNLOAD_SECONDS", 0.2)
    before = time.monotonic()
    assert list(vocabulary._downloaded(silent_server)) == []
    assert time.monotonic() - before < 2


def test_a_server_that_refuses_is_given_up() -> None:
    assert list(vocabulary._downloaded("http://127.0.0.1:9/nothing")) == []


def test_threads_that_load_at_once_agree(tmp_path: Path) -> None:
    names: list[str] = []
    threads = [
        threading.Thread(target=lambda: names.append(load_encoding("cl100k_base", tmp_path).name)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names == ["cl100k_base"] * 4


def test_a_vocabulary_knows_the_name_that_tiktoken_caches_it_under() -> None:
    assert Vocabulary("cl100k_base", "").cache_name == "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
