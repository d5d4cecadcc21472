"""People are told apart and not named."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.author_key import FILE, AuthorKey
from storage.database import FolderUnusableError


def test_a_person_has_one_hash_and_two_people_have_two(tmp_path: Path) -> None:
    key = AuthorKey(tmp_path)
    assert key.hash(1) == key.hash(1) == AuthorKey(tmp_path).hash(1)
    assert key.hash(1) != key.hash(2)
    assert len(key.hash(2**63)) == 32


def test_without_the_key_a_hash_matches_nobody(tmp_path: Path) -> None:
    before = AuthorKey(tmp_path).hash(1)
    (tmp_path / FILE).unlink()
    assert AuthorKey(tmp_path).hash(1) != before


def test_only_its_user_may_read_the_key(tmp_path: Path) -> None:
    AuthorKey(tmp_path)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_many_that_start_at_once_agree_on_one_key_and_leave_nothing_else(tmp_path: Path) -> None:
    for attempt in range(20):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        with ThreadPoolExecutor(4) as pool:
            hashes = set(pool.map(lambda _, folder=folder: AuthorKey(folder).hash(1), range(4)))
        assert len(hashes) == 1
        assert [path.name for path in folder.iterdir()] == [FILE]


def test_a_folder_that_cannot_hold_the_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(FolderUnusableError, match="nowhere"):
        AuthorKey(tmp_path / "nowhere")
