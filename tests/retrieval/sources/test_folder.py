"""Which files of a folder are documents."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from retrieval.extract import UnsupportedFormatError
from retrieval.sources.folder import walk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ["b.md", "a/z.html", "a/index.md", "c.txt", "a.md"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"text of {name}")
    return tmp_path


def locations(root: Path, *ignore: str) -> list[str]:
    return [file.location for file in walk(root, ignore)]


def test_documents_come_sorted_by_their_path_below_the_root(folder: Path) -> None:
    assert locations(folder) == ["a.md", "a/index.md", "a/z.html", "b.md", "c.txt"]


def test_a_found_file_tells_its_size_and_time_and_reads_itself(folder: Path) -> None:
    os.utime(folder / "b.md", (0, 1234.5))
    file = next(file for file in walk(folder) if file.location == "b.md")
    assert (file.size, file.modified_at, file.path) == (12, 1234.5, folder / "b.md")
    assert file.extract(file.read()).text == "text of b.md"


@pytest.mark.parametrize(
    "junk", [".hidden.md", ".git/a.md", "node_modules/a.md", "__pycache__/a.md", "picture.png", "code.py", "noext"]
)
def test_hidden_files_and_junk_are_passed_over(folder: Path, junk: str) -> None:
    before = locations(folder)
    (folder / junk).parent.mkdir(exist_ok=True)
    (folder / junk).write_text("junk")
    assert locations(folder) == before


def test_documents_that_nobody_reads_are_offered_so_that_they_are_reported(folder: Path) -> None:
    (folder / "paper.ODT").write_text("PK")
    (file,) = (file for file in walk(folder) if file.location == "paper.ODT")
    with pytest.raises(UnsupportedFormatError, match=r"paper\.ODT"):
        file.read()


def test_what_is_to_be_ignored_is_named_by_patterns(folder: Path) -> None:
    assert locations(folder, "a/*", "*.txt") == ["a.md", "b.md"]


def test_a_single_file_is_a_source_whatever_its_suffix(folder: Path) -> None:
    assert locations(folder / "a" / "z.html") == ["z.html"]
    (folder / "x.png").write_text("png")
    assert locations(folder / "x.png") == ["x.png"]


def test_a_missing_folder_holds_nothing(tmp_path: Path) -> None:
    assert locations(tmp_path / "nowhere") == []


def test_links_are_followed_but_loops_end(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "d.md").write_text("text")
    (folder / "linked").symlink_to(elsewhere)
    (folder / "a" / "loop").symlink_to(folder)
    (elsewhere / "back").symlink_to(elsewhere)
    (folder / "broken.md").symlink_to(folder / "gone.md")
    assert locations(folder) == ["a.md", "a/index.md", "a/z.html", "b.md", "c.txt", "linked/d.md"]


def test_a_pipe_is_no_document(folder: Path) -> None:
    os.mkfifo(folder / "pipe.md")
    assert "pipe.md" not in locations(folder)
