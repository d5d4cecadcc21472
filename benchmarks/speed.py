"""``make bench``: every row of the speed table, in a known order; writes ``benchmarks/results/speed.json`` and ``.md``.

Names of parts (encoding, search, answers, ingest, start) measure only those and print them.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable

from benchmarks import speed_answers, speed_encoding, speed_ingest, speed_search, speed_start
from benchmarks.harness import Row, as_table, write_results
from benchmarks.workload import Folder, ingested

Part = Callable[[Folder], tuple[list[Row], list[str]]]


def _alone(rows: Callable[[Folder], list[Row]]) -> Part:
    return lambda folder: (rows(folder), [])


PARTS: dict[str, Part] = {
    "start": _alone(speed_start.rows),
    "encoding": _alone(speed_encoding.rows),
    "answers": _alone(speed_answers.rows),
    "ingest": _alone(speed_ingest.rows),
    "search": lambda _: speed_search.rows(),
}


def main(wanted: list[str]) -> None:
    """Measures all parts, or those that are named."""
    logging.basicConfig(level=logging.WARNING)
    started, rows, missing = time.perf_counter(), list[Row](), list[str]()
    with ingested() as folder:
        for name in wanted or PARTS:
            print(f"{name} ...", flush=True)
            found, lacking = PARTS[name](folder)
            rows += found
            missing += lacking
            for row in found:
                print(f"  {row.what}, against {row.against}: {row.ratio:.2f} {row.verdict} {row.note}", flush=True)
    took = time.perf_counter() - started
    if wanted:
        print(as_table(rows, {}, took, missing))
    else:
        write_results(rows, "speed", took, missing)


if __name__ == "__main__":
    main(sys.argv[1:])
