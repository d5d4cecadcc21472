"""Tables as files that other programs read: CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from storage.errors import KnowbotError

Record = Mapping[str, object]
"""One line of a table: a value for each heading."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins with one of these for a formula."""


class NotExportedError(KnowbotError):
    """The file could not be written, or nobody knows in which format."""


def export(records: Sequence[Record], path: Path) -> None:
    """Writes CSV or JSON, by the path's ending, aside and then in place, readable by its owner only.

    Raises NotExportedError.
    """
    text = _FORMATS.get(path.suffix.lower())
    if text is None:
        raise NotExportedError(f"{path.name} is neither .csv nor .json: its ending says what is written")
    try:
        _write(path, text(records))
    except OSError as error:
        raise NotExportedError(f"{path} could not be written ({error.strerror}): choose another folder") from error


def as_csv(records: Sequence[Record]) -> str:
    """Headings, then a line a record. A text that a spreadsheet would run as a formula gets a ' in front."""
    out = io.StringIO()
    headings = list(records[0]) if records else []
    writer = csv.DictWriter(out, headings, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _harmless(value) for name, value in record.items()} for record in records)
    return out.getvalue()


def as_json(records: Sequence[Record]) -> str:
    """A list of objects, every text verbatim."""
    return json.dumps([dict(record) for record in records], ensure_ascii=False, indent=1, default=str) + "\n"


_FORMATS = {".csv": as_csv, ".json": as_json}


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) and not _is_number(value) else value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _write(path: Path, text: str) -> None:
    # mkstemp makes the file 0600: what members asked is nobody else's business.
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
