from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from retrieval.engine import Engine
from retrieval.settings import RetrievalSettings
from tests.command_line import EXAMPLE

HASHING = RetrievalSettings(encoder="hashing")


@pytest.fixture(scope="session")
def ingested_example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the example in it, for tests to copy."""
    folder = tmp_path_factory.mktemp("example")
    with Engine(folder, HASHING) as engine:
        engine.library.ingest(EXAMPLE, "default")
    return folder


@pytest.fixture
def data_dir(ingested_example: Path, tmp_path: Path) -> Path:
    """The example, ingested with the quick encoder; one test's own."""
    return Path(shutil.copytree(ingested_example, tmp_path / "data"))
