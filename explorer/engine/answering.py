"""Which workers answer: one that hangs is set aside, and its runs go on elsewhere."""

import logging
import time
from collections.abc import Sequence

from explorer.errors import N_, ExplorerError

log = logging.getLogger(__name__)

WITHIN = 10.0
"""Seconds in which a worker comes to the end of a task, which asks for a fraction of
one; the first slice of a run may have to make its data."""


class Answering:
    """When each worker was last heard of while it had something to do."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}
        self._within: dict[str, float] = {}
        """How long each may be silent: twice as long after each time that it turned out
        to be only slow."""
        self._aside: set[str] = set()
        self._nobody = False
        """Whether none of those who are there answers."""

    def check(self) -> None:
        """See that somebody answers.

        Raises:
            ExplorerError: if nobody of those who are there does.
        """
        if self._nobody:
            raise ExplorerError(
                N_(
                    "A worker must come to the end of its task within %(seconds)d "
                    "seconds, but none does. Wait, or start another; runs go on by "
                    "themselves."
                ),
                seconds=WITHIN,
            )

    def given(self, worker: str) -> None:
        """It has something to do now."""
        self._since.setdefault(worker, time.monotonic())

    def heard(self, worker: str, more: bool) -> None:
        """It came to the end of a task; whether there is more for it to do."""
        if worker in self._aside:
            self._aside.discard(worker)
            self._within[worker] = 2 * self._within.get(worker, WITHIN)
            log.warning("%s answers again", worker)
        self._since.pop(worker, None)
        if more:
            self.given(worker)

    def those(self, present: Sequence[str]) -> list[str]:
        """The workers that answer, among those that are there. Where none does, all are
        waited for: there is nowhere else to go."""
        self._aside &= set(present)
        silent = {worker for worker in present if self._is_silent(worker)}
        answering = [w for w in present if w not in silent]
        self._nobody = bool(silent) and not answering
        for worker in silent - self._aside:
            log.warning(
                "%s does not answer; its runs go on where somebody does", worker
            )
        self._aside = silent
        return answering or list(present)

    def _is_silent(self, worker: str) -> bool:
        if worker in self._aside:
            return True
        within = self._within.get(worker, WITHIN)
        return time.monotonic() - self._since.get(worker, time.monotonic()) > within
