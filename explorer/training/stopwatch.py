"""The seconds of a run: those of its work, none in which its process stood still."""

import time

STANDSTILL = 1.0
"""Seconds of one step in which its process does not compute. Less is what a busy
machine takes; one that was stopped, or slept, computes nothing."""


class Stopwatch:
    """Counts from when it is made."""

    def __init__(self) -> None:
        self._wall, self._computed = time.perf_counter(), time.process_time()

    def lap(self) -> float:
        """Seconds of work since the last lap."""
        wall, computed = time.perf_counter(), time.process_time()
        passed, worked = wall - self._wall, computed - self._computed
        self._wall, self._computed = wall, computed
        return passed if passed - worked < STANDSTILL else worked
