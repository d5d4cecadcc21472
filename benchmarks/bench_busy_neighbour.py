"""What a question takes to encode beside a busy neighbour, OpenMP's threads waiting quietly or spinning.

Each way is a process of its own, since OpenMP decides once; both are measured in turn, beside the same load.
"""

from __future__ import annotations

import multiprocessing
import os
import statistics
import subprocess
import sys

ROUNDS = 2
MEASURE = """
import time
import retrieval.engine
from retrieval.encoders.registry import DEFAULT_ENCODER, load_encoder
encoder = load_encoder(DEFAULT_ENCODER)
encoder.encode(["warm up"], "query")
started = time.perf_counter()
for number in range(10):
    encoder.encode([f"how do I reset my password, number {number}"], "query")
print((time.perf_counter() - started) / 10 * 1000)
"""


def burn() -> None:
    """Keeps one core busy for ever."""
    while True:
        pass


def measured(policy: str) -> float:
    """Milliseconds a question under ``policy``."""
    environment = {**os.environ, "OMP_WAIT_POLICY": policy, "PYTHONPATH": "."}
    done = subprocess.run([sys.executable, "-c", MEASURE], env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def main() -> None:
    """Prints the medians and their ratio."""
    neighbour = multiprocessing.Process(target=burn, daemon=True)
    neighbour.start()
    pairs = [(measured("PASSIVE"), measured("ACTIVE")) for _ in range(ROUNDS)]
    neighbour.terminate()
    quiet, spinning = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"waiting {quiet:.0f} ms a question, spinning {spinning:.0f} ms: {spinning / quiet:.1f} times")


if __name__ == "__main__":
    main()
