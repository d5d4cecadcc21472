"""The files of an evaluation folder: JSON Lines, relevance grades, and a corpus as documents to ingest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.extract import extract_markdown
from retrieval.types import Extracted
from storage.errors import KnowbotError

Line = dict[str, Any]
Grades = Mapping[str, Mapping[str, int]]


class EvaluationDataError(KnowbotError):
    """The folder does not hold what an evaluation needs."""


@dataclass(frozen=True)
class CorpusDocument:
    """A line of ``corpus.jsonl`` as the ingest takes it."""

    location: str
    title: str
    text: str
    modified_at: float | None = None

    def read(self) -> bytes:
        """Title and text; what the content hash is made of."""
        return f"{self.title}\n{self.text}".encode("utf-8", "surrogatepass")

    def extract(self, content: bytes) -> Extracted:
        """The text as Markdown, under its given title."""
        return extract_markdown(self.text if self.text.strip() else self.title, self.location, title=self.title)


def read_corpus(folder: Path) -> list[CorpusDocument]:
    """The documents of ``corpus.jsonl``."""
    return [
        CorpusDocument(line["id"], line.get("title", ""), line["text"])
        for line in read_lines(folder / "corpus.jsonl", "id", "text")
    ]


def read_grades(path: Path) -> dict[str, dict[str, int]]:
    """By query, the grade of each judged document above 0; empty where there is no file."""
    grades: dict[str, dict[str, int]] = {}
    if path.exists():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                query, document, grade = line.split("\t")
                if int(grade) > 0:
                    grades.setdefault(query, {})[document] = int(grade)
            except ValueError as error:
                raise EvaluationDataError(
                    f"{path} line {number} is not 'query<TAB>document<TAB>grade': mend that line"
                ) from error
    return grades


def read_lines(path: Path, *required: str) -> Iterator[Line]:
    """The objects of a JSON Lines file; raises EvaluationDataError where one lacks a required field."""
    if not path.exists():
        raise EvaluationDataError(f"{path} is missing: an evaluation folder needs it, see the README")
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if text.strip():
            try:
                line = json.loads(text)
                missing = [name for name in required if name not in line]
            except (json.JSONDecodeError, TypeError) as error:
                raise EvaluationDataError(f"{path} line {number} is not a JSON object: mend that line") from error
            if missing:
                raise EvaluationDataError(f"{path} line {number} has no '{missing[0]}': add it")
            yield line


def write_lines(path: Path, lines: Sequence[Line]) -> None:
    """Writes a JSON Lines file."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
