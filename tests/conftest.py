from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# No example is too slow to be right: how long one takes says more of the machine than of the code.
settings.register_profile("knowbot", deadline=None)
settings.load_profile("knowbot")


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder of compiled models for all processes of a run: compiling takes ten seconds."""
    base = tmp_path_factory.getbasetemp()
    return (base if base.name.startswith("pytest-") else base.parent) / "models"


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Files as bytes, and long texts, are named by what they are for: archives differ with the time they are made at,
    and all processes of a run have to find the same tests."""
    return argname if isinstance(val, bytes) or (isinstance(val, str) and len(val) > 60) else None
