"""Clears away what was thrown away and can be had back no more."""

import logging
import threading

from explorer.runs.store import Store
from explorer.runs.trouble import database_trouble

log = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two looks at what was thrown away."""


class Tidying:
    """A thread that tidies the store from now on until `close`."""

    def __init__(self, store: Store) -> None:
        self._store = store
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
            except Exception as error:
                if database_trouble(error) is None:
                    log.exception("What was thrown away stays for now")
            self._closing.wait(EVERY)
