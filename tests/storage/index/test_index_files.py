from __future__ import annotations

import json
import logging
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from storage.database import DiskFullError, FolderUnusableError
from storage.index.graph import Reach, built, reach_of
from storage.index.index_files import IndexFiles, saved_recall
from storage.rows import Rows
from storage.stores import open_stores
from storage.vector_index import VectorIndex
from tests.storage.building import Corpus, new_corpus, random_units

QUERIES = random_units(5, seed=99)

STEPS = 10
DIE_AT_EVERY_STEP = """
import os, shutil, sys
from pathlib import Path
from storage.stores import open_stores
from storage.vector_index import VectorIndex

def save_and_die(folder, last_step):
    steps = iter(range(1, last_step))
    def dying(step):
        return lambda *arguments: step(*arguments) if next(steps, None) else os._exit(9)
    stores = open_stores(folder)
    index = VectorIndex(stores, stores.generations.active("default"))
    os.fsync, os.replace, os.unlink = dying(os.fsync), dying(os.replace), dying(os.unlink)
    index.save()
    os._exit(0)

before, steps = Path(sys.argv[1]), int(sys.argv[2])
for step in range(1, steps + 1):
    folder = shutil.copytree(before, before.parent / str(step))
    child = os.fork()
    if child == 0:
        save_and_die(folder, step)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def names(corpus: Corpus) -> list[str]:
    return sorted(path.name for path in (corpus.stores.data_dir / "index").iterdir())


def brute_force(corpus: Corpus) -> list[list[int]]:
    ids, matrix = corpus.stores.vectors.of(corpus.stores.vectors.ids(corpus.generation.id).tolist())
    return [[hit.vector_id for hit in found] for found in Rows(ids, matrix).search(QUERIES, 5)]


def found_by_graph(corpus: Corpus) -> list[list[int]]:
    index = VectorIndex(corpus.stores, corpus.generation, exact_up_to=0)
    return [[hit.vector_id for hit in found] for found in index.search(QUERIES, 5)]


def test_the_manifest_names_the_file_and_old_files_are_swept(corpus: Corpus) -> None:
    index = VectorIndex(corpus.stores, corpus.generation)
    for location in ("a.md", "b.md"):
        corpus.add(location, random_units(20))
        index.save()
        manifest = json.loads((corpus.stores.data_dir / "index" / "1.json").read_text())["manifest"]
        assert names(corpus) == [manifest["file"], "1.json"]
    assert (manifest["count"], manifest["sequence"]) == (40, 40)


def test_files_of_dropped_generations_are_swept(corpus: Corpus) -> None:
    stores = corpus.stores
    chunks = corpus.add("a.md", random_units(3))
    other = stores.generations.create("default", corpus.generation.chunking_id, "other", {}, 8, 1.0)
    stores.vectors.put(other.id, [(chunk, "passage", "hash", random_units(1)[0]) for chunk in chunks])
    VectorIndex(stores, other).save()
    VectorIndex(stores, corpus.generation).save()
    assert len(names(corpus)) == 4
    stores.generations.drop(other.id)
    corpus.add("b.md", random_units(3))
    VectorIndex(stores, corpus.generation).save()
    assert all(name.startswith(str(corpus.generation.id)) for name in names(corpus))


@pytest.mark.parametrize("had_a_file", [True, False])
def test_a_save_may_be_killed_at_any_step(tmp_path: Path, had_a_file: bool) -> None:
    with open_stores(tmp_path / "before") as stores:
        corpus = new_corpus(stores)
        corpus.add("a.md", random_units(30))
        if had_a_file:
            VectorIndex(stores, corpus.generation).save()
        corpus.add("b.md", random_units(30, seed=1))
        stores.documents.delete("default", "a.md")
    command = [sys.executable, "-c", DIE_AT_EVERY_STEP, str(tmp_path / "before"), str(STEPS)]
    done = subprocess.run(command, cwd=Path(__file__).parents[3], stdout=subprocess.PIPE, check=True, text=True)
    codes = done.stdout.split()
    assert codes[:6] == ["9"] * 6
    assert codes[-1] == "0"
    for step in range(1, STEPS + 1):
        with open_stores(tmp_path / str(step)) as stores:
            after = Corpus(stores, corpus.generation)
            assert found_by_graph(after) == brute_force(after)
            index = VectorIndex(stores, corpus.generation)
            index.save()
            assert index.verify() == []


def test_who_comes_second_publishes_nothing(corpus: Corpus) -> None:
    corpus.add("a.md", random_units(5))
    files = IndexFiles(corpus.stores, corpus.generation, "bf16")
    before = files.stamp()
    graph = built(8, "bf16", [Rows(*corpus.stores.vectors.of([1, 2, 3, 4, 5]))])
    files.publish(graph, 5, reach_of(graph, random_units(3)), instead_of=before)
    first, stamp = names(corpus), files.stamp()
    files.publish(built(8, "bf16", []), 5, Reach(64, 1.0), instead_of=before)
    assert names(corpus) == first
    assert files.stamp() == stamp != before


def test_what_a_graph_finds_is_kept_with_its_file(corpus: Corpus) -> None:
    corpus.add("a.md", random_units(5))
    number = corpus.generation.id
    assert saved_recall(corpus.stores, number) is None
    files = IndexFiles(corpus.stores, corpus.generation, "bf16")
    graph = built(8, "bf16", [Rows(*corpus.stores.vectors.of([1, 2, 3, 4, 5]))])
    for reach, said in ((Reach(0, 0.5), 1.0), (Reach(64, 0.993), 0.993)):
        files.publish(graph, 5, reach, instead_of=files.stamp())
        assert saved_recall(corpus.stores, number) == said
    manifest = corpus.stores.data_dir / "index" / f"{number}.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"recall"', '"of another version"'), "utf-8")
    assert saved_recall(corpus.stores, number) is None


def test_an_unfinished_file_that_was_swept_is_given_up(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus.add("a.md", random_units(5))
    index, real = VectorIndex(corpus.stores, corpus.generation), os.fsync

    def publish_first(handle: int) -> None:
        monkeypatch.setattr(os, "fsync", real)
        VectorIndex(corpus.stores, corpus.generation).save()
        real(handle)

    monkeypatch.setattr(os, "fsync", publish_first)
    index.save()
    assert len(names(corpus)) == 2
    assert index.verify() == []


def test_a_full_disk_leaves_the_file_from_before(corpus: Corpus) -> None:
    corpus.add("a.md", random_units(50))
    index = VectorIndex(corpus.stores, corpus.generation)
    index.save()
    before = names(corpus)
    corpus.add("b.md", random_units(500, seed=1))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
    try:
        with pytest.raises(DiskFullError, match=r"could not be written .*free some space"):
            index.save()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert names(corpus) == before
    assert found_by_graph(corpus) == brute_force(corpus)
    index.save()
    assert index.verify() == []


def test_a_folder_in_the_way_is_named(corpus: Corpus) -> None:
    corpus.add("a.md", random_units(5))
    (corpus.stores.data_dir / "index").write_text("in the way")
    with pytest.raises(FolderUnusableError, match="index cannot be opened for writing"):
        VectorIndex(corpus.stores, corpus.generation).save()


def damage_the_manifest(folder: Path) -> None:
    (folder / "1.json").write_text("{")


def remove_the_manifest(folder: Path) -> None:
    (folder / "1.json").unlink()


def remove_the_file(folder: Path) -> None:
    next(folder.glob("1-*")).unlink()


def cut_the_file(folder: Path) -> None:
    os.truncate(next(folder.glob("1-*")), 500)


def empty_the_file(folder: Path) -> None:
    os.truncate(next(folder.glob("1-*")), 0)


def change_a_number_in_the_manifest(folder: Path) -> None:
    path = folder / "1.json"
    path.write_text(path.read_text().replace('"sequence": 60', '"sequence": 20'))


@pytest.mark.parametrize(
    "harm",
    [
        damage_the_manifest,
        remove_the_manifest,
        remove_the_file,
        cut_the_file,
        empty_the_file,
        change_a_number_in_the_manifest,
    ],
)
def test_a_file_that_cannot_be_believed_is_said_and_written_again(
    corpus: Corpus, harm: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    corpus.add("a.md", random_units(60))
    VectorIndex(corpus.stores, corpus.generation).save()
    harm(corpus.stores.data_dir / "index")
    with caplog.at_level(logging.WARNING):
        assert found_by_graph(corpus) == brute_force(corpus)
    assert "The index file of generation 1 is not used because" in caplog.text
    index = VectorIndex(corpus.stores, corpus.generation)
    assert index.needs_saving()
    assert len(index.verify()) == 1
    index.save()
    assert index.verify() == []
    assert not index.needs_saving()


def test_files_of_another_generation_are_foreign(corpus: Corpus, caplog: pytest.LogCaptureFixture) -> None:
    stores = corpus.stores
    chunks = corpus.add("a.md", random_units(30))
    other = stores.generations.create("default", corpus.generation.chunking_id, "other", {}, 8, 1.0)
    vectors = random_units(30, seed=1)
    stores.vectors.put(other.id, [(chunk, "passage", "h", v) for chunk, v in zip(chunks, vectors, strict=True)])
    VectorIndex(stores, other).save()
    folder = stores.data_dir / "index"
    for file in list(folder.iterdir()):
        shutil.copy(file, folder / file.name.replace("2", "1", 1))
    assert found_by_graph(corpus) == brute_force(corpus)
    assert "is of Identity(generation=2" in caplog.text


def test_a_file_of_other_storage_or_fingerprint_is_foreign(corpus: Corpus, caplog: pytest.LogCaptureFixture) -> None:
    corpus.add("a.md", random_units(30))
    VectorIndex(corpus.stores, corpus.generation, dtype="f16").save()
    assert found_by_graph(corpus) == brute_force(corpus)
    assert "dtype='f16'" in caplog.text
    VectorIndex(corpus.stores, corpus.generation).save()
    corpus.stores.db.execute("UPDATE generation SET fingerprint = 'changed'")
    caplog.clear()
    assert found_by_graph(Corpus(corpus.stores, corpus.stores.generations.get(1))) == brute_force(corpus)
    assert "fingerprint='fingerprint'" in caplog.text


def test_a_file_newer_than_a_restored_database_is_not_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with open_stores(tmp_path / "data") as stores:
        corpus = new_corpus(stores)
        corpus.add("a.md", random_units(20))
    backup = shutil.copy(tmp_path / "data" / "knowbot.db", tmp_path / "backup.db")
    with open_stores(tmp_path / "data") as stores:
        Corpus(stores, corpus.generation).add("b.md", random_units(20, seed=1))
        VectorIndex(stores, corpus.generation).save()
    shutil.copy(backup, tmp_path / "data" / "knowbot.db")
    with open_stores(tmp_path / "data") as stores:
        restored = Corpus(stores, corpus.generation)
        assert found_by_graph(restored) == brute_force(restored)
        assert "newer than the database" in caplog.text
        restored.add("c.md", random_units(60, seed=2))
        assert found_by_graph(restored) == brute_force(restored)


def test_nothing_is_said_where_there_never_was_a_file(corpus: Corpus, caplog: pytest.LogCaptureFixture) -> None:
    corpus.add("a.md", random_units(20))
    assert found_by_graph(corpus) == brute_force(corpus)
    assert caplog.text == ""


def test_one_flipped_bit_anywhere_changes_no_answer(corpus: Corpus) -> None:
    corpus.add("a.md", random_units(60))
    VectorIndex(corpus.stores, corpus.generation).save()
    folder, expected = corpus.stores.data_dir / "index", brute_force(corpus)
    sound = {path: path.read_bytes() for path in folder.iterdir()}
    draw = np.random.default_rng(0)
    for path, content in sound.items():
        for position in draw.integers(len(content), size=60):
            flipped = bytearray(content)
            flipped[position] ^= 1 << int(draw.integers(8))
            path.write_bytes(flipped)
            assert found_by_graph(corpus) == expected
        path.write_bytes(content)
