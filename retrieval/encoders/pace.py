"""Which runtime encodes many texts fastest on this machine: measured once, and remembered beside the compiled model."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from retrieval.banks import off_topic_lines
from retrieval.encoders.compiled import this_machine
from retrieval.encoders.model_folder import ModelFolder
from retrieval.encoders.runtime import AGREEMENT, Runtime, Tokenised, cosines, probe_texts, threads
from storage.index.whole_files import replacing

logger = logging.getLogger(__name__)

COMPILED, F32, BF16 = "compiled", "f32", "bf16"

CLEARLY = 1.2
"""So many times as fast a runtime has to be to be preferred to one that is simpler: two measurements shall agree."""

_ROUNDS = 3
_PASSAGES = 8
_LINES = 16


@dataclass(frozen=True)
class Pace:
    """Tokens a second by runtime, simplest first, on one machine; ``loading`` is what PyTorch takes, in seconds."""

    machine: str
    rates: Mapping[str, float]
    loading: float

    @property
    def best(self) -> str:
        """The first one that none behind it beats clearly."""
        best, *others = self.rates
        for other in others:
            if self.rates[other] > CLEARLY * self.rates[best]:
                best = other
        return best

    def gained(self, tokens: int) -> float:
        """The seconds by which the best runtime is earlier done with so many tokens than the compiled model."""
        return tokens / self.rates[COMPILED] - tokens / self.rates[self.best]


class PaceFile:
    """The measurement of one model, kept as a file."""

    def __init__(self, where: Path, folder: ModelFolder) -> None:
        self._path, self._folder = where / f"{folder.fingerprint.digest}.pace.json", folder

    def read(self) -> Pace | None:
        """What was measured on this machine."""
        try:
            pace = Pace(**json.loads(self._path.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return pace if pace.machine == _machine() and pace.rates else None

    def measure(self, runtimes: Mapping[str, Runtime], reference: Runtime, loading: float) -> Pace:
        """Times each runtime that agrees with the reference, in turns, so that a busy moment slows all of them."""
        agreeing = {name: runtime for name, runtime in runtimes.items() if self._agrees(runtime, reference)}
        sample = self._sample()
        tokens = sum(len(each.ids) for batch in sample for each in batch)
        best = dict.fromkeys(agreeing, float("inf"))
        for _ in range(_ROUNDS):
            for name, runtime in agreeing.items():
                started = time.perf_counter()
                for batch in sample:
                    runtime.encode(batch)
                best[name] = min(best[name], time.perf_counter() - started)
        pace = Pace(_machine(), {name: tokens / seconds for name, seconds in best.items()}, loading)
        logger.info("tokens a second: %s", {name: round(rate) for name, rate in pace.rates.items()})
        with replacing(self._path) as aside:
            aside.write_text(json.dumps(asdict(pace)), "utf-8")
        return pace

    def _agrees(self, runtime: Runtime, reference: Runtime) -> bool:
        if runtime is reference:
            return True
        probe = self._folder.tokenised(probe_texts(), "document")
        least = float(cosines(runtime.encode(probe), reference.encode(probe)).min())
        if least < AGREEMENT:
            logger.info("%s is not used: cosine %.5f to the reference", type(runtime).__name__, least)
        return least >= AGREEMENT

    def _sample(self) -> list[list[Tokenised]]:
        """A batch of passages and one of lines."""
        lines = off_topic_lines()
        passages = [" ".join(lines[first : first + 8]) for first in range(_PASSAGES)]
        return [self._folder.tokenised(texts, "document") for texts in (passages, lines[:_LINES])]


def _machine() -> str:
    return f"{this_machine()}, {threads()} threads"
