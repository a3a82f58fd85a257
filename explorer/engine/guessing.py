"""How often codes of classes may be guessed: by one person, and by all together.

A code to be dictated is short, so that whoever tries long enough finds one. A new
cookie makes a new person, hence the second limit.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
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
        wrong = Wrong(self._clock(), owner, plain(typed))
        # Counted before it is looked up: many at one time are no more than may be.
        counted, opens_none = self._count(wrong), False
        try:
            return find(typed)
        except ExplorerError:
            opens_none = True
            raise
        finally:
            if counted and not opens_none:
                with self._lock, suppress(ValueError):  # it may be forgotten by now
                    self._wrong.remove(wrong)

    def _count(self, coming: Wrong) -> bool:
        """Take a code for a wrong one, unless it counts already; whether it does now.

        Raises:
            ExplorerError: if there were too many.
        """
        owner = coming.owner
        with self._lock:
            now = self._clock()
            while self._wrong and self._wrong[0].at <= now - PERIOD:
                self._wrong.popleft()
            mine = [wrong for wrong in self._wrong if wrong.owner == owner]
            if len(mine) < MOST_OF_ONE and len(self._wrong) < MOST_OF_ALL:
                if any(wrong.code == coming.code for wrong in mine):
                    return False
                self._wrong.append(coming)
                return True
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
