"""To wait for what a busy machine does in its own time."""

import time
from collections.abc import Callable


def wait(condition: Callable[[], bool], seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
