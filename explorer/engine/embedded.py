"""What a worker of the embedded cluster begins with, as Dask's preload."""

import logging
from typing import Any


def dask_setup(_worker: Any) -> None:
    """Say nothing of heartbeats that nobody hears: the server is about to end, and its
    workers end with it."""
    logging.getLogger("distributed.worker").setLevel(logging.CRITICAL)
