"""CSV, JSON and JSON Lines of questions and answers: each row is a document, and its question is the title."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.extract import extract_markdown, read_bytes
from retrieval.extractors.decoding import decode, normalise
from retrieval.types import Extracted
from storage.errors import KnowbotError

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".json", ".jsonl", ".ndjson"})
MOST_ROWS = 100_000
LONGEST_CELL = 1_000_000
"""Characters."""

# Names in small letters without blanks, hyphens and underscores; the first that a row has counts.
_QUESTION = ("question", "questions", "q", "title", "heading", "headline", "subject", "name", "prompt", "frage")
_ANSWER = ("answer", "answers", "a", "text", "body", "content", "response", "reply", "description", "antwort")
_ID = ("id", "key", "slug", "uid", "uuid", "number")
_URL = ("url", "link", "href", "permalink", "source")
_DELIMITERS = ",;\t|"
_KEY = re.compile(r"[\w.@$/-]+")  # what programs call things; questions have a blank or a mark


class NotATableError(KnowbotError):
    """The file holds no rows of questions and answers."""


class BrokenRowError(KnowbotError):
    """One row cannot be read; the others are."""


@dataclass(frozen=True)
class Row:
    """A question and its answer, as the ingest takes it; with ``problem`` it only says why it cannot be."""

    location: str
    question: str = ""
    answer: str = ""
    url: str = ""
    problem: str = ""
    modified_at: float | None = None

    def read(self) -> bytes:
        """What the content hash is made of. Raises BrokenRowError."""
        if self.problem:
            raise BrokenRowError(self.problem)
        parts = [self.question, self.answer, self.url]
        return json.dumps(parts, ensure_ascii=False).encode("utf-8", "replace")

    def extract(self, content: bytes) -> Extracted:
        """The answer as Markdown under the question as its title, with the row's link, where it has one, below."""
        link = f"\n\n{self.url}" if self.url else ""
        title = normalise(" ".join(self.question.split()))
        return extract_markdown(f"{self.answer}{link}", self.location, title=title)


def is_table(path: Path) -> bool:
    """Whether the suffix is one of a table."""
    return path.suffix.lower() in TABLE_SUFFIXES


def rows_of(path: Path) -> list[Row]:
    """Every row of the file, in order; a broken one is a Row with its problem.

    A row is addressed by its id (``faq.csv#reset``), else by its number from 1 (``faq.csv#row-3``). Raises OSError,
    NotATableError, and what reading a text raises.
    """
    text = decode(read_bytes(path, path.name), path.name)
    records = _READERS[path.suffix.lower()](text, path.name)
    modified_at = path.stat().st_mtime
    rows, taken = [], set[str]()
    for number, record in enumerate(records, 1):
        if number > MOST_ROWS:
            raise NotATableError(f"{path.name} has more than {MOST_ROWS:,} rows: split it")
        row = _row(path.name, number, record, modified_at, taken)
        taken.add(row.location)
        rows.append(row)
    if not any(not row.problem for row in rows):
        raise NotATableError(
            f"{path.name} has no row with a question and an answer: name its columns 'question' and 'answer'"
        )
    return rows


def _row(name: str, number: int, record: Mapping[str, Any] | str, modified_at: float, taken: set[str]) -> Row:
    """``record`` is what the row holds, or the sentence why it cannot be read."""
    by_number = f"{name}#row-{number}"
    if isinstance(record, str):
        return Row(by_number, problem=f"row {number} {record}")
    cells = {_plain_name(key): _text(value) for key, value in record.items()}
    question, answer, own, url = (_first(cells, names) for names in (_QUESTION, _ANSWER, _ID, _URL))
    location = f"{name}#{'-'.join(own.split())}" if own else by_number
    if location in taken:
        return Row(by_number, problem=f"row {number} has the id of a row before it: give it its own")
    if not answer or not question:
        lacking = "question" if answer else "answer"
        return Row(location, problem=f"row {number} has no {lacking}: fill it in, or leave the row out")
    if max(len(question), len(answer)) > LONGEST_CELL:
        return Row(location, problem=f"row {number} has a cell of more than {LONGEST_CELL:,} characters: split it")
    return Row(location, question, answer, url if url.startswith(("http://", "https://")) else "", "", modified_at)


def _csv(text: str, name: str) -> Iterator[Mapping[str, Any] | str]:
    csv.field_size_limit(max(csv.field_size_limit(), 2 * LONGEST_CELL))
    first = text.lstrip("\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text.lstrip("\n"), newline=""), delimiter=delimiter)
    try:
        header = next(reader, [])
        known = {_plain_name(column) for column in header}
        if known.isdisjoint(_QUESTION) or known.isdisjoint(_ANSWER):
            columns = ", ".join(header)[:200]
            raise NotATableError(f"{name} has the columns {columns}: name those that count 'question' and 'answer'")
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                yield f"has {len(cells)} cells and the header {len(header)}: quote what holds a delimiter"
            else:
                yield dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise NotATableError(f"{name} is no whole CSV ({error}): save it anew") from error


def _json(text: str, name: str) -> Iterator[Mapping[str, Any] | str]:
    """A list of objects, alone or as the only list of an object; or an object of questions and their answers."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotATableError(f"{name} is no whole JSON ({error}): save it anew") from error
    if isinstance(content, dict):
        lists = [value for value in content.values() if isinstance(value, list)]
        if content and all(isinstance(content[key], str) and not _KEY.fullmatch(key) for key in content):
            content = [{"question": key, "answer": value} for key, value in content.items()]
        else:
            content = lists[0] if len(lists) == 1 else [content]
    for record in content if isinstance(content, list) else []:
        yield record if isinstance(record, dict) else "is no object with a question and an answer"


def _json_lines(text: str, name: str) -> Iterator[Mapping[str, Any] | str]:
    for line in text.split("\n"):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            yield "is no whole JSON: write one object a line"
        else:
            yield record if isinstance(record, dict) else "is no object with a question and an answer"


def _first(cells: Mapping[str, str], names: Sequence[str]) -> str:
    return next((cells[name] for name in names if cells.get(name)), "")


def _plain_name(column: object) -> str:
    return "".join(character for character in str(column).casefold() if character.isalnum())


def _text(value: object) -> str:
    """A cell as text; lists of texts are paragraphs."""
    if isinstance(value, list):
        return "\n\n".join(filter(None, map(_text, value)))
    return "" if value is None or isinstance(value, (dict, bool)) else str(value).strip()


_READERS = {".csv": _csv, ".tsv": _csv, ".json": _json, ".jsonl": _json_lines, ".ndjson": _json_lines}
