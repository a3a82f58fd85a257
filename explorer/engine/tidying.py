"""Clears away what was thrown away and can be had back no more, and thins old runs."""

import logging
import threading
from collections.abc import Callable

from explorer.config.run import RunConfig
from explorer.data import content
from explorer.engine.asking import CHECK_PRIORITY, Asker
from explorer.engine.limits import MEGABYTE, read_limits
from explorer.engine.packing import bring, own_digest
from explorer.engine.worker import facts_of_first
from explorer.errors import ExplorerError
from explorer.runs.store import Store
from explorer.runs.thinning import Seeded
from explorer.runs.trouble import database_trouble

log = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two looks at what was thrown away."""

BREATH = 0.05
"""Seconds between two runs that are thinned: who trains writes meanwhile."""

KILOBYTE = 1000


class Tidying:
    """A thread that tidies the store from now on until `close`."""

    def __init__(
        self, store: Store, thinned: Callable[[str], None], seeded: Seeded
    ) -> None:
        """`thinned` is told of each run that has fewer moments now."""
        self._store, self._thinned, self._seeded = store, thinned, seeded
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="tidying", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Begin no more; what is under way ends."""
        self._closing.set()
        self._thread.join(timeout=10)

    def _loop(self) -> None:
        while not self._closing.is_set():
            try:
                self._store.room.sweep_out()
                self._store.room.give_back()
                self._thin()
            except ExplorerError:
                pass  # no worker says what a seed makes; the next round asks again
            except Exception as error:
                if database_trouble(error) is None:
                    log.exception("The store stays untidy for now")
            self._closing.wait(EVERY)

    def _thin(self) -> None:
        """Thin all old runs whose turn it is, one by one; room is given back between,
        so that a large database never holds much of what it needs no more."""
        limits, thinning = read_limits(), self._store.thinning
        whole, most = limits.whole_megabytes, limits.old_run_kilobytes
        while due := thinning.due(whole * MEGABYTE):
            done = 0
            for run_id in due:
                if self._closing.wait(BREATH):
                    return
                if thinning.thin(run_id, most * KILOBYTE, self._seeded):
                    self._thinned(run_id)
                    done += 1
            self._store.room.give_back()
            if not done:
                return


def asking_workers(store: Store, asker: Asker) -> Seeded:
    """Have workers see, behind live runs, whether a seed makes a run's first moment."""

    def seeded(config: RunConfig, state: bytes) -> bytes | None:
        bring(store, own_digest(config))
        if content.lacks(own_digest(config)):
            return None  # with its data, so nobody can make it anew
        facts: bytes | None = asker.ask(
            facts_of_first, (config,), state, priority=CHECK_PRIORITY
        )
        return facts

    return seeded
