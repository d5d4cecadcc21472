"""Runs the shipped command as a subprocess, the way a user does, with the quick encoder unless told otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "lanternfish"


@dataclass(frozen=True)
class KnowbotCommand:
    """``knowbot`` over one data folder. ``encoder`` is what a new space begins with."""

    data_dir: Path
    encoder: str = "hashing"
    settings: tuple[tuple[str, str], ...] = ()

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts a command and does not wait for it."""
        return subprocess.Popen(
            self._line(*arguments),
            env=self._environment(),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, *arguments: str, typed: str = "", timeout: float = 100) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end."""
        process = self.start(*arguments)
        out, err = process.communicate(typed, timeout=timeout)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def ok(self, *arguments: str, typed: str = "") -> str:
        """What a command prints that has to succeed."""
        done = self.run(*arguments, typed=typed)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refused(self, *arguments: str, typed: str = "") -> str:
        """The one sentence on stderr of a command that has to fail; fails itself where there is a traceback."""
        done = self.run(*arguments, typed=typed)
        assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        lines = done.stderr.strip().splitlines()
        assert lines, "nothing on stderr"
        assert lines[-1].startswith("knowbot: "), done.stderr
        return lines[-1]

    def _line(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "bot", "--data-dir", str(self.data_dir), *arguments]

    def _environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("KNOWBOT_")}
        return {**kept, "KNOWBOT_ENCODER": self.encoder, "HF_HUB_OFFLINE": "1", **dict(self.settings)}
