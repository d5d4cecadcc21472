"""How good is the off-topic judge once moderators have judged fifty messages?

    python -m benchmarks.fifty_taught DATA [SET ...]

DATA/<set> holds train.jsonl (on topic) and offtopic.jsonl. Fifty lines of the latter are taught with their labels, in
the mix in which they come, and the others are judged; the draws are always the same. Prints one JSON line a set: the
means of all draws, and the worst AUROC.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from retrieval.engine import Engine
from retrieval.evaluation.data import Line, read_lines
from retrieval.evaluation.workplace import throw_away
from retrieval.fitting import metrics
from retrieval.settings import RetrievalSettings

SETS = ("irc_ubuntu", "clinc_banking_oos", "clinc_creditcards_oos")
DRAWS = 10
TAUGHT = 50


def main(data: Path, sets: Sequence[str] = SETS) -> None:
    """One engine a set, so that every text is encoded once, and one space a draw."""
    for name in sets:
        with throw_away(RetrievalSettings()) as engine:
            draws = np.array([measured(engine, data / name, draw) for draw in range(DRAWS)])
        auroc, false_flags, recall = draws.mean(axis=0).round(4).tolist()
        figures = {"auroc": auroc, "worst_auroc": round(draws[:, 0].min(), 4), "false_flag_rate": false_flags}
        print(json.dumps({"set": name, "draws": DRAWS, **figures, "off_topic_recall": recall}), flush=True)


def measured(engine: Engine, folder: Path, draw: int) -> tuple[float, float, float]:
    """AUROC, share of false flags and recall on the lines that this draw does not teach."""
    space = f"draw-{draw}"
    taught, rest = split([*read_lines(folder / "offtopic.jsonl", "text", "label")], draw)
    engine.judge.teach(space, [(line["text"], "in") for line in read_lines(folder / "train.jsonl", "text")], "import")
    engine.judge.teach(space, [(line["text"], line["label"]) for line in taught], "moderator")
    scores = np.array([verdict.score for verdict in engine.judge.verdicts(space, [line["text"] for line in rest])])
    out = np.array([line["label"] == "out" for line in rest])
    flagged = scores >= engine.lab.thresholds(space).off_topic
    return metrics.auroc(scores, out) or 0.0, float(flagged[~out].mean()), float(flagged[out].mean())


def split(lines: Sequence[Line], draw: int) -> tuple[list[Line], list[Line]]:
    """The lines that are taught, and those with other texts."""
    taught = random.Random(draw).sample(lines, TAUGHT)
    texts = {line["text"] for line in taught}
    return taught, [line for line in lines if line["text"] not in texts]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or SETS)
