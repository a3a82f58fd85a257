"""Who can train: the connection to the scheduler, and the workers that are ready.

Workers may come and go, and so may a scheduler that is not our own.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import CancelledError, Future
from copy import copy
from typing import Any

from distributed import Client, KilledWorker
from distributed.client import ClosedClientError

from explorer.engine.welcoming import Welcoming
from explorer.errors import N_, ExplorerError, Words

log = logging.getLogger(__name__)

PATIENCE, WELCOME = 10.0, 120.0
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


class Workers:
    """Those who train for a runner. Only its thread calls `reach` and `ready`."""

    def __init__(
        self,
        connect: Callable[[], Client],
        joined: Callable[[], None],
        deleted: Callable[[], Collection[str]],
        later: float = 0.0,
    ) -> None:
        """`joined` is called from any thread when there is something to do: a worker is
        ready, or a connection has come about. `deleted` is as in `Welcoming`. Workers
        begin so many seconds `later`, if nobody needs them before."""
        self._connect, self._joined, self._deleted = connect, joined, deleted
        self.client: Future[Client] = Future()
        self._coming: Future[Client] | None = None
        """The connection that is under way."""
        self._again_at = time.monotonic() + later
        self._trouble: ExplorerError | None = None
        self._welcoming: Welcoming | None = None
        self._ready: list[str] = []
        self._looked = 0.0
        self._last_seen = time.monotonic()
        """When there was a worker last, or the wait for one began."""

    @property
    def remarks(self) -> list[Words]:
        """What people should know of the workers that are there."""
        welcoming = self._welcoming
        return [] if welcoming is None else welcoming.remarks

    def check_reached(self) -> None:
        """See that the scheduler can be reached, or will be within moments.

        Raises:
            ExplorerError: if it cannot; what waits goes on by itself later.
        """
        if self._trouble is not None:
            raise copy(self._trouble)

    def hurry(self) -> None:
        """Have workers begin now, where they were to begin later. From any thread."""
        if self._coming is None and self._trouble is None:
            self._again_at = 0.0

    def check(self) -> None:
        """See that somebody can train, or will within moments.

        Raises:
            ExplorerError: if nobody can; what waits goes on by itself later.
        """
        self.check_reached()
        welcoming = self._welcoming
        if welcoming is not None:
            patience = WELCOME if welcoming.coming else PATIENCE
            if time.monotonic() - self._last_seen > patience:
                raise _nobody(welcoming.why_useless)

    def reach(self) -> bool:
        """Whether the scheduler can be spoken to; where it cannot, a connection is
        under way and not waited for."""
        if self.client.done():
            status = self.client.result().status
            if status == "running":
                self._trouble = None
                return True
            self._lose()
            if status == "closed":  # else it tries to connect again by itself
                self.client = Future()
        elif self._coming is not None and self._coming.done():
            self._arrive(self._coming)
        elif self._coming is None and time.monotonic() >= self._again_at:
            self._coming = self._begin()
        return False

    def _begin(self) -> "Future[Client]":
        coming: Future[Client] = Future()

        def connect() -> None:
            try:
                coming.set_result(self._connect())
            except Exception as error:
                coming.set_exception(error)
            self._joined()

        threading.Thread(target=connect, name="connect", daemon=True).start()
        return coming

    def _arrive(self, coming: "Future[Client]") -> None:
        """Take a connection that came about, or try again later."""
        self._coming = None
        error = coming.exception()
        if error is None:
            self._last_seen = time.monotonic()
            self.client.set_result(coming.result())
        elif isinstance(error, ExplorerError):
            self._hold_up(error)
        else:
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

    def _hold_up(self, error: ExplorerError) -> None:
        if self._trouble is None or str(self._trouble) != str(error):
            log.warning("%s", error)
        self._trouble = error
        self._again_at = time.monotonic() + AGAIN_AFTER

    def forget(self, digests: Collection[str]) -> None:
        """Have workers delete this own data; those who join later are told then."""
        if self._welcoming is not None:
            self._welcoming.forget(digests)

    def _lose(self) -> None:
        """The scheduler went away, and with it all that was under way."""
        self._welcoming = None
        self._ready = []
        self._looked = 0.0
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
        client = self.client.result()
        if self._welcoming is None:
            self._welcoming = Welcoming(client, self._joined, self._deleted)
        info: Any = client.scheduler_info(n_workers=-1)
        self._ready = self._welcoming.ready(list(info["workers"]))
        if self._ready:
            self._last_seen = now
        return self._ready


def _nobody(why_useless: Words | None) -> ExplorerError:
    return ExplorerError(
        N_(
            "A worker that is ready is needed to train and to look at runs, but "
            "%(reason)s. Start one; runs that wait go on by themselves."
        ),
        reason=why_useless or Words(N_("there is none")),
    )
