"""Cold start and memory: the shipped command as a process, against a script by the textbook."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.harness import ROUNDS, Row, compared
from benchmarks.workload import Folder
from retrieval.encoders.find_model import DEFAULT_MODEL, find_model
from tests.command_line import ROOT

_TEXTBOOK = """
import sys
import numpy as np
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(sys.argv[1], device="cpu", local_files_only=True)
matrix = np.load(sys.argv[2])
similarities = matrix @ model.encode("How do I reset my password?", normalize_embeddings=True)
print(np.argpartition(-similarities, 10)[:10])
"""


def rows(folder: Folder) -> list[Row]:
    """Seconds until a first answer is printed, the memory that this takes, and what --help takes."""
    with TemporaryDirectory() as name, folder.engine() as engine:
        vectors = Path(name) / "vectors.npy"
        generation = engine.spaces.active("default").generation
        np.save(vectors, np.concatenate([part for _, part in engine.stores.vectors.stored(generation.id)]))
        knowbot = [sys.executable, "-m", "bot"]
        ask = [*knowbot, "--data-dir", str(folder.data_dir), "ask", "How do I reset my password?"]
        textbook = [sys.executable, "-c", _TEXTBOOK, str(find_model(DEFAULT_MODEL).path), str(vectors)]
        _run([*knowbot, "--help"])
        _run(ask)
        ours, theirs, helps = [], [], []
        for _ in range(ROUNDS):
            ours.append(_run(ask))
            theirs.append(_run(textbook))
            helps.append(_run([*knowbot, "--help"]))
    times = ([taken for taken, _ in ours], [taken for taken, _ in theirs])
    memory = ([mb for _, mb in ours], [mb for _, mb in theirs])
    against = "a script by the textbook"
    return [
        compared("cold start: knowbot ask", against, times, "s", 5.0),
        compared("cold start: knowbot ask", "one second", (times[0], [1.0] * ROUNDS), "s", 1.0),
        compared("knowbot --help", "0.3 seconds", ([taken for taken, _ in helps], [0.3] * ROUNDS), "s", 1.0),
        compared("most memory of one question", against, memory, "MB"),
    ]


def _run(command: list[str]) -> tuple[float, float]:
    """Seconds and the most megabytes of a process."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    taken = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return taken, used.ru_maxrss / 1000
