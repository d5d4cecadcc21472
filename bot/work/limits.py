"""What a worker may take of the machine: one thread, what nobody else wants of the processor, bounded memory."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import resource

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
"""For the environment, before the libraries are imported that read it once."""

_NICENESS = 10
_MEGABYTE = 1 << 20
_USE = Path("/proc/self/statm")
_ROOM = 1.25


def take_little(memory_mb: int) -> None:
    """Bounds this process for good: what it may allocate, and when it gets the processor.

    The bound leaves some room above ``memory_mb``: it is for what comes in one piece. What grows bit by bit has to be
    watched, since Python itself may go round in circles once there is not a byte left to raise an error with.
    """
    if sys.platform != "win32":
        os.nice(_NICENESS)
        # Not the address space: that counts the files that torch maps, a gigabyte which costs no memory.
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        allowed = int(memory_mb * _ROOM) * _MEGABYTE
        if most != resource.RLIM_INFINITY:
            allowed = min(allowed, most)
        resource.setrlimit(resource.RLIMIT_DATA, (allowed, most))


def used_mb() -> float:
    """The memory that this process has now; 0 on a system that does not say."""
    try:
        pages = int(_USE.read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / _MEGABYTE


def out_of_memory(memory_mb: int) -> str:
    """What became of a job that wanted more."""
    return (
        f"the {memory_mb} MB that a worker may use were not enough: raise worker_memory_mb in knowbot.toml, or split "
        "the largest document"
    )


def is_out_of_memory(error: BaseException) -> bool:
    """True where an allocation failed; torch says so in words of its own."""
    return (
        isinstance(error, MemoryError)
        or (isinstance(error, OSError) and error.errno == errno.ENOMEM)
        or (isinstance(error, RuntimeError) and "allocate memory" in str(error))
    )
