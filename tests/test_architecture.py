"""What import-linter cannot see: doors, lazy libraries, settings that come before an import, and sizes."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.command_line import ROOT

DOORS = {
    "retrieval.api.access",
    "retrieval.api.chat",
    "retrieval.costs.budget",
    "retrieval.handed_in.channel_documents",
    "retrieval.reviewing.conversations",
    "retrieval.token_costs.countable",
    "retrieval.planning.dimensions",
    "retrieval.reviewing.drift",
    "retrieval.reviewing.exam",
    "retrieval.exploring.duplicates",
    "retrieval.handed_in.editor",
    "retrieval.encoders.registry",
    "retrieval.engine",
    "retrieval.errors",
    "retrieval.anomaly",
    "retrieval.planning.estimate",
    "retrieval.evaluate",
    "retrieval.evaluation.offtopic",
    "retrieval.explore",
    "retrieval.forget",
    "retrieval.exploring.gaps",
    "retrieval.gate",
    "retrieval.ingest",
    "retrieval.indexes",
    "retrieval.known",
    "retrieval.lab",
    "retrieval.costs.metering",
    "retrieval.exploring.outliers",
    "retrieval.token_costs.page_cost",
    "retrieval.planning.plan",
    "retrieval.query",
    "retrieval.fitting.rates",
    "retrieval.freshness.recall",
    "retrieval.refresh",
    "retrieval.reviewing.replay",
    "retrieval.reviewing.review",
    "retrieval.settings",
    "retrieval.fitting.shares",
    "retrieval.freshness.staleness",
    "retrieval.tune",
    "retrieval.off_topic.suspicion",
    "retrieval.reviewing.teaching",
    "retrieval.exploring.survey",
    "retrieval.token_costs.script_cost",
    "retrieval.token_costs.token_page",
    "retrieval.token_costs.tokenizer_training",
    "retrieval.counting.tokens",
    "retrieval.types",
    "retrieval.upkeep",
    "retrieval.token_costs.waste",
    "retrieval.planning.what_if",
    "retrieval.why_not",
    "retrieval.write",
}


PACKAGES = ("storage", "retrieval", "bot", "tui", "benchmarks", "docs")
LINES, FUNCTION_LINES, METHODS, PARAMETERS = 300, 50, 12, 7
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(package: str) -> Iterator[tuple[Path, str]]:
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ImportFrom) and node.module:
                yield path, node.module


def test_front_ends_enter_retrieval_by_its_doors_only() -> None:
    for package in ("bot", "tui"):
        for path, module in imports_of(package):
            assert not module.startswith("retrieval") or module in DOORS, f"{path} imports {module}"


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("retrieval.engine", ("torch", "sentence_transformers", "sklearn", "bs4", "markdown_it", "urllib3")),
        ("bot.commands.console", ("torch", "discord", "aiohttp", "structlog", "plotext", "bs4", "markdown_it")),
        ("bot.cli", ("numpy", "retrieval", "textual", "rich")),
    ],
)
def test_a_start_imports_no_library_that_only_later_work_needs(module: str, heavy: tuple[str, ...]) -> None:
    script = f"import sys, {module}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_waiting_threads_are_told_to_wait_quietly_before_any_library_starts_some() -> None:
    script = "import retrieval.engine, os; print(os.environ['OMP_WAIT_POLICY'])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "PASSIVE"


def test_no_file_function_or_class_is_too_large_to_be_read() -> None:
    """Of tests only the files are measured: their many parameters are cases and fixtures."""
    for path in (path for package in (*PACKAGES, "tests") for path in (ROOT / package).rglob("*.py")):
        lines = path.read_text(encoding="utf-8").count("\n")
        assert lines <= LINES, f"{path} has {lines} lines"
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        assert not list(too_large(parsed(path))), path


def too_large(within: ast.AST) -> Iterator[str]:
    for node in (each for each in ast.iter_child_nodes(within) if isinstance(each, ast.stmt)):
        if isinstance(node, FUNCTIONS):
            if (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES:
                yield f"{node.name} has {length} lines"
            if (given := len(node.args.args) + len(node.args.kwonlyargs)) > PARAMETERS:
                yield f"{node.name} has {given} parameters"
        elif isinstance(node, ast.ClassDef):
            methods = sum(isinstance(each, FUNCTIONS) for each in node.body)
            if methods > METHODS:
                yield f"{node.name} has {methods} methods"
        yield from too_large(node)
