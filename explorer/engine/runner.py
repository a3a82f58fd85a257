"""Drives every active run, slice by slice, and shares the workers fairly.

One thread owns all of it; everything else speaks to it through a queue. Each worker
has at most two tasks under way, so that it never waits for this thread, and each task
carries slices of several runs when many share it, so that every run moves at least
once a second. A run stays with one worker, which keeps its trainer alive.
"""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

from distributed import Client
from distributed import Future as Task

from explorer.engine.crew import Crew
from explorer.engine.jobs import Job, Packed, Result, Wanted
from explorer.engine.own import packed
from explorer.engine.race import Pace, Place, Stride, pace_of, stride
from explorer.engine.worker import run_slices
from explorer.errors import ExplorerError
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

log = logging.getLogger(__name__)

SLICE_SECONDS = 0.2
"""A slice of a run that has a worker to itself; also about the length of a task."""

FIRST_SECONDS = 0.04
"""The first slice of a run is short, so that its first points are seen at once."""

ROUND_SECONDS = 0.7
"""All runs of one worker get their turn within about this time."""

LEAST_SECONDS = 0.015
SMALL_STATE = 2**20
STATE_EVERY = 2.0
"""States over `SMALL_STATE` bytes are fetched only this often, in seconds."""

IN_FLIGHT = 2
"""Tasks under way per worker."""

FOR_TRAINER = ("learning_rate", "hold", "release", "side")
"""Commands that a trainer carries out; the runner does the others."""

STORE_AGAIN = 0.5
"""Seconds to wait for a database that did not take a slice."""

LIVE_PRIORITY, PATIENT_PRIORITY = 10, 0
"""Of tasks, as Dask sees them."""

PATIENT_SHARE = 0.1
"""What the trials of sweeps get of a worker's time while live runs want all of it."""

PATIENT_SECONDS = 0.06
"""Their slice then: short, so that no live run waits long for it."""

MOST_LOSSES = 5
"""A run whose slice is lost this often in a row has failed."""

EPOCH = 10**9
"""Serials of one placement never meet those of another."""

Listener = Callable[[str, Progress | None, tuple[tuple[Wanted, View], ...]], None]
"""(run id, what a slice brought, what was seen); called from the runner's thread."""


@dataclass
class _Driven:
    """A run as the runner knows it. Nothing here that the store could not give back."""

    run: Run
    config: str
    saved: Checkpoint | None
    """The newest state that came back, which the store has too."""
    pace: Pace | None = None
    """The race that it keeps pace in."""
    worker: str | None = None
    serial: int = 0
    epoch: int = 0
    """Counts how often the run was handed to a worker with its state."""
    taken: int = 0
    """The serial of the result that comes next."""
    early: dict[int, tuple[Job, Result | None]] = field(default_factory=dict)
    """Results that overtook the one that comes next."""
    placed: bool = False
    """Whether the worker has, or will have, a trainer."""
    in_flight: int = 0
    slices: int = 0
    served: float = 0.0
    state_at: float = 0.0
    left: int | None = None
    """Steps to go before it pauses by itself; None: until told."""
    lost: int = 0
    """Slices lost in a row."""
    going: bool = True
    """Whether it shall train on; one that shall not leaves as soon as it is whole."""
    patient: bool = False
    """Whether it is a trial of a sweep, which lets people's live runs go first."""
    until: int | None = None
    """The step after which it waits for `Runner.allow`; None: it does not."""
    at: int = 0
    """The step of the trainer; after a crash it may be behind the run's own."""
    commands: list[Command] = field(default_factory=list)
    status_after: Status = "paused"
    contents: tuple[Packed, ...] = ()
    """The run's own data, once a worker was met that lacks it."""

    @property
    def person(self) -> str:
        """Whose turn it is when this run has its slice."""
        return self.run.owner or self.run.id

    @property
    def may_overlap(self) -> bool:
        """Whether a slice may be asked for before the one under way is back."""
        free = self.left is None and self.until is None and self.pace is None
        return self.going and free and self.slices > 1

    @property
    def waits(self) -> bool:
        """Whether it must be allowed to before it trains on."""
        return self.going and self.until is not None and self.at >= self.until

    @property
    def place(self) -> Place:
        """How far its trainer is."""
        return Place(self.at, self.run.seconds)

    @property
    def may_leave(self) -> bool:
        """Whether it shall train no more and nothing of it is under way."""
        whole = self.saved is not None and self.saved.step == self.run.step
        return whole and not (self.going or self.in_flight or self.commands)


class Runner:
    """`start`, `tell`, `watch` and `close`; all return at once."""

    def __init__(
        self, connect: Callable[[], Client], store: Store, listener: Listener
    ) -> None:
        """Connect to the workers in the background; what is said meanwhile waits."""
        self._store, self._listener = store, listener
        self._crew = Crew(connect, lambda: self._inbox.put(lambda: None))
        self._driven: dict[str, _Driven] = {}
        self._watched: dict[str, tuple[Wanted, ...]] = {}
        self._tasks: dict[str, set[Task[list[Result]]]] = {}
        self._workers: list[str] = []
        self._turn = 0
        self._turns: dict[str, int] = {}
        """The last turn that each person had."""
        self._due: dict[str, float] = {}
        """Seconds of each worker that are due to the trials of sweeps."""
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._closing = False
        self._thread = threading.Thread(target=self._loop, name="runner", daemon=True)
        self._thread.start()

    @property
    def client(self) -> Future[Client]:
        """The connection to the workers, once it is there."""
        return self._crew.client

    def check(self) -> None:
        """See that somebody can train, or will within moments.

        Raises:
            ExplorerError: if nobody can; what waits goes on by itself later.
        """
        self._crew.check()

    def start(self, run: Run, commands: Iterable[Command] = ()) -> None:
        """Train a run from where the store has it, after these commands."""
        first = list(commands)
        self._inbox.put(lambda: self._start(run, first))

    def tell(
        self, run_id: str, name: str, value: float | None = None, note: str = ""
    ) -> None:
        """Say "pause", "resume", "step" (value: count), "stop", or what a trainer does:
        "learning_rate" (value), "hold" (note: a change), "release" or "side" (note:
        which of two nets learns; value: for how many steps)."""
        self._inbox.put(lambda: self._tell(run_id, name, value, note))

    def allow(self, run_id: str, step: int) -> None:
        """Let a trial of a sweep train up to this step, and no further."""
        self._inbox.put(lambda: self._allow(run_id, step))

    def tell_all(self, run_ids: Iterable[str], name: str) -> None:
        """Say "pause", "resume" or "stop" to all of these before any goes on."""
        told = list(run_ids)
        self._inbox.put(lambda: self._tell_all(told, name))

    def watch(self, run_id: str, wanted: Iterable[Wanted]) -> None:
        """Replace the views that are read out of a run while it trains."""
        views = tuple(wanted)
        self._inbox.put(lambda: self._watch(run_id, views))

    def resume_all(self) -> int:
        """Go on with every run that the store says is training; how many there are."""
        runs = self._store.active()
        for run in runs:
            self.start(run)
        return len(runs)

    @property
    def workers(self) -> int:
        """How many workers there are; 0 until they are there."""
        return len(self._workers)

    def close(self) -> None:
        """Let go of all tasks; the store has what is needed to go on."""
        self._closing = True
        self._inbox.put(lambda: None)
        self._thread.join(timeout=10)

    # Everything below runs in the runner's own thread.

    def _client(self) -> Client:
        return self.client.result()

    def _loop(self) -> None:
        while not self._closing:
            if not self._crew.reach():
                continue
            self._guarded(self._listen)
            self._guarded(self._dispatch)

    def _guarded(self, work: Callable[[], None]) -> None:
        """A bug in one message, or a lost connection, must not stop all training."""
        try:
            work()
        except Exception:
            if not self._closing:
                log.exception("The runner could not do its work")

    def _listen(self) -> None:
        """Do what waits in the inbox; wait for something if nothing does."""
        try:
            self._inbox.get(timeout=0.5)()
            while not self._inbox.empty():
                self._inbox.get()()
        except queue.Empty:
            pass

    def _start(self, run: Run, commands: list[Command]) -> None:
        if run.id in self._driven or run.ended:
            return
        saved = self._store.state(run.id)
        patient, held = self._manners(run)
        people = {driven.person for driven in self._driven.values()}
        self._turns = {p: turn for p, turn in self._turns.items() if p in people}
        self._driven[run.id] = _Driven(
            run,
            run.config.to_json(),
            saved,
            pace=pace_of(self._store, run),
            commands=commands,
            patient=patient,
            until=run.step if held else None,
        )

    def _manners(self, run: Run) -> tuple[bool, bool]:
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

    def _tell_all(self, run_ids: list[str], name: str) -> None:
        for run_id in run_ids:
            try:
                self._tell(run_id, name, None, "")
            except ExplorerError:
                continue  # deleted meanwhile

    def _tell(self, run_id: str, name: str, value: float | None, note: str) -> None:
        if run_id not in self._driven:
            try:
                run = self._store.get(run_id)
            except ExplorerError:
                return  # it was deleted meanwhile
            if run.ended or (run.status == "paused" and name == "pause"):
                return
            self._start(run, [])
            self._driven[run_id].going = False
        driven = self._driven[run_id]
        if name in ("resume", "step"):
            driven.left = int(value) if name == "step" and value else None
            driven.going = True
            self._store.set_status(run_id, "training")
            self._listener(run_id, None, ())
        elif name in FOR_TRAINER:
            driven.commands.append(Command(driven.run.step, name, value, note))
        elif name in ("pause", "stop"):
            driven.going, driven.left = False, None
            driven.status_after = "paused" if name == "pause" else "stopped"
            if driven.may_leave:
                run = driven.run
                nothing = Progress(run.step, Curves.empty(), run.step, run.seconds)
                self._leave(driven, nothing, ())

    def _watch(self, run_id: str, views: tuple[Wanted, ...]) -> None:
        if views:
            self._watched[run_id] = views
        else:
            self._watched.pop(run_id, None)

    def _dispatch(self) -> None:
        self._refresh_workers()
        for driven in self._driven.values():
            if driven.worker not in self._workers:
                self._place(driven)
        self._make_way()
        for worker in self._workers:
            while len(self._tasks.setdefault(worker, set())) < IN_FLIGHT:
                jobs = self._choose(worker)
                if not jobs:
                    break
                self._submit(worker, jobs)

    def _refresh_workers(self) -> None:
        self._workers = self._crew.workers(busy=bool(self._driven))
        for worker in set(self._tasks) - set(self._workers):
            for task in self._tasks.pop(worker):
                self._client().cancel([task], force=True)

    def _place(self, driven: _Driven) -> None:
        """Hand a run to the worker with the fewest, from its last known state."""
        driven.placed, driven.in_flight = False, 0
        driven.at = driven.saved.step if driven.saved else 0
        driven.epoch += 1
        driven.taken = driven.epoch * EPOCH
        driven.early.clear()
        driven.worker = None
        if self._workers:
            load = {worker: [0, 0] for worker in self._workers}
            for other in self._driven.values():
                if other.worker in load:
                    load[other.worker][other.patient] += 1
            driven.worker = min(self._workers, key=lambda worker: load[worker])

    def _make_way(self) -> None:
        """Trials leave workers that have live runs for those that have nothing."""
        every = self._driven.values()
        live = {driven.worker for driven in every if not driven.patient}
        free = set(self._workers) - {driven.worker for driven in every}
        for driven in every:
            whole = driven.at == (driven.saved.step if driven.saved else 0)
            moves = driven.patient and driven.worker in live
            if free and moves and whole and not driven.in_flight:
                self._place(driven)
                free.discard(str(driven.worker))

    def _choose(self, worker: str) -> list[tuple[_Driven, Job]]:
        """Slices of live runs; of trials where there are none, or when it is due."""
        mine = [d for d in self._driven.values() if d.worker == worker]
        live = [d for d in mine if not d.patient]
        patient = [d for d in mine if d.patient]
        if not live:
            return self._slices(patient, SLICE_SECONDS)
        due = self._due.get(worker, 0.0) if patient else 0.0
        if due >= PATIENT_SECONDS and (jobs := self._slices(patient, PATIENT_SECONDS)):
            self._due[worker] = due - sum(job.seconds for _, job in jobs)
            return jobs
        jobs = self._slices(live, SLICE_SECONDS)
        share = PATIENT_SHARE * sum(job.seconds for _, job in jobs)
        self._due[worker] = min(due + share, 2 * PATIENT_SECONDS)
        return jobs

    def _slices(self, mine: list[_Driven], longest: float) -> list[tuple[_Driven, Job]]:
        """The next task of a worker for these of its runs."""
        alone = len(mine) == 1
        ready = [
            d
            for d in mine
            if (d.in_flight == 0 and not d.waits and not self._stride(d).waits)
            or (alone and 0 < d.in_flight < IN_FLIGHT and d.placed and d.may_overlap)
        ]
        ready.sort(key=lambda d: (d.going, d.served))
        if ready and any(d.lost for d in ready):
            # A run whose slice was lost travels alone, so that it spoils no other's.
            return [(d, self._job(d, LEAST_SECONDS)) for d in ready if d.lost][:1]
        seconds = max(LEAST_SECONDS, min(longest, ROUND_SECONDS / max(1, len(mine))))
        count = max(1, round(longest / seconds))
        return [(d, self._job(d, seconds)) for d in self._in_turn(ready, count)]

    def _stride(self, driven: _Driven) -> Stride:
        """How far its race lets a run go now; one that shall rest is free to."""
        if driven.pace is None or not driven.going:
            return Stride()
        others = (
            other.place
            for other in self._driven.values()
            if other is not driven and other.pace == driven.pace and other.going
        )
        return stride(driven.pace.clock, driven.place, others)

    def _in_turn(self, ready: list[_Driven], count: int) -> list[_Driven]:
        """So many runs: people take turns, and so do the runs of each."""
        chosen: list[_Driven] = []
        while ready and len(chosen) < count:
            following = min(
                ready, key=lambda d: (d.going, self._turns.get(d.person, 0), d.served)
            )
            ready.remove(following)
            chosen.append(following)
            self._turn += 1
            self._turns[following.person] = self._turn
        return chosen

    def _job(self, driven: _Driven, seconds: float) -> Job:
        now = time.monotonic()
        commands, driven.commands = tuple(driven.commands), []
        if not driven.placed:
            driven.serial = driven.epoch * EPOCH
        state = driven.saved.state if driven.saved else None
        large = state is not None and len(state) > SMALL_STATE
        # What a person said is saved at once, so that no crash can unsay it.
        due = now - driven.state_at > STATE_EVERY or bool(commands)
        want_state = not large or due or not driven.going
        if want_state:
            driven.state_at = now
        steps = driven.left
        if driven.until is not None:
            room = max(0, driven.until - driven.at)
            steps = room if steps is None else min(steps, room)
        if not driven.going:
            steps = driven.run.step - driven.at
        seconds = FIRST_SECONDS if driven.slices == 0 else seconds
        bounds = self._stride(driven)
        if bounds.seconds is not None:
            seconds = min(seconds, bounds.seconds)
        job = Job(
            driven.run.id,
            driven.config,
            driven.serial,
            state=None if driven.placed else state,
            fresh=not driven.placed and state is None,
            seconds=seconds,
            steps=steps,
            most=bounds.steps,
            commands=commands,
            want_state=want_state,
            looks=self._watched.get(driven.run.id, ()),
            contents=() if driven.placed else driven.contents,
        )
        driven.placed = True
        driven.serial += 1
        driven.slices += 1
        driven.in_flight += 1
        driven.served = now
        return job

    def _submit(self, worker: str, chosen: list[tuple[_Driven, Job]]) -> None:
        jobs = [job for _, job in chosen]
        epochs = [driven.epoch for driven, _ in chosen]
        patient = all(driven.patient for driven, _ in chosen)
        task = self._client().submit(
            run_slices,
            jobs,
            workers=[worker],
            allow_other_workers=True,
            pure=False,
            priority=PATIENT_PRIORITY if patient else LIVE_PRIORITY,
            retries=0,
        )
        self._tasks[worker].add(task)
        task.add_done_callback(
            lambda done: self._inbox.put(lambda: self._done(worker, done, jobs, epochs))
        )

    def _done(
        self, worker: str, task: Task[list[Result]], jobs: list[Job], epochs: list[int]
    ) -> None:
        self._tasks.get(worker, set()).discard(task)
        results: list[Result] = []
        try:
            results = task.result()
        except (Exception, asyncio.CancelledError) as error:
            log.warning("A task was lost: %r", error)
        task.release()
        by_run = {result.run_id: result for result in results}
        for job, epoch in zip(jobs, epochs, strict=True):
            driven = self._driven.get(job.run_id)
            if driven is None or driven.epoch != epoch:
                continue
            driven.early[job.serial] = job, by_run.get(job.run_id)
            while driven.epoch == epoch and driven.taken in driven.early:
                self._settle(driven, *driven.early.pop(driven.taken))

    def _settle(self, driven: _Driven, job: Job, result: Result | None) -> None:
        """Take a job's result, or hand the run to a worker again if there is none."""
        driven.taken += 1
        driven.in_flight -= 1
        if result is not None and result.lacks:
            self._provide(driven, job)
        elif result is not None and not result.missing:
            driven.lost = 0
            self._keep(driven, job, result)
        elif driven.lost >= MOST_LOSSES:
            self._fail(driven, "Its worker died again and again. Restart the run.")
        else:
            driven.lost += result is None
            self._hand_back(driven, job)

    def _hand_back(self, driven: _Driven, job: Job) -> None:
        """Nothing came of a job: it is done again from the last known state."""
        driven.commands = [*job.commands, *driven.commands]
        self._place(driven)

    def _provide(self, driven: _Driven, job: Job) -> None:
        """Send a run's own data along from now on."""
        try:
            driven.contents = packed(self._store, driven.run.config)
        except ExplorerError as error:
            self._fail(driven, str(error))
        else:
            self._hand_back(driven, job)

    def _keep(self, driven: _Driven, job: Job, result: Result) -> None:
        """Take a result; where it cannot be stored, do the job again later."""
        before = dict(vars(driven))
        try:
            self._take(driven, result)
        except Exception:
            log.exception("What a slice brought could not be stored")
            time.sleep(STORE_AGAIN)
            vars(driven).update(before)
            self._driven[driven.run.id] = driven
            self._hand_back(driven, job)

    def _take(self, driven: _Driven, result: Result) -> None:
        progress = result.progress
        if progress is None:
            self._fail(driven, result.error)
            return
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
                driven.going, driven.left, driven.status_after = False, None, "paused"
        if progress.status != "training" or driven.may_leave:
            self._leave(driven, progress, result.views)
        elif self._store.record(driven.run.id, progress):
            self._listener(driven.run.id, progress, result.views)
        else:
            del self._driven[driven.run.id]

    def _leave(
        self,
        driven: _Driven,
        progress: Progress,
        views: tuple[tuple[Wanted, View], ...],
    ) -> None:
        """Let a run go after this last slice of it: ended by itself, or as told."""
        if progress.status == "training":
            progress = _with_status(progress, driven.status_after)
        self._store.record(driven.run.id, progress)
        del self._driven[driven.run.id]
        self._listener(driven.run.id, progress, views)

    def _fail(self, driven: _Driven, why: str) -> None:
        self._store.set_status(driven.run.id, "failed", why)
        del self._driven[driven.run.id]
        self._listener(driven.run.id, None, ())


def _with_status(progress: Progress, status: Status) -> Progress:
    """The same slice of a run that then rests."""
    name = "pause" if status == "paused" else "stop"
    commands = progress.commands
    if status != "paused" or len(progress.curves.losses) or not commands:
        commands = (*commands, Command(progress.step, name))
    return replace(progress, status=status, commands=commands)
