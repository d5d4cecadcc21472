"""Cold start and memory: the shipped command as a process, against a script by the textbook, or an empty console."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.harness import ROUNDS, Row, compared
from benchmarks.processes import run, until_shown
from benchmarks.workload import Folder
from retrieval.encoders.find_model import DEFAULT_MODEL, find_model

_TEXTBOOK = """
import sys
import numpy as np
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(sys.argv[1], device="cpu", local_files_only=True)
matrix = np.load(sys.argv[2])
similarities = matrix @ model.encode("How do I reset my password?", normalize_embeddings=True)
print(np.argpartition(-similarities, 10)[:10])
"""
_EMPTY = """
from textual.app import App
from textual.widgets import Footer, Static
class Empty(App):
    def compose(self):
        yield Static("passages")
        yield Footer()
Empty().run()
"""
_SHOWN = "passages"
"""What the console's first screen says of the index once it has read it."""


def rows(folder: Folder) -> list[Row]:
    """Seconds until a first answer, the help or a first screen is there, and the memory of an answer."""
    with TemporaryDirectory() as name, folder.engine() as engine:
        vectors = Path(name) / "vectors.npy"
        generation = engine.spaces.active("default").generation
        np.save(vectors, np.concatenate([part for _, part in engine.stores.vectors.stored(generation.id)]))
        knowbot = [sys.executable, "-m", "bot"]
        ask = [*knowbot, "--data-dir", str(folder.data_dir), "ask", "How do I reset my password?"]
        textbook = [sys.executable, "-c", _TEXTBOOK, str(find_model(DEFAULT_MODEL).path), str(vectors)]
        console = [*knowbot, "--data-dir", str(folder.data_dir), "tui"]
        run([*knowbot, "--help"])
        run(ask)
        until_shown(console, _SHOWN)
        ours, theirs, helps, screens, empty = [], [], [], [], []
        for _ in range(ROUNDS):
            ours.append(run(ask))
            theirs.append(run(textbook))
            helps.append(run([*knowbot, "--help"]))
            screens.append(until_shown(console, _SHOWN))
            empty.append(until_shown([sys.executable, "-c", _EMPTY], _SHOWN))
    times = ([taken for taken, _ in ours], [taken for taken, _ in theirs])
    memory = ([mb for _, mb in ours], [mb for _, mb in theirs])
    against = "a script by the textbook"
    return [
        compared("cold start: knowbot ask", against, times, "s", 5.0),
        compared("cold start: knowbot ask", "one second", (times[0], [1.0] * ROUNDS), "s", 1.0),
        compared("knowbot --help", "0.3 seconds", ([taken for taken, _ in helps], [0.3] * ROUNDS), "s", 1.0),
        compared("knowbot tui, first screen with its data", "one second", (screens, [1.0] * ROUNDS), "s", 1.0),
        compared("knowbot tui, first screen with its data", "an empty Textual app", (screens, empty), "s"),
        compared("most memory of one question", against, memory, "MB"),
    ]
