"""Looking at stored moments of runs: what was seen is kept ready, and training goes on.

Workers answer looks before they train. So there are never more under way than workers:
between two looks each of them trains. And while something trains, the looks of all tabs
together take no more than a share of the workers' time.
"""

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from explorer.config.run import RunConfig
from explorer.engine.asking import Asker
from explorer.engine.jobs import Looked, Wanted
from explorer.engine.worker import look_at
from explorer.runs.records import View
from explorer.runs.store import Store

MOST_VIEWS = 512
"""Views of stored states that are kept ready, over all runs."""

MOST_BYTES = 200_000_000
"""What these may take together."""

THREADS = 32
"""Looks that wait at one time, each in a thread; the others wait in a queue."""

SHARE, AT_ONCE = 0.5, 2.0
"""What looks get of a worker's time while something trains; and seconds that they may
take at once, as where a page opens with many pictures."""

_T = TypeVar("_T")


class Looks:
    """What `Engine.looks` is."""

    def __init__(
        self,
        store: Store,
        asker: Asker,
        workers: Callable[[], int],
        trains: Callable[[], bool] = lambda: False,
    ) -> None:
        """`workers`: how many there are now; `trains`: whether anything does."""
        self._store, self._asker, self._workers = store, asker, workers
        self._trains = trains
        self._left, self._at = AT_ONCE, time.monotonic()
        """Seconds of each worker that looks may take at once, and when that was so."""
        self._views: OrderedDict[tuple[str, int, Wanted], View] = OrderedDict()
        self._bytes = 0
        self._threads = ThreadPoolExecutor(THREADS, "looks")
        self._turn = threading.Condition()
        self._under_way = 0

    def at(self, run_id: str, step: int, wanted: tuple[Wanted, ...]) -> list[View]:
        """Views of a run as it was after `step` updates, a stored state. Blocks.

        Raises:
            ExplorerError: if nothing is stored for that step, or a view is unknown.
        """
        with self._turn:
            ready = {w: self._views.get((run_id, step, w)) for w in wanted}
        found = {want: view for want, view in ready.items() if view is not None}
        if missing := [want for want in ready if want not in found]:
            run = self._store.get(run_id)
            checkpoint = self._store.checkpoint(run_id, step)
            with self._in_turn():
                looked: Looked = self._asker.ask(
                    look_at, (run.config,), checkpoint.state, missing
                )
                self._pay(looked.seconds)
            for want, view in zip(missing, looked.views, strict=True):
                found[want] = view
                self.keep(run_id, step, want, view)
        return [found[want] for want in wanted]

    async def at_async(
        self, run_id: str, step: int, wanted: tuple[Wanted, ...]
    ) -> list[View]:
        """`at` for the event loop."""
        return await self._in_thread(lambda: self.at(run_id, step, wanted))

    async def elsewhere(
        self, run_id: str, step: int, wanted: Wanted
    ) -> tuple[RunConfig, View]:
        """One view of another moment or run, and that run's config; step -1: newest."""

        def look() -> tuple[RunConfig, View]:
            run = self._store.get(run_id)
            newest = self._store.state(run_id) if step < 0 else None
            at = newest.step if newest is not None else max(0, step)
            (view,) = self.at(run_id, at, (wanted,))
            return run.config, view

        return await self._in_thread(look)

    def keep(self, run_id: str, step: int, wanted: Wanted, view: View) -> None:
        """Have a view ready."""
        with self._turn:
            old = self._views.pop((run_id, step, wanted), None)
            self._views[run_id, step, wanted] = view
            self._bytes += view.n_bytes - (old.n_bytes if old is not None else 0)
            while len(self._views) > MOST_VIEWS or self._bytes > MOST_BYTES:
                self._bytes -= self._views.popitem(last=False)[1].n_bytes

    def forget(self) -> None:
        """Have no view ready any more."""
        with self._turn:
            self._views.clear()
            self._bytes = 0

    def close(self) -> None:
        """Begin no more looks."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, look: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, look)

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        with self._turn:
            self._turn.wait_for(lambda: self._under_way < max(1, self._workers()))
            self._under_way += 1
            wait = self._too_early()
        try:
            time.sleep(wait)
            yield
        finally:
            with self._turn:
                self._under_way -= 1
                self._turn.notify_all()

    def _too_early(self) -> float:
        """Seconds that the next look waits."""
        now = time.monotonic()
        self._left = min(AT_ONCE, self._left + (now - self._at) * SHARE)
        self._at = now
        return max(0.0, -self._left / SHARE) if self._trains() else 0.0

    def _pay(self, seconds: float) -> None:
        """Note what a look took of a worker that could have trained."""
        if self._trains():
            with self._turn:
                self._left -= seconds / max(1, self._workers())
