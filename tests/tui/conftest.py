from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from plotext._dict import themes

from tests.tui.building import fill, write_pages
from tui.screens import base


@pytest.fixture(autouse=True)
def _greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(autouse=True)
def _fresh_plot_colours() -> None:
    """Plotext keeps the colours of the process's first plot, which another test's screen may have drawn otherwise."""
    for name in [name for name in themes if name.startswith("textual-auto-")]:
        del themes[name]


@pytest.fixture
def lively(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits half a second for what another process did."""
    monkeypatch.setattr(base, "LOOK_SECONDS", 0.1)


@pytest.fixture(scope="session")
def _filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("console")
    fill(base / "data", write_pages(base / "handbook"))
    return base / "data"


@pytest.fixture
def data_dir(_filled: Path, tmp_path: Path) -> Path:
    """A data folder with everything in it, to be changed at will."""
    return Path(shutil.copytree(_filled, tmp_path / "data"))


@pytest.fixture
def empty_dir(tmp_path: Path) -> Path:
    return tmp_path / "empty"
