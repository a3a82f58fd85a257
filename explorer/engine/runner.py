"""Drives every active run, slice by slice.

One thread owns all of it; everything else speaks to it through a queue. A run stays
with one worker, which keeps its trainer alive, as long as the work is evenly spread.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future

from distributed import Client

from explorer.engine.dispatch import Dispatch
from explorer.engine.driven import Driven
from explorer.engine.jobs import Wanted
from explorer.engine.race import pace_of
from explorer.engine.results import (
    STORE_AGAIN,
    Listener,
    News,
    Results,
    nothing_new,
    with_status,
)
from explorer.engine.tracing import Trace
from explorer.engine.turns import place
from explorer.engine.watched import Watched
from explorer.engine.workers import Workers
from explorer.errors import ExplorerError, Words
from explorer.runs.commands import spec_of
from explorer.runs.records import Command, Run
from explorer.runs.store import Store
from explorer.runs.trouble import database_trouble

log = logging.getLogger(__name__)

LISTENS = 0.05
"""Seconds after which it hands out work before it listens again."""

LOOKS_UP = 0.5
"""Seconds after which it looks for workers and its term where nobody says anything."""

PLACEMENTS = 1000
"""A run is not handed to workers this often: no task of a run that was let go is taken
for one of the same run that was begun anew."""


class Runner:
    """`start`, `send`, `watch` and `close`; all return at once."""

    def __init__(
        self,
        connect: Callable[[], Client],
        store: Store,
        listener: Listener,
        term: Callable[[], int | None],
        again: Callable[[], None],
        trace: Trace | None = None,
        later: float = 0.0,
    ) -> None:
        """Connect to the workers in the background; what is said meanwhile waits.

        Args:
            connect: to the workers.
            store: has the runs.
            listener: is told what each slice brought.
            term: `Driving.term`. Where it is None, or another than before, all runs are
                let go: another server has them, or had them meanwhile.
            again: has the runs started anew that were let go.
            trace: of what each run waits for.
            later: seconds that workers leave to others, if nobody needs them before.
        """
        self._term_now, self._again = term, again
        self._term = term()
        """In which it drives what it drives."""
        self._store, self._listener = store, listener
        self._workers = Workers(
            connect, lambda: self._inbox.put(lambda: None), self._still_deleted, later
        )
        self._deleted: set[str] = set()
        """Digests of own data that was deleted."""
        self._driven: dict[str, Driven] = {}
        self._watched = Watched()
        self._begun = 0
        """How many runs it has begun to drive."""
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._trace = trace or Trace()
        self._results = Results(
            store, listener, self._driven, self._hand_back, self._trace
        )
        self._dispatch = Dispatch(
            self._workers, self._inbox.put, self._results.hear, self._trace
        )
        self._closing = False
        self._thread = threading.Thread(target=self._loop, name="runner", daemon=True)
        self._thread.start()

    @property
    def client(self) -> Future[Client]:
        """The connection to the workers, once it is there."""
        return self._workers.client

    def needed(self) -> Future[Client]:
        """The same for somebody who waits for it."""
        self._workers.hurry()
        self._inbox.put(lambda: None)
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
        self._dispatch.check()

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
        return len(self._dispatch.ready)

    @property
    def trains(self) -> bool:
        """Whether any run goes on."""
        return any(driven.going for driven in list(self._driven.values()))

    def close(self) -> None:
        """Let go of all tasks; the store has what is needed to go on."""
        self._closing = True
        self._inbox.put(lambda: None)
        # Workers that are still starting are not waited for.
        self._thread.join(timeout=10 if self.client.done() else 1)
        if not self._thread.is_alive():
            self._trace.close()

    def _surely(self, work: Callable[[], None]) -> None:
        """Have the runner's thread do this, again later where the database fails; it is
        for workers to do."""
        self._workers.hurry()

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

    def _loop(self) -> None:
        while not self._closing:
            if (term := self._term_now()) != self._term:
                self._stand_back()
            if term is None:
                time.sleep(STORE_AGAIN)
                continue
            if term != self._term:
                self._guarded(self._take_up)
            reached = self._workers.reach()
            if not reached:
                self._let_go()
            self._guarded(self._listen)
            if reached:
                self._guarded(self._hand_out)

    def _hand_out(self) -> None:
        self._dispatch.hand_out(self._driven.values(), self._watched)

    def _hand_back(self, driven: Driven) -> None:
        """Nothing came of its job: that is done again from the last known state."""
        place(driven, self._dispatch.ready, self._driven.values())

    def _let_go(self) -> None:
        """Nobody can train: runs wait where they were saved last, and do what they are
        told as far as that goes; what comes back of them is dropped."""
        self._dispatch.let_go()
        for driven in self._driven.values():
            if driven.worker is not None:
                driven.hand_to(None)

    def _stand_back(self) -> None:
        """Let go of all runs; what comes back of them is dropped."""
        self._term = None
        self._driven.clear()
        self._dispatch.stand_back()

    def _take_up(self) -> None:
        """Go on with all runs from where they are now."""
        term = self._term_now()
        self._again()
        self._term = term

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
            self._inbox.get(timeout=min(LOOKS_UP, self._dispatch.due()))()
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
        self._dispatch.turns.keep({driven.person for driven in self._driven.values()})
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
        spec, rested = spec_of(command.name), run_id not in self._driven
        if rested:
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
            if not rested or driven.run.status != spec.status:
                self._store.set_status(run_id, "training")
            self._listener(run_id, nothing_new(driven.run), ())
        else:
            driven.rest(spec.status)
            if driven.may_leave:
                resting = with_status(nothing_new(driven.run), driven.status_after)
                self._results.enter([News(driven, resting, ())])

    def _forget(self, digest: str) -> None:
        self._deleted.add(digest)
        self._workers.forget([digest])

    def _still_deleted(self) -> list[str]:
        """What was deleted, unless somebody has given the same again."""
        content = self._store.contents.content
        return [digest for digest in self._deleted if content(digest) is None]
