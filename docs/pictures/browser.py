"""A page becomes a PNG, by a Chromium that nobody sees."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome")
WIDTH = 640


class BrowserMissingError(Exception):
    """There is nothing to draw with."""


def draw(page: str, picture: Path) -> None:
    """Draws a page that says in its title how high it is; raises BrowserMissingError."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(page, encoding="utf-8")
        found = re.search(r"<title>(\d+)</title>", _chromium("--dump-dom", source))
        height = int(found[1]) if found else 800
        _chromium(f"--screenshot={picture.resolve()}", source, f"--window-size={WIDTH},{height}")


def _chromium(task: str, source: Path, *options: str) -> str:
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        raise BrowserMissingError(
            "the pictures are drawn by Chromium, which is not here: install the Debian packages chromium, "
            "fonts-liberation and fonts-noto-color-emoji"
        )
    quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1.5"]
    done = subprocess.run(
        [program, *quiet, *(options or (f"--window-size={WIDTH},800",)), task, source.as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout
