from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.stores import Stores, open_stores
from tests.storage.building import Corpus, new_corpus


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    with open_stores(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def corpus(stores: Stores) -> Corpus:
    return new_corpus(stores)
