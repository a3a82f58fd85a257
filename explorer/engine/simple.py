"""Simple methods beside runs: fitted once for each dataset, when somebody looks.

A worker has a process of its own fit them, which lets all others go first; meanwhile
the worker trains on. At most one dataset is fitted at a time.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from distributed import secede

from explorer.config.run import RunConfig
from explorer.engine.asking import Asker
from explorer.errors import N_, ExplorerError, Words
from explorer.runs.messages import unexpected
from explorer.runs.records import Run, Simple
from explorer.training.simple import METHODS as METHODS
from explorer.training.simple import offered as offered
from explorer.training.simple import simple_methods

log = logging.getLogger(__name__)

PRIORITY = -1
"""As Dask sees it: after live runs and after sweeps."""

WITHIN = 900
"""Seconds in which a worker answers."""

MOST_KEPT = 256

Tell = Callable[[str, Simple], None]
"""(id of a run, what simple methods did on its data)."""

Key = tuple[str, str, int]
"""A dataset's name, its settings (of own data: with its digest), and the seed."""


def key_of(config: RunConfig) -> Key:
    """What two runs share whose data are the same."""
    return config.data, str(sorted(config.data_settings.items())), config.seed


def in_worker(config: str) -> Simple:
    """Have a process of its own fit the methods; this worker trains on meanwhile."""
    secede()
    return simple_methods(RunConfig.from_json(config))


class SimpleMethods:
    """What `Engine.simple` is."""

    def __init__(self, asker: Asker, tell: Tell) -> None:
        """`tell` hears of every run that was asked for, from any thread."""
        self._asker, self._tell = asker, tell
        self._found: OrderedDict[Key, Simple] = OrderedDict()
        self._waiting: dict[Key, set[str]] = {}
        self._troubles: dict[Key, Simple] = {}
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, "simple")

    def want(self, run: Run) -> None:
        """Have `tell` hear of them: at once if they are known, or later."""
        key = key_of(run.config)
        with self._lock:
            found = self._found.get(key)
            if found is None:
                begun = key in self._waiting
                self._waiting.setdefault(key, set()).add(run.id)
                if not begun:
                    self._thread.submit(self._fit, key, run.config)
        if found is not None:
            self._tell(run.id, found)

    def beside(self, run: Run) -> Simple | None:
        """What they did on a run's data, or why nobody knows, if that is known; else
        it will be, for whoever looks again."""
        key = key_of(run.config)
        with self._lock:
            found = self._found.get(key) or self._troubles.get(key)
        if found is None:
            self.want(run)
        return found

    def of(self, config: RunConfig) -> Simple:
        """What they did on a run's data; waits for it if it is not known yet.

        Raises:
            ExplorerError: if there is no such data, or the fitting fails.
        """
        key = key_of(config)
        with self._lock:
            found = self._found.get(key)
        if found is None:
            found = self._ask(config)
            self._keep(key, found)
        return found

    def _ask(self, config: RunConfig) -> Simple:
        found: Simple = self._asker.ask(
            in_worker, (config,), priority=PRIORITY, within=WITHIN
        )
        return found

    def _keep(self, key: Key, found: Simple) -> None:
        with self._lock:
            self._found[key] = found
            while len(self._found) > MOST_KEPT:
                self._found.popitem(last=False)

    def _fit(self, key: Key, config: RunConfig) -> None:
        """Ask a worker, and tell who waits; what failed is tried when next wanted."""
        try:
            found = self._ask(config)
        except Exception as error:
            if not isinstance(error, ExplorerError):
                log.exception("Simple methods could not be fitted")
            found = Simple(trouble=trouble(unexpected(error)))
        if found.trouble is None:
            self._keep(key, found)
        with self._lock:
            if found.trouble is not None:
                self._troubles = {key: found}
            waiting = self._waiting.pop(key)
        for run_id in waiting:
            self._tell(run_id, found)

    def close(self) -> None:
        """Begin with no more."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def trouble(why: Words) -> Words:
    """That there are no simple methods, and why."""
    return Words(
        N_("There are no simple methods to compare with: %(why)s"), {"why": why}
    )
