"""What a worker of the embedded cluster begins with, as Dask's preload."""

import logging
import os
from typing import Any

POLITE = 10
"""How much a worker lets the server go first (`nice`): a click or a frame is short, and
somebody waits for it."""


def dask_setup(_worker: Any) -> None:
    """Let the server go first; and say nothing of heartbeats that nobody hears: the
    server is about to end, and its workers end with it."""
    os.nice(POLITE)
    logging.getLogger("distributed.worker").setLevel(logging.CRITICAL)
