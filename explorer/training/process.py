"""What a process needs that trains small nets at full speed, wherever it began."""

import ctypes
from functools import cache

import torch

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""Their numbers in glibc's malloc.h."""

KEPT_BYTES = 2**30


def settle() -> None:
    """Have this process train: one thread computes, and the allocator keeps its memory.

    One thread, so that a run's numbers never depend on the load.
    """
    torch.set_num_threads(1)
    keep_memory()


@cache
def keep_memory() -> bool:
    """What a step has freed the next one takes: it does not go back to the system.

    Returns:
        Whether the C library was told; one other than glibc is left as it is.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    accepted = [mallopt(of, KEPT_BYTES) for of in (M_TRIM_THRESHOLD, M_MMAP_THRESHOLD)]
    return all(accepted)
