"""What the documents promise is there, and what is there is documented."""

from __future__ import annotations

import re

import pytest

from bot.cli import COMMANDS
from tests.command_line import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_stands_in_the_readme(name: str) -> None:
    assert re.search(rf"`{name}\b", README) or f"knowbot {name}" in README


@pytest.mark.parametrize("page", ["architecture.md", "formats.md", "quality.md", "tokens.md"])
def test_every_module_that_a_page_names_exists(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    for path in re.findall(r"`((?:bot|retrieval|storage|tui|tests|benchmarks)/[\w/]+\.py)`", text):
        assert (ROOT / path).is_file(), f"{page} names {path}"


def test_every_page_that_the_readme_names_exists() -> None:
    for path in re.findall(r"`((?:docs|examples)/[\w/.-]*)`", README):
        assert (ROOT / path).exists(), path


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(path.name[:3]) for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
