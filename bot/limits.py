"""What a worker may take of the machine: one thread, what nobody else wants of the processor, bounded memory."""

from __future__ import annotations

import errno
import os
import sys

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


def take_little(memory_mb: int) -> None:
    """Bounds this process for good: what it may allocate, and when it gets the processor."""
    if sys.platform != "win32":
        os.nice(_NICENESS)
        # Not the address space: that counts the files that torch maps, a gigabyte which costs no memory.
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        wanted = memory_mb * _MEGABYTE
        resource.setrlimit(
            resource.RLIMIT_DATA, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most)
        )


def is_out_of_memory(error: BaseException) -> bool:
    """True where an allocation failed; torch says so in words of its own."""
    return (
        isinstance(error, MemoryError)
        or (isinstance(error, OSError) and error.errno == errno.ENOMEM)
        or (isinstance(error, RuntimeError) and "allocate memory" in str(error))
    )
