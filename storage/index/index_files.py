"""The graph on disk: one immutable file and a manifest that says which, checked before anything believes it.

``<generation>.json`` names ``<generation>-<sequence>-<crc32>.usearch``. A new file never takes the name of another, and
the manifest is replaced last: whenever the power goes, the manifest that is there names a complete file, the old one
or the new one. What no manifest names is litter that the next save sweeps up. A process that still maps a swept file
keeps it until it lets go.
"""

from __future__ import annotations

import json
import logging
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

import usearch
from usearch.index import Index

from storage.database import disk_full, in_words
from storage.index.graph import Reach, set_width
from storage.index.whole_files import crc32_of, sync
from storage.records import Generation
from storage.stores import Stores

logger = logging.getLogger(__name__)

Stamp = tuple[int, int]


@dataclass(frozen=True)
class Identity:
    """What a file's vectors are; a file of another identity is foreign."""

    generation: int
    fingerprint: str
    dimensions: int
    dtype: str
    usearch: str


@dataclass(frozen=True)
class Manifest:
    """What a file holds: ``count`` vectors, as they were after change ``sequence``.

    ``width`` is the expansion that the graph has to be searched with, 0 where it misses too much at any; ``recall`` is
    the share (0-1) of the nearest that it found so when it was saved, None in the files of former versions.
    """

    identity: Identity
    file: str
    size: int
    crc32: int
    count: int
    sequence: int
    width: int
    recall: float | None = None


@dataclass(frozen=True)
class Base:
    """A sound file, opened; ``tombstones`` are the removed vectors that its graph still carries."""

    manifest: Manifest
    graph: Index
    tombstones: int = 0


class UnusableIndexError(Exception):
    """A file or manifest that cannot be believed, with the reason; it never leaves the storage."""


class IndexFiles:
    """The files of one generation."""

    def __init__(self, stores: Stores, generation: Generation, dtype: str) -> None:
        self._stores = stores
        self._folder = stores.data_dir / "index"
        self._identity = Identity(
            generation.id, generation.fingerprint, generation.dimensions, dtype, usearch.__version__
        )
        self._manifest = self._folder / f"{generation.id}.json"

    def stamp(self) -> Stamp | None:
        """Changes whenever a manifest is published; None without one. Costs a look at the folder, no reading."""
        try:
            found = self._manifest.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def open(self) -> Base | None:
        """The file, mapped; None and a warning where it is missing, damaged, foreign or newer than the database."""
        try:
            manifest = self.checked()
            path = self._path(manifest)
            graph, inside = Index.restore(path, view=True), Index.metadata(path)
            if graph is None or inside is None:
                raise UnusableIndexError("it has just been replaced")
        except UnusableIndexError as reason:
            if any(self._files()):
                logger.warning(
                    "The index file of generation %d is not used because %s. Until it is written again, the stored "
                    "vectors are searched one by one: the answers are the same.",
                    self._identity.generation,
                    reason,
                )
            return None
        if manifest.width:
            set_width(graph, manifest.width)
        return Base(manifest, graph, int(inside["count_deleted"]))

    def checked(self) -> Manifest:
        """The manifest, once it and its file are known to be whole and ours; raises UnusableIndexError.

        A file is never mapped unchecked: a single flipped bit in it can end the process.
        """
        manifest = self._read_manifest()
        if manifest.identity != self._identity:
            raise UnusableIndexError(f"it is of {manifest.identity} where {self._identity} is wanted")
        if manifest.sequence > self._stores.vectors.last_sequence(self._identity.generation):
            # Numbers that a database lost are given out again; by then this file must not look right.
            self._manifest.unlink(missing_ok=True)
            raise UnusableIndexError("it was newer than the database, as after a backup was restored")
        path = self._path(manifest)
        try:
            if path.stat().st_size != manifest.size or crc32_of(path) != manifest.crc32:
                raise UnusableIndexError(f"{path} is damaged")
        except OSError as error:
            raise UnusableIndexError(f"{path} cannot be read ({error.strerror})") from error
        return manifest

    def sound(self) -> Path | None:
        """The file if it can be believed."""
        try:
            return self._path(self.checked())
        except UnusableIndexError:
            return None

    def publish(self, graph: Index, sequence: int, reach: Reach, instead_of: Stamp | None) -> bool:
        """Makes ``graph`` the file, unless another process has published since the manifest's stamp was ``instead_of``.

        False where one has. Raises DiskFullError or FolderUnusableError; what was there before stays then.
        """
        with in_words(self._folder):
            self._folder.mkdir(exist_ok=True)
            # Who publishes sweeps the unfinished files of others away: they came too late.
            with suppress(FileNotFoundError), self._aside() as aside:
                _save(graph, aside)
                size, crc32 = aside.stat().st_size, crc32_of(aside)
                name = f"{self._identity.generation}-{sequence}-{crc32:08x}.usearch"
                manifest = Manifest(self._identity, name, size, crc32, len(graph), sequence, *reach)
                # The write block keeps other processes from publishing or sweeping at the same moment.
                with self._stores.write():
                    if self.stamp() == instead_of:
                        aside.replace(self._path(manifest))
                        sync(self._folder)
                        self._write_manifest(manifest)
                        self._sweep(manifest)
                        return True
        return False

    def _path(self, manifest: Manifest) -> Path:
        return self._folder / manifest.file

    def _read_manifest(self) -> Manifest:
        try:
            content = json.loads(self._manifest.read_text("utf-8"))
            fields = content["manifest"]
            if content["crc32"] != _crc32_of_json(fields):
                raise UnusableIndexError(f"{self._manifest} is damaged")
            return Manifest(**{**fields, "identity": Identity(**fields["identity"])})
        except OSError as error:
            raise UnusableIndexError(f"{self._manifest} cannot be read ({error.strerror})") from error
        except (ValueError, KeyError, TypeError) as error:
            raise UnusableIndexError(f"{self._manifest} is damaged") from error

    def _write_manifest(self, manifest: Manifest) -> None:
        fields = asdict(manifest)
        with self._aside() as aside:
            aside.write_text(json.dumps({"manifest": fields, "crc32": _crc32_of_json(fields)}, indent=1), "utf-8")
            sync(aside)
            aside.replace(self._manifest)
            sync(self._folder)

    @contextmanager
    def _aside(self) -> Iterator[Path]:
        """A name for a file in the making; what was not renamed in the end is removed."""
        aside = self._folder / f"{self._identity.generation}-{uuid4().hex}.tmp"
        try:
            yield aside
        finally:
            aside.unlink(missing_ok=True)

    def _files(self) -> Iterator[Path]:
        number = self._identity.generation
        yield from (file for pattern in (f"{number}.json", f"{number}-*") for file in self._folder.glob(pattern))

    def _sweep(self, manifest: Manifest) -> None:
        """Removes the files that this generation does not need any more, and those of generations that are gone."""
        needed = {self._manifest, self._path(manifest)}
        for file in self._files():
            if file not in needed:
                file.unlink(missing_ok=True)
        sweep_orphans(self._stores)


def sweep_orphans(stores: Stores) -> None:
    """Removes the files of generations that are gone."""
    alive = {number for (number,) in stores.db.rows("SELECT id FROM generation")}
    for file in (stores.data_dir / "index").glob("*"):
        owner = re.match(r"\d+(?=[.-])", file.name)
        if owner and int(owner[0]) not in alive:
            file.unlink(missing_ok=True)


def file_bytes(stores: Stores, generation_id: int) -> int:
    """What the files of a generation take; 0 where it has none yet."""
    found = (stores.data_dir / "index").glob(f"{generation_id}-*.usearch")
    return sum(file.stat().st_size for file in found if file.exists())


def saved_recall(stores: Stores, generation_id: int) -> float | None:
    """The share (0-1) of the nearest that a search found when the file was saved; None where nobody measured.

    A graph that misses too much is not searched, and all is found.
    """
    try:
        manifest = json.loads((stores.data_dir / "index" / f"{generation_id}.json").read_text("utf-8"))["manifest"]
        return float(manifest["recall"]) if manifest["width"] else 1.0
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _crc32_of_json(fields: object) -> int:
    return zlib.crc32(json.dumps(fields, sort_keys=True).encode("utf-8"))


def _save(graph: Index, path: Path) -> None:
    """USearch reports a full disk as a RuntimeError, and nothing but the length tells that all of it arrived."""
    try:
        graph.save(path)
    except RuntimeError as error:
        raise disk_full(error, path) from error
    if path.stat().st_size != graph.serialized_length:
        raise disk_full(OSError("it was cut short"), path)
    sync(path)
