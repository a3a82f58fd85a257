"""Slices on their way: handed to workers as tasks of Dask, and fetched from them.

Each worker is given its next task shortly before it comes to the end of the one it has:
it never waits for the server, and who clicks waits for little that was handed out
before. Everything here is called from the runner's thread.
"""

import logging
import math
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from distributed import Client
from distributed import Future as Task

from explorer.engine.answering import Answering
from explorer.engine.driven import Chosen, Driven
from explorer.engine.jobs import Job, Result
from explorer.engine.tracing import Trace
from explorer.engine.turns import IN_FLIGHT, Turns, even_out, place
from explorer.engine.watched import Watched
from explorer.engine.worker import run_slices
from explorer.engine.workers import LOST, Workers
from explorer.errors import Words
from explorer.runs.messages import WORKER_DIED, unexpected

log = logging.getLogger(__name__)

LIVE_PRIORITY, BACKGROUND_PRIORITY = 10, 0
"""Of tasks, as Dask sees them."""

AHEAD = 0.1
"""Seconds before the likely end of a worker's task at which it is given the next: what
comes between on a busy server takes less."""

RESULT_WITHIN = 10.0
"""Seconds in which a result must come over. Dask waits for ever for one that was lost
with the last worker."""

Hear = Callable[[Sequence[Job], Sequence[int], Sequence[Result], Words], None]
"""(jobs, epoch of each, results, why there is none of the others)."""


class Given(NamedTuple):
    """A task's jobs, the epoch of each, and when it was handed to its worker."""

    jobs: list[Job]
    epochs: list[int]
    handed: float

    @property
    def asked(self) -> float:
        """Seconds that it shall take."""
        return sum(job.seconds for job in self.jobs)


@dataclass
class _Desk:
    """What one worker has to do."""

    tasks: dict[Task[list[Result]], Given] = field(default_factory=dict)
    """Under way, the oldest first."""
    came: float | None = None
    """When it brought a task last, if it has had something to do since."""

    def end(self, drag: float) -> float:
        """When it has likely done all this, where tasks take so many times as long as
        was asked; in the past if it has nothing to do."""
        if not self.tasks:
            return 0.0
        began = self.came or next(iter(self.tasks.values())).handed
        return began + drag * sum(given.asked for given in self.tasks.values())


class Dispatch:
    """`hand_out` whenever a worker may be free, and when it is `due`."""

    def __init__(
        self,
        workers: Workers,
        soon: Callable[[Callable[[], None]], None],
        hear: Hear,
        trace: Trace | None = None,
    ) -> None:
        """`soon` has something done in the runner's thread; `hear` is given what a task
        brought."""
        self._workers, self._soon, self._hear = workers, soon, hear
        self._trace = trace or Trace()
        self.ready: list[str] = []
        """Addresses of the workers that can train."""
        self.turns = Turns()
        self._answering = Answering()
        self._desks: dict[str, _Desk] = {}
        """By address."""

    def check(self) -> None:
        """See that somebody answers.

        Raises:
            ExplorerError: if nobody of those who are there does.
        """
        self._answering.check()

    def let_go(self) -> None:
        """Nobody can train any more; what was under way is lost."""
        self.ready = []
        self._desks.clear()

    def stand_back(self) -> None:
        """Want no more of what is under way."""
        for desk in self._desks.values():
            for task in desk.tasks:
                task.release()
        self._desks.clear()

    def hand_out(self, every: Collection[Driven], watched: Watched) -> None:
        """Give each worker that is free slices of the runs whose turn it is."""
        self._refresh_workers(busy=bool(every))
        for driven in every:
            if driven.worker not in self.ready:
                place(driven, self.ready, every)
        even_out(self.ready, every)
        for worker in self.ready:
            desk = self._desks.setdefault(worker, _Desk())
            while len(desk.tasks) < IN_FLIGHT and self._left(worker) <= AHEAD:
                chosen = self.turns.choose(worker, every, watched)
                if not chosen:
                    break
                self._submit(worker, chosen)

    def due(self) -> float:
        """Seconds until some worker shall be given its next task; infinite where all
        are waited for, or wait themselves."""
        left = (
            self._left(worker) - AHEAD
            for worker, desk in self._desks.items()
            if len(desk.tasks) < IN_FLIGHT
        )
        return min((seconds for seconds in left if seconds > 0), default=math.inf)

    def _left(self, worker: str) -> float:
        """Seconds until a worker has likely done what it has to do."""
        return self._desks[worker].end(self.turns.drag(worker)) - time.time()

    def _refresh_workers(self, busy: bool) -> None:
        present = self._workers.ready(busy)
        self.ready = self._answering.those(present)
        for worker in set(self._desks) - set(present):
            for task in self._desks.pop(worker).tasks:
                self._client().cancel([task], force=True)

    def _client(self) -> Client:
        return self._workers.client.result()

    def _submit(self, worker: str, chosen: list[Chosen]) -> None:
        jobs = [job for _, job in chosen]
        epochs = [driven.epoch for driven, _ in chosen]
        background = all(driven.background for driven, _ in chosen)
        given = Given(jobs, epochs, time.time())
        task = self._client().submit(
            run_slices,
            jobs,
            workers=[worker],
            allow_other_workers=True,
            pure=False,
            priority=BACKGROUND_PRIORITY if background else LIVE_PRIORITY,
            retries=0,
        )
        self._desks[worker].tasks[task] = given
        self._answering.given(worker)

        def fetched(done: Task[list[Result]]) -> None:
            at = time.time()
            self._soon(lambda: self._done(worker, done, given, at))

        task.add_done_callback(fetched)

    def _done(
        self, worker: str, task: Task[list[Result]], given: Given, fetched: float
    ) -> None:
        desk = self._desks.get(worker, _Desk())
        desk.tasks.pop(task, None)
        self._answering.heard(worker, bool(desk.tasks))
        results, why = list[Result](), WORKER_DIED
        try:
            results = task.result(timeout=RESULT_WITHIN)
        except LOST as error:
            log.warning("A task was lost: %r", error)
        except Exception as error:
            log.exception("A task could not be carried out")
            why = unexpected(error)
        task.release()
        if desk.came is not None:  # it had always something to do
            self.turns.took(worker, given.asked, fetched - desk.came)
        desk.came = fetched if desk.tasks else None
        self._trace.came(results, given.handed, fetched)
        self._hear(given.jobs, given.epochs, results, why)
