"""What computes a model's vectors: sentence-transformers itself, or something faster that has to agree with it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.banks import off_topic_lines
from storage.records import Matrix

AGREEMENT = 0.9999
"""The least cosine to sentence-transformers' own vector, over the probe texts, of a runtime that may take its place."""

MOST_THREADS = 4
_ODD = ("", "?", "naïve 🦜 漢字 ünïcödé", "x" * 80, "a\nb\tc\u200d", "[CLS] [UNK] ##ing", "def f(x):\n    return x + 1")
_LINES = 12


class Tokenised(NamedTuple):
    """A text with the model's prompt in front of it, and its ids, special tokens included."""

    text: str
    ids: list[int]


class Runtime(Protocol):
    """Computes the vectors of one batch."""

    def encode(self, batch: Sequence[Tokenised]) -> Matrix:
        """float32 of shape (len(batch), dimensions), in order; not necessarily of length 1."""
        ...


def padded(batch: Sequence[Tokenised], pad_id: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ids and attention mask, both of shape (len(batch), the longest text's tokens)."""
    ids = np.full((len(batch), max(len(each.ids) for each in batch)), pad_id, dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, each in enumerate(batch):
        ids[row, : len(each.ids)] = each.ids
        mask[row, : len(each.ids)] = 1
    return ids, mask


def cosines(one: Matrix, other: Matrix) -> Matrix:
    """The cosine of each row of ``one`` to the same row of ``other``, shape (rows,); 0 where one is no direction."""
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    products = np.einsum("ij,ij->i", one, other)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nan_to_num(np.asarray(products / lengths, dtype=np.float32))


def probe_texts() -> list[str]:
    """What runtimes are compared on: short and longer lines, and odd ones. All are short for any encoder."""
    lines = off_topic_lines()[:_LINES]
    return [*_ODD, *lines, " ".join(lines[:3]), " ".join(lines[:6])]


def threads() -> int:
    """Threads for one computation: what the environment says, as in a worker, else one a processor, up to four."""
    said = os.environ.get("OMP_NUM_THREADS", "")
    return int(said) if said.isdecimal() and int(said) else min(_processors(), MOST_THREADS)


def processor() -> str:
    """The processor's name, as far as the system tells: vectors and speeds hold for one kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return _platform()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), _platform())


def _platform() -> str:
    return " ".join(os.uname()[3:5]) if hasattr(os, "uname") else os.environ.get("PROCESSOR_IDENTIFIER", "unknown")


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
