"""Slices on their way: handed to workers as tasks of Dask, and fetched from them.

Each worker has at most two tasks under way, so that it never waits for the server.
Everything here is called from the runner's thread.
"""

import logging
import time
from collections.abc import Callable, Collection, Sequence
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


class Dispatch:
    """`hand_out` whenever a worker may be free."""

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
        self._tasks: dict[str, set[Task[list[Result]]]] = {}
        self._came: dict[str, float] = {}
        """When each worker that has had something to do since brought a task last."""

    def check(self) -> None:
        """See that somebody answers.

        Raises:
            ExplorerError: if nobody of those who are there does.
        """
        self._answering.check()

    def let_go(self) -> None:
        """Nobody can train any more; what was under way is lost."""
        self.ready = []
        self._tasks.clear()
        self._came.clear()

    def stand_back(self) -> None:
        """Want no more of what is under way."""
        for tasks in self._tasks.values():
            for task in tasks:
                task.release()
        self._tasks.clear()
        self._came.clear()

    def hand_out(self, every: Collection[Driven], watched: Watched) -> None:
        """Give each worker that is free slices of the runs whose turn it is."""
        self._refresh_workers(busy=bool(every))
        for driven in every:
            if driven.worker not in self.ready:
                place(driven, self.ready, every)
        even_out(self.ready, every)
        for worker in self.ready:
            while len(self._tasks.setdefault(worker, set())) < IN_FLIGHT:
                chosen = self.turns.choose(worker, every, watched)
                if not chosen:
                    break
                self._submit(worker, chosen)

    def _refresh_workers(self, busy: bool) -> None:
        present = self._workers.ready(busy)
        self.ready = self._answering.those(present)
        for worker in set(self._tasks) - set(present):
            self._came.pop(worker, None)
            for task in self._tasks.pop(worker):
                self._client().cancel([task], force=True)

    def _client(self) -> Client:
        return self._workers.client.result()

    def _submit(self, worker: str, chosen: list[Chosen]) -> None:
        jobs = [job for _, job in chosen]
        epochs = [driven.epoch for driven, _ in chosen]
        background = all(driven.background for driven, _ in chosen)
        handed = time.time()
        task = self._client().submit(
            run_slices,
            jobs,
            workers=[worker],
            allow_other_workers=True,
            pure=False,
            priority=BACKGROUND_PRIORITY if background else LIVE_PRIORITY,
            retries=0,
        )
        self._tasks[worker].add(task)
        self._answering.given(worker)

        def fetched(done: Task[list[Result]]) -> None:
            at = time.time()
            self._soon(
                lambda: self._done(worker, done, Given(jobs, epochs, handed), at)
            )

        task.add_done_callback(fetched)

    def _done(
        self, worker: str, task: Task[list[Result]], given: Given, fetched: float
    ) -> None:
        under_way = self._tasks.get(worker, set())
        under_way.discard(task)
        self._answering.heard(worker, bool(under_way))
        results, why = list[Result](), WORKER_DIED
        try:
            results = task.result(timeout=RESULT_WITHIN)
        except LOST as error:
            log.warning("A task was lost: %r", error)
        except Exception as error:
            log.exception("A task could not be carried out")
            why = unexpected(error)
        task.release()
        self._time(worker, given, fetched, bool(under_way))
        self._trace.came(results, given.handed, fetched)
        self._hear(given.jobs, given.epochs, results, why)

    def _time(self, worker: str, given: Given, fetched: float, busy: bool) -> None:
        """Note how long a worker that had always something to do took for a task."""
        if (before := self._came.pop(worker, None)) is not None:
            asked = sum(job.seconds for job in given.jobs)
            self.turns.took(worker, asked, fetched - before)
        if busy:
            self._came[worker] = fetched
