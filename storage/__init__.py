"""Keeps things. SQLite is the truth, the USearch file beside it can always be rebuilt."""

import os

# USearch loads OpenMP, which reads this once and for all libraries of the process, torch among them. By default its
# waiting threads spin: beside a busy neighbour a question then takes ten times as long to encode.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
