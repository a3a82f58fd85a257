"""How often codes of classes may be guessed: by one person, and by all together.

A code to be dictated is short, so that whoever tries long enough finds one. A new
cookie makes a new person, hence the second limit.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from explorer.errors import N_, ExplorerError
from explorer.runs.passes import Pass, plain

PERIOD = 600.0
"""Seconds until a wrong code is forgotten."""

MOST_OF_ONE, MOST_OF_ALL = 10, 300
"""Wrong codes within the period: of one person, and of everybody."""


class Wrong(NamedTuple):
    """A code that opened nothing."""

    at: float  # seconds on the clock
    owner: str
    code: str


class Guessing:
    """The wrong codes of late, in memory."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._wrong: deque[Wrong] = deque()

    def find(self, owner: str, typed: str, find: Callable[[str], Pass]) -> Pass:
        """What a code opens. A page that is drawn again asks again: the same wrong code
        of one person counts once.

        Args:
            owner: who typed it.
            typed: the code.
            find: as `Passes.find`.

        Raises:
            ExplorerError: if it opens nothing, or too many were wrong.
        """
        self._check(owner)
        try:
            return find(typed)
        except ExplorerError:
            self._note(owner, plain(typed))
            raise

    def _check(self, owner: str) -> None:
        with self._lock:
            now = self._clock()
            while self._wrong and self._wrong[0].at <= now - PERIOD:
                self._wrong.popleft()
            mine = [wrong for wrong in self._wrong if wrong.owner == owner]
            if len(mine) < MOST_OF_ONE and len(self._wrong) < MOST_OF_ALL:
                return
            first = mine[0] if len(mine) >= MOST_OF_ONE else self._wrong[0]
        raise ExplorerError(
            N_(
                "Only a few wrong codes are taken within %(period)d minutes, and there "
                "were too many. Try again in %(minutes)d min, or open the class by its "
                "link."
            ),
            period=round(PERIOD / 60),
            minutes=math.ceil((first.at + PERIOD - now) / 60),
        )

    def _note(self, owner: str, code: str) -> None:
        with self._lock:
            if not any(w.owner == owner and w.code == code for w in self._wrong):
                self._wrong.append(Wrong(self._clock(), owner, code))
