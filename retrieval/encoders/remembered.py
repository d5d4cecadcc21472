"""Where models were found and what their weights hash to, remembered: both take half a second at every start."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from retrieval.encoders.find_model import find_model
from retrieval.encoders.model_folder import ModelFolder, weight_files
from storage.index.whole_files import replacing

logger = logging.getLogger(__name__)

_FILE = "found.json"


def find_again(name: str, models: Path | None) -> ModelFolder:
    """What ``find_model`` finds and raises. In ``models`` it is remembered, and holds as long as the files of its
    weights have the sizes and times that they had when they were hashed."""
    if models is None:
        return find_model(name)
    known = _read(models)
    folder = _remembered(name, known.get(name))
    if folder is None:
        folder = find_model(name)
        _write(models, known | {name: _noted(folder)})
    return folder


def _remembered(name: str, note: Any) -> ModelFolder | None:  # noqa: ANN401 - whatever the file holds
    try:
        path = Path(note["path"])
        if note["weights"] == _stamps(path) and (not Path(name).is_dir() or path == Path(name).absolute()):
            return ModelFolder(note["name"], path, known_sha256=note["sha256"])
    except (OSError, KeyError, TypeError):
        pass
    return None


def _noted(folder: ModelFolder) -> dict[str, object]:
    path = folder.path.absolute()
    return {"name": folder.name, "path": str(path), "weights": _stamps(path), "sha256": folder.weights_sha256}


def _stamps(path: Path) -> list[list[object]]:
    """Names, sizes and times, as JSON gives them back; raises KeyError without any file."""
    files = weight_files(path)
    if not files:
        raise KeyError(str(path))
    return [[file.name, (at := file.stat()).st_size, at.st_mtime_ns, at.st_ino] for file in files]


def _read(models: Path) -> dict[str, Any]:
    try:
        known = json.loads((models / _FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _write(models: Path, known: dict[str, Any]) -> None:
    """Two who write at once forget one of both, which then is found once more."""
    try:
        models.mkdir(parents=True, exist_ok=True)
        with replacing(models / _FILE) as aside:
            aside.write_text(json.dumps(known, indent=1), "utf-8")
    except OSError as error:
        logger.warning("where models are cannot be remembered in %s: %s", models, error)
