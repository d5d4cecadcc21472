"""The vocabularies of OpenAI's tokenizers, found without ever waiting for a network that does not answer."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import os
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import tiktoken

from storage.errors import KnowbotError

DOWNLOAD_SECONDS = 5.0
"""How long a download may take in all; tiktoken itself would wait for ever and hold its lock meanwhile."""

_CACHE_VARIABLE = "TIKTOKEN_CACHE_DIR"
_lock = threading.Lock()


class VocabularyUnavailableError(KnowbotError):
    """No copy of the vocabulary is on this machine and none could be downloaded."""


@dataclass(frozen=True)
class Vocabulary:
    """A file of byte-pair ranks: its name in OpenAI's store without the suffix, and the sha256 that it must have."""

    file: str
    sha256: str

    @property
    def url(self) -> str:
        """Where OpenAI keeps it. tiktoken names its cached copy after the sha1 of this address."""
        return f"https://openaipublic.blob.core.windows.net/encodings/{self.file}.tiktoken"

    @property
    def cache_name(self) -> str:
        """The name under which tiktoken looks for the file in its cache folder."""
        return hashlib.sha1(self.url.encode()).hexdigest()

    def accepts(self, data: bytes) -> bool:
        """Whether ``data`` is this vocabulary, byte for byte."""
        return hashlib.sha256(data).hexdigest() == self.sha256


_O200K = Vocabulary("o200k_base", "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d")
_P50K = Vocabulary("p50k_base", "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069")
VOCABULARIES = {
    "o200k_base": _O200K,
    "o200k_harmony": _O200K,
    "cl100k_base": Vocabulary("cl100k_base", "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"),
    "p50k_base": _P50K,
    "p50k_edit": _P50K,
    "r50k_base": Vocabulary("r50k_base", "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930"),
}
SAME_VOCABULARY = {"gpt2": "r50k_base"}
"""Names of tiktoken that split alike; GPT-2's own files are two, in a format that only downloads would bring."""


def load_encoding(name: str, folder: Path | None = None) -> tiktoken.Encoding:
    """Loads an encoding of ``VOCABULARIES``, keeping its file in ``folder`` (default: the user's cache).

    Raises VocabularyUnavailableError where no copy can be had within ``DOWNLOAD_SECONDS``.
    """
    folder = folder or Path(platformdirs.user_cache_dir("knowbot")) / "vocabularies"
    with _lock:
        _provide(VOCABULARIES[name], folder)
        with _tiktoken_reading_from(folder):
            return tiktoken.get_encoding(name)


@contextmanager
def _tiktoken_reading_from(folder: Path) -> Iterator[None]:
    """Points tiktoken at our own folder: it deletes what it does not recognise, so it gets no one else's."""
    before = os.environ.get(_CACHE_VARIABLE)
    os.environ[_CACHE_VARIABLE] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[_CACHE_VARIABLE]
        else:
            os.environ[_CACHE_VARIABLE] = before


def _provide(vocabulary: Vocabulary, folder: Path) -> None:
    """Sees to it that ``folder`` holds the right file, so that tiktoken never downloads by itself."""
    target = folder / vocabulary.cache_name
    if target.is_file() and vocabulary.accepts(target.read_bytes()):
        return
    data = next((copy for copy in _copies(vocabulary) if vocabulary.accepts(copy)), None)
    if data is None:
        raise VocabularyUnavailableError(
            f"The vocabulary {vocabulary.file} is not on this machine and could not be downloaded; "
            "install it with: pip install 'knowbot[offline]' (o200k_base and cl100k_base), or connect once."
        )
    try:
        _write_aside(target, data)
    except OSError as error:
        raise VocabularyUnavailableError(
            f"The vocabulary {vocabulary.file} cannot be kept in {folder} ({error.strerror}); make it writable."
        ) from error


def _copies(vocabulary: Vocabulary) -> Iterator[bytes]:
    """Possible copies, nearest first; each is read only when the ones before it did not do."""
    default = str(Path(tempfile.gettempdir(), "data-gym-cache"))
    for folder in (os.environ.get(_CACHE_VARIABLE), os.environ.get("DATA_GYM_CACHE_DIR"), default):
        if folder:
            yield from _content(Path(folder, vocabulary.cache_name))
    yield from _packaged(vocabulary)
    yield from _downloaded(vocabulary.url)


def _content(path: Path) -> Iterator[bytes]:
    if path.is_file():
        yield path.read_bytes()


def _packaged(vocabulary: Vocabulary) -> Iterator[bytes]:
    package = importlib.util.find_spec("bpe_openai")
    for folder in (package.submodule_search_locations or []) if package else []:
        for data in _content(Path(folder, "data", f"{vocabulary.file}.tiktoken.gz")):
            yield gzip.decompress(data)


def _downloaded(url: str) -> Iterator[bytes]:
    """The file from the network, or nothing. A thread bounds the whole: no socket timeout covers looking up a name."""
    received: list[bytes] = []

    def fetch() -> None:
        try:
            with urllib.request.urlopen(url, timeout=DOWNLOAD_SECONDS) as response:
                received.append(response.read())
        except OSError:
            return  # offline is a normal state; the caller names the remedy

    thread = threading.Thread(target=fetch, daemon=True)
    thread.start()
    thread.join(DOWNLOAD_SECONDS)
    yield from received


def _write_aside(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(f".{os.getpid()}")
    aside.write_bytes(data)
    aside.replace(target)
