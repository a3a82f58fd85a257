"""Who can train: the connection to the scheduler, and the workers that are ready.

Workers may come and go, and so may a scheduler that is not our own. One that joins
gets no run before it has taken a first step, and none at all if it cannot run this
program.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from copy import copy
from typing import Any

from distributed import Client, KilledWorker
from distributed import Future as Task
from distributed.client import ClosedClientError

from explorer import catalog
from explorer.engine.worker import get_ready, warm_up
from explorer.errors import N_, ExplorerError, Words

log = logging.getLogger(__name__)

PATIENCE, WELCOME = 20.0, 120.0
"""Seconds without a ready worker before those who want to train are told so: where
none is there, and where one is getting ready."""

AGAIN_AFTER = 2.0
"""Seconds between two tries to reach the scheduler."""

LOST = (
    TimeoutError,
    OSError,
    KilledWorker,
    ClosedClientError,
    CancelledError,
    asyncio.CancelledError,
)
"""What a task says where workers or their scheduler went away."""

BUSY, IDLE = 1.0, 5.0
"""Seconds between two looks at who is there, while something trains and else."""


WARMING_PRIORITY = -10
"""Of a task that warms up, as Dask sees it: behind all that anybody waits for."""


def to_warm_up() -> list[str]:
    """The models that can learn the first dataset."""
    return [model.name for model in catalog.fitting(catalog.DEFAULT_DATA)]


class Workers:
    """Those who train for a runner. Only its thread calls `reach` and `ready`."""

    def __init__(self, connect: Callable[[], Client], joined: Callable[[], None]):
        """`joined` is called from any thread when a worker is ready to train."""
        self._connect, self._joined = connect, joined
        self.client: Future[Client] = Future()
        self._trouble: ExplorerError | None = None
        self._welcomed: dict[str, Task[None]] = {}
        self._warming: dict[str, list[Task[None]]] = {}
        self._ready: list[str] = []
        self._looked = 0.0
        self._last_seen = time.monotonic()
        """When there was a worker last, or the wait for one began."""

    def check(self) -> None:
        """See that somebody can train, or will within moments.

        Raises:
            ExplorerError: if nobody can; what waits goes on by itself later.
        """
        trouble = self._trouble
        if trouble is None and self.client.done():
            coming = any(not task.done() for task in list(self._welcomed.values()))
            patience = WELCOME if coming else PATIENCE
            if time.monotonic() - self._last_seen > patience:
                trouble = self._nobody()
        if trouble is not None:
            raise copy(trouble)

    def _nobody(self) -> ExplorerError:
        reasons = [t.exception() for t in list(self._welcomed.values()) if t.done()]
        message = next((repr(reason)[:200] for reason in reasons if reason), None)
        reason = Words(N_("there is none"))
        if message is not None:
            reason = Words(N_("the last one said: %(reason)s"), {"reason": message})
        return ExplorerError(
            N_(
                "A worker that is ready is needed to train and to look at runs, but "
                "%(reason)s. Start one; runs that wait go on by themselves."
            ),
            reason=reason,
        )

    def reach(self) -> bool:
        """Whether the scheduler can be spoken to; tries once where it could not."""
        if self.client.done():
            status = self.client.result().status
            if status == "running":
                self._trouble = None
                return True
            self._lose()
            if status != "closed":
                time.sleep(0.1)
                return False  # it tries to connect again by itself
            self.client = Future()
        try:
            client = self._connect()
            self._last_seen = time.monotonic()
            self.client.set_result(client)
        except ExplorerError as error:
            self._hold_up(error)
        except Exception as error:
            reason = repr(error.__cause__ or error)[:200]
            self._hold_up(
                ExplorerError(
                    N_(
                        "Workers are needed to train, but they could not be started: "
                        "%(reason)s. Look into the server's log."
                    ),
                    reason=reason,
                )
            )
        return self.client.done()

    def _hold_up(self, error: ExplorerError) -> None:
        if self._trouble is None or str(self._trouble) != str(error):
            log.warning("%s", error)
        self._trouble = error
        time.sleep(AGAIN_AFTER)

    def _lose(self) -> None:
        """The scheduler went away, and with it all that was under way."""
        self._welcomed.clear()
        self._warming.clear()
        self._ready = []
        self._looked = 0.0
        self._hold_trouble()

    def _hold_trouble(self) -> None:
        if self._trouble is None:
            log.warning("The scheduler is gone")
        self._trouble = ExplorerError(
            N_(
                "The Dask scheduler must answer, but it does so no more. Start it and "
                "its workers again; runs then go on by themselves."
            )
        )

    def ready(self, busy: bool = True) -> list[str]:
        """The addresses of those who are ready to train."""
        now = time.monotonic()
        if now - self._looked < (BUSY if busy else IDLE) and self._ready:
            return self._ready
        self._looked = now
        info: Any = self.client.result().scheduler_info(n_workers=-1)
        present = list(info["workers"])
        for worker in present:
            if worker not in self._welcomed:
                self._welcomed[worker] = self._welcome(worker)
        for gone in set(self._welcomed) - set(present):
            self._welcomed.pop(gone).release()
            self._warming.pop(gone, None)
        self._ready = [w for w in present if self._welcomed[w].status == "finished"]
        for worker in self._ready:
            if worker not in self._warming:
                self._warming[worker] = self._warm(worker)
        if self._ready:
            self._last_seen = now
        return self._ready

    def _welcome(self, worker: str) -> "Task[None]":
        """Have a worker take a first step; it is ready when it has done so."""

        def settled(task: "Task[None]") -> None:
            if task.status == "error":
                log.warning("%s is of no use: %r", worker, task.exception())
            self._joined()

        task: Task[None] = self.client.result().submit(
            get_ready,
            workers=[worker],
            allow_other_workers=False,
            pure=False,
            priority=100,
        )
        task.add_done_callback(settled)
        return task

    def _warm(self, worker: str) -> "list[Task[None]]":
        """Have a worker do once what people will ask of it, while it has nothing else
        to do."""
        client = self.client.result()
        return [
            client.submit(
                warm_up,
                model,
                workers=[worker],
                allow_other_workers=False,
                pure=False,
                priority=WARMING_PRIORITY,
            )
            for model in to_warm_up()
        ]
