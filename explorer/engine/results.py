"""What comes back of slices: put in order, written down, and told.

Everything here is called from the runner's thread.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from explorer.engine.driven import Driven
from explorer.engine.jobs import Job, Result, Wanted
from explorer.engine.packing import packed
from explorer.engine.tracing import Trace
from explorer.errors import ExplorerError, Words
from explorer.runs.commands import PAUSE, STOP
from explorer.runs.records import Checkpoint, Curves, Progress, Run, Status, View
from explorer.runs.store import Store
from explorer.runs.trouble import database_trouble

log = logging.getLogger(__name__)

STORE_AGAIN = 0.5
"""Seconds to wait for a database that did not take a slice."""

MOST_LOSSES = 5
"""A run whose slice is lost this often in a row has failed."""

Views = tuple[tuple[Wanted, View], ...]

Listener = Callable[[str, Progress | None, Views], None]
"""(run id, what a slice brought, what was seen); called from the runner's thread."""


class Came(NamedTuple):
    """What came of a job."""

    driven: Driven
    job: Job
    result: Result


class News(NamedTuple):
    """What is to be kept of a run, and told."""

    driven: Driven
    progress: Progress
    views: Views


class Results:
    """`hear` and `enter`: the end of every slice."""

    def __init__(
        self,
        store: Store,
        listener: Listener,
        driven: dict[str, Driven],
        hand_back: Callable[[Driven], None],
        trace: Trace | None = None,
    ) -> None:
        """`driven` is shared with the runner: who trains no more leaves it.

        `hand_back` has a run, of whose job nothing came, go on from its last known
        state.
        """
        self._store, self._listener = store, listener
        self._driven, self._hand_back = driven, hand_back
        self._trace = trace or Trace()

    def hear(
        self,
        jobs: Sequence[Job],
        epochs: Sequence[int],
        results: Sequence[Result],
        why: Words,
    ) -> None:
        """Take what a task brought; `why` says how a job was lost that is not in it."""
        by_run = {result.run_id: result for result in results}
        came: list[Came] = []
        try:
            for job, epoch in zip(jobs, epochs, strict=True):
                lost = Result(job.run_id, job.serial, lost=why)
                self._hear(job, epoch, by_run.get(job.run_id, lost), came)
        finally:
            self._keep(came)

    def enter(self, news: list[News]) -> None:
        """Write down what slices brought, tell it, and let go of who trains no more."""
        there = self._store.record_all({n.driven.run.id: n.progress for n in news})
        stored = time.time()
        for driven, progress, views in news:
            leaves = progress.status != "training"
            if leaves or driven.run.id not in there:
                del self._driven[driven.run.id]
            if leaves or driven.run.id in there:
                self._listener(driven.run.id, progress, views)
        self._trace.kept((n.driven.run.id for n in news), stored)

    def _hear(self, job: Job, epoch: int, result: Result, came: list[Came]) -> None:
        """Put what comes next of a run to what `came`, with what waited for it."""
        driven = self._driven.get(job.run_id)
        if driven is None or driven.epoch != epoch:
            return
        driven.early[job.serial] = job, result
        while driven.epoch == epoch and driven.taken in driven.early:
            each = Came(driven, *driven.early.pop(driven.taken))
            if any(other.driven is driven for other in came):
                self._keep(came)  # its slices are written down one after the other
                came.clear()
            if driven.epoch == epoch and self._brings(*each):
                came.append(each)

    def _brings(self, driven: Driven, job: Job, result: Result) -> bool:
        """Whether a job brought something; a run of which nothing came is handed to a
        worker again."""
        driven.taken += 1
        driven.in_flight -= 1
        if result.lacks:
            self._provide(driven, job)
        elif result.lost and driven.lost >= MOST_LOSSES:
            self._fail(driven, result.lost)
        elif result.lost or result.missing:
            driven.lost += result.lost is not None
            self._hand_back(driven)
        else:
            driven.lost = 0
            return True
        return False

    def _provide(self, driven: Driven, job: Job) -> None:
        """Send a run's own data along from now on."""
        try:
            driven.contents = packed(self._store, driven.run.config)
        except ExplorerError as error:
            self._fail(driven, error.words)
        else:
            self._hand_back(driven)

    def _keep(self, came: list[Came]) -> None:
        """Take results, all of them in one transaction; where they cannot be stored, do
        the jobs again later."""
        if not came:
            return
        before = [dict(vars(each.driven)) for each in came]
        try:
            self._take(came)
        except Exception as error:
            for each, values in zip(came, before, strict=True):
                vars(each.driven).update(values)
                self._driven[each.driven.run.id] = each.driven
            if database_trouble(error) is None and len(came) > 1:
                for each in came:  # one must not spoil the others
                    self._keep([each])
                return
            if database_trouble(error) is None:
                log.exception("What a slice brought could not be stored")
            time.sleep(STORE_AGAIN)
            for each in came:
                self._hand_back(each.driven)

    def _take(self, came: list[Came]) -> None:
        news = []
        for driven, _job, result in came:
            if result.progress is None:
                self._fail(driven, result.error)
            else:
                progress = self._moved(driven, result.progress)
                news.append(News(driven, progress, result.views))
        self.enter(news)
        for driven, job, _result in came:
            driven.under_way.pop(job.serial, None)

    def _moved(self, driven: Driven, progress: Progress) -> Progress:
        """Note how far a run is; the last slice of one that shall rest says so."""
        if progress.state is not None:
            driven.saved = Checkpoint(progress.step, progress.state)
        driven.at = progress.step
        if progress.step > driven.run.step:
            driven.run = replace(
                driven.run, step=progress.step, seconds=progress.seconds
            )
        if driven.left is not None:
            driven.left -= len(progress.curves.losses)
            if driven.left <= 0:
                driven.rest("paused")
        if progress.status == "training" and driven.may_leave:
            return with_status(progress, driven.status_after)
        return progress

    def _fail(self, driven: Driven, why: Words | None) -> None:
        self._store.set_status(driven.run.id, "failed", why)
        del self._driven[driven.run.id]
        self._listener(driven.run.id, None, ())


def nothing_new(run: Run) -> Progress:
    """A slice without a step: the run trains, and stands where it stood."""
    return Progress(run.step, Curves.empty(), run.step, run.seconds)


def with_status(progress: Progress, status: Status) -> Progress:
    """The same slice of a run that then rests."""
    commands = progress.commands
    if status != "paused" or len(progress.curves.losses) or not commands:
        resting = PAUSE if status == "paused" else STOP
        commands = (*commands, resting()._replace(step=progress.step))
    return replace(progress, status=status, commands=commands)
