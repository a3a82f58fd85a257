"""Drives every active run, slice by slice.

One thread owns all of it; everything else speaks to it through a queue. Each worker
has at most two tasks under way, so that it never waits for this thread. A run stays
with one worker, which keeps its trainer alive, as long as the work is evenly spread.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import replace
from typing import NamedTuple

from distributed import Client
from distributed import Future as Task

from explorer.engine.answering import Answering
from explorer.engine.driven import Chosen, Driven
from explorer.engine.jobs import Job, Result, Wanted
from explorer.engine.packing import packed
from explorer.engine.race import pace_of
from explorer.engine.turns import IN_FLIGHT, Turns, even_out, place
from explorer.engine.watched import Watched
from explorer.engine.worker import run_slices
from explorer.engine.workers import LOST, Workers
from explorer.errors import ExplorerError, Words
from explorer.runs.commands import PAUSE, STOP, spec_of
from explorer.runs.messages import WORKER_DIED, unexpected
from explorer.runs.records import (
    Checkpoint,
    Command,
    Curves,
    Progress,
    Run,
    Status,
    View,
)
from explorer.runs.store import Store
from explorer.runs.trouble import database_trouble

log = logging.getLogger(__name__)

STORE_AGAIN = 0.5
"""Seconds to wait for a database that did not take a slice."""

LISTENS = 0.05
"""Seconds after which it hands out work before it listens again."""

LIVE_PRIORITY, BACKGROUND_PRIORITY = 10, 0
"""Of tasks, as Dask sees them."""

RESULT_WITHIN = 10.0
"""Seconds in which a result must come over. Dask waits for ever for one that was lost
with the last worker."""

MOST_LOSSES = 5
"""A run whose slice is lost this often in a row has failed."""

PLACEMENTS = 1000
"""A run is not handed to workers this often: no task of a run that was let go is taken
for one of the same run that was begun anew."""

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


class Runner:
    """`start`, `send`, `watch` and `close`; all return at once."""

    def __init__(
        self,
        connect: Callable[[], Client],
        store: Store,
        listener: Listener,
        may_drive: Callable[[], bool],
    ) -> None:
        """Connect to the workers in the background; what is said meanwhile waits.

        While it may not drive it lets go of all runs: another server has them.
        """
        self._may_drive = may_drive
        self._store, self._listener = store, listener
        self._workers = Workers(
            connect, lambda: self._inbox.put(lambda: None), self._still_deleted
        )
        self._deleted: set[str] = set()
        """Digests of own data that was deleted."""
        self._driven: dict[str, Driven] = {}
        self._watched = Watched()
        self._tasks: dict[str, set[Task[list[Result]]]] = {}
        self._ready: list[str] = []
        self._begun = 0
        """How many runs it has begun to drive."""
        self._turns = Turns()
        self._answering = Answering()
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._closing = False
        self._thread = threading.Thread(target=self._loop, name="runner", daemon=True)
        self._thread.start()

    @property
    def client(self) -> Future[Client]:
        """The connection to the workers, once it is there."""
        return self._workers.client

    def check_reached(self) -> None:
        """See that the scheduler can be reached, or will be within moments.

        Raises:
            ExplorerError: if it cannot; what waits goes on by itself later.
        """
        self._workers.check_reached()

    def check(self) -> None:
        """See that somebody can train, or will within moments.

        Raises:
            ExplorerError: if nobody can; what waits goes on by itself later.
        """
        self._workers.check()
        self._answering.check()

    @property
    def remarks(self) -> list[Words]:
        """What people should know of the workers that are there."""
        return self._workers.remarks

    def start(self, run: Run, commands: Iterable[Command] = ()) -> None:
        """Train a run from where the store has it, after these commands."""
        first = list(commands)
        self._surely(lambda: self._start(run, first))

    def send(self, run_ids: Iterable[str], command: Command) -> None:
        """Have all of these do something before any goes on."""
        every = list(run_ids)
        self._surely(lambda: self._send(every, command))

    def allow(self, run_id: str, step: int) -> None:
        """Let a trial of a sweep train up to this step, and no further."""
        self._inbox.put(lambda: self._allow(run_id, step))

    def watch(self, run_id: str, wanted: Iterable[Wanted]) -> None:
        """Replace the views that are read out of a run while it trains."""
        views = tuple(wanted)
        self._inbox.put(lambda: self._watched.watch(run_id, views))

    def forget(self, digest: str) -> None:
        """Have workers delete own data that nobody has any more."""
        self._inbox.put(lambda: self._forget(digest))

    def resume_all(self) -> int:
        """Go on with every run that the store says is training; how many there are."""
        runs = self._store.active()
        for run in runs:
            self.start(run)
        return len(runs)

    @property
    def workers(self) -> int:
        """How many workers there are; 0 until they are there."""
        return len(self._ready)

    def close(self) -> None:
        """Let go of all tasks; the store has what is needed to go on."""
        self._closing = True
        self._inbox.put(lambda: None)
        # Workers that are still starting are not waited for.
        self._thread.join(timeout=10 if self.client.done() else 1)

    def _surely(self, work: Callable[[], None]) -> None:
        """Have the runner's thread do this, again later where the database fails."""

        def tried() -> None:
            try:
                work()
            except Exception as error:
                if database_trouble(error) is None:
                    raise
                time.sleep(STORE_AGAIN)
                self._inbox.put(tried)

        self._inbox.put(tried)

    # Everything below runs in the runner's own thread.

    def _client(self) -> Client:
        return self.client.result()

    def _loop(self) -> None:
        while not self._closing:
            if not self._may_drive():
                self._stand_back()
                time.sleep(STORE_AGAIN)
                continue
            reached = self._workers.reach()
            if not reached:
                self._let_go()
            self._guarded(self._listen)
            if reached:
                self._guarded(self._dispatch)

    def _let_go(self) -> None:
        """Nobody can train: runs wait where they were saved last, and do what they are
        told as far as that goes; what comes back of them is dropped."""
        self._ready = []
        self._tasks.clear()
        for driven in self._driven.values():
            if driven.worker is not None:
                driven.hand_to(None)

    def _stand_back(self) -> None:
        """Let go of all runs; what comes back of them is dropped."""
        self._driven.clear()
        for tasks in self._tasks.values():
            for task in tasks:
                task.release()
        self._tasks.clear()

    def _guarded(self, work: Callable[[], None]) -> None:
        """A bug in one message, or a lost connection, must not stop all training."""
        try:
            work()
        except Exception as error:
            if not self._closing and database_trouble(error) is None:
                log.exception("The runner could not do its work")

    def _listen(self) -> None:
        """Do what waits in the inbox, for a moment; wait if nothing does."""
        try:
            self._inbox.get(timeout=0.5)()
            until = time.monotonic() + LISTENS
            while time.monotonic() < until and not self._inbox.empty():
                self._inbox.get()()
        except queue.Empty:
            pass

    def _start(self, run: Run, commands: list[Command]) -> None:
        if run.id in self._driven or run.ended:
            return
        saved = self._store.state(run.id)
        background, held = self._group_rules(run)
        self._begun += 1
        self._turns.keep({driven.person for driven in self._driven.values()})
        self._driven[run.id] = Driven(
            run,
            run.config.to_json(),
            saved,
            pace=pace_of(self._store, run),
            epoch=self._begun * PLACEMENTS,
            commands=commands,
            background=background,
            until=run.step if held else None,
        )

    def _group_rules(self, run: Run) -> tuple[bool, bool]:
        """Whether a run lets others go first, and whether it waits to be allowed."""
        if not run.group_id:
            return False, False
        try:
            group = self._store.groups.get(run.group_id)
        except ExplorerError:
            return False, False  # the group was deleted
        sweep = group.kind == "sweep"
        return sweep, sweep and group.facts.get("status") == "running"

    def _allow(self, run_id: str, step: int) -> None:
        if driven := self._driven.get(run_id):
            driven.until = step

    def _send(self, run_ids: list[str], command: Command) -> None:
        for run_id in run_ids:
            try:
                self._obey(run_id, command)
            except ExplorerError:
                continue  # deleted meanwhile

    def _obey(self, run_id: str, command: Command) -> None:
        spec = spec_of(command.name)
        if run_id not in self._driven:
            run = self._store.get(run_id)
            if run.ended or run.status == spec.status == "paused":
                return
            self._start(run, [])
            self._driven[run_id].going = False
        driven = self._driven[run_id]
        if spec.status is None:
            driven.commands.append(command)
        elif spec.status == "training":
            driven.go(None if command.value is None else int(command.value))
            self._store.set_status(run_id, "training")
            self._listener(run_id, None, ())
        else:
            driven.rest(spec.status)
            if driven.may_leave:
                run = driven.run
                nothing = Progress(run.step, Curves.empty(), run.step, run.seconds)
                resting = _with_status(nothing, driven.status_after)
                self._enter([News(driven, resting, ())])

    def _forget(self, digest: str) -> None:
        self._deleted.add(digest)
        self._workers.forget([digest])

    def _still_deleted(self) -> list[str]:
        """What was deleted, unless somebody has given the same again."""
        content = self._store.contents.content
        return [digest for digest in self._deleted if content(digest) is None]

    def _dispatch(self) -> None:
        self._refresh_workers()
        every = self._driven.values()
        for driven in every:
            if driven.worker not in self._ready:
                place(driven, self._ready, every)
        even_out(self._ready, every)
        for worker in self._ready:
            while len(self._tasks.setdefault(worker, set())) < IN_FLIGHT:
                chosen = self._turns.choose(worker, every, self._watched)
                if not chosen:
                    break
                self._submit(worker, chosen)

    def _refresh_workers(self) -> None:
        present = self._workers.ready(busy=bool(self._driven))
        self._ready = self._answering.those(present)
        for worker in set(self._tasks) - set(present):
            for task in self._tasks.pop(worker):
                self._client().cancel([task], force=True)

    def _submit(self, worker: str, chosen: list[Chosen]) -> None:
        jobs = [job for _, job in chosen]
        epochs = [driven.epoch for driven, _ in chosen]
        background = all(driven.background for driven, _ in chosen)
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
        task.add_done_callback(
            lambda done: self._inbox.put(lambda: self._done(worker, done, jobs, epochs))
        )

    def _done(
        self, worker: str, task: Task[list[Result]], jobs: list[Job], epochs: list[int]
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
        by_run = {result.run_id: result for result in results}
        came: list[Came] = []
        try:
            for job, epoch in zip(jobs, epochs, strict=True):
                lost = Result(job.run_id, job.serial, lost=why)
                self._hear(job, epoch, by_run.get(job.run_id, lost), came)
        finally:
            self._keep(came)

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

    def _hand_back(self, driven: Driven) -> None:
        """Nothing came of its job: that is done again from the last known state."""
        place(driven, self._ready, self._driven.values())

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
        self._enter(news)
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
            return _with_status(progress, driven.status_after)
        return progress

    def _enter(self, news: list[News]) -> None:
        """Write down what slices brought, tell it, and let go of who trains no more."""
        there = self._store.record_all({n.driven.run.id: n.progress for n in news})
        for driven, progress, views in news:
            leaves = progress.status != "training"
            if leaves or driven.run.id not in there:
                del self._driven[driven.run.id]
            if leaves or driven.run.id in there:
                self._listener(driven.run.id, progress, views)

    def _fail(self, driven: Driven, why: Words | None) -> None:
        self._store.set_status(driven.run.id, "failed", why)
        del self._driven[driven.run.id]
        self._listener(driven.run.id, None, ())


def _with_status(progress: Progress, status: Status) -> Progress:
    """The same slice of a run that then rests."""
    commands = progress.commands
    if status != "paused" or len(progress.curves.losses) or not commands:
        resting = PAUSE if status == "paused" else STOP
        commands = (*commands, resting()._replace(step=progress.step))
    return replace(progress, status=status, commands=commands)
