"""Drives every sweep: proposes trials, has them trained beside people's live runs, and
ends those that promise little.

One thread owns all of it. What it knows is in the store and in Optuna's storage: after
a kill the sweeps that were running go on, and so do the trials that were under way.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from optuna.storages import BaseStorage

from explorer.engine.limits import check_server_room
from explorer.engine.runner import Runner
from explorer.engine.trials import News, Start, Trials, UnderWay, runs_of
from explorer.errors import N_, ExplorerError, Words
from explorer.runs.commands import PAUSE, RESUME, STOP
from explorer.runs.groups import AdmitGroup
from explorer.runs.messages import unexpected
from explorer.runs.records import Group, Progress
from explorer.runs.store import Store
from explorer.runs.studies import open_studies
from explorer.runs.trials import Trial
from explorer.runs.trouble import database_trouble
from explorer.sweeping.plan import Plan
from explorer.sweeping.study import Study, next_rung

log = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds after which all trials are looked after, even without news."""

KEPT_CHECKPOINTS = 8
"""Of each trial that has ended: enough to look back, little enough to have many."""


@dataclass
class _Sweep:
    """A sweep that is running."""

    group: Group
    study: Study
    since: float = field(default_factory=time.monotonic)
    under_way: list[UnderWay] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """How long it has run, all in all."""
        before = float(self.group.facts.get("seconds", 0.0))
        return before + time.monotonic() - self.since


class Sweeps:
    """`start`, `stop`, `go_on`, `delete` and `trials`, from any thread."""

    def __init__(
        self,
        store: Store,
        runner: Runner,
        start: Start,
        may_drive: Callable[[], bool],
    ) -> None:
        """Nothing runs before `resume`, nor while another server drives."""
        self._may_drive = may_drive
        self._store, self._runner, self._start = store, runner, start
        self._running: dict[str, _Sweep] = {}
        self._studies: dict[str, Study] = {}
        self._trials = Trials(store)
        self._news: queue.SimpleQueue[News | None] = queue.SimpleQueue()
        self._lock = threading.RLock()
        self._closing = False
        self._storage: BaseStorage | None = None
        self._thread = threading.Thread(target=self._loop, name="sweeps", daemon=True)

    def resume(self) -> int:
        """Go on with every sweep that was running; how many there are. What is known
        of them from before another server drove them is forgotten."""
        with self._lock:
            self._running.clear()
            self._trials.clear()
            self._studies.clear()
        groups = self._store.groups.every("sweep")
        running = [g for g in groups if g.facts.get("status") == "running"]
        for group in running:
            try:
                self._run(group)
            except ExplorerError as error:
                # One that cannot be read any more must not keep the server down.
                facts = {"status": "stopped", "why": asdict(error.words)}
                self._store.groups.change(group.id, facts)
        if not self._thread.is_alive():
            self._thread.start()
        return len(running)

    def start(
        self,
        plan: Plan,
        owner: str,
        limits: Mapping[str, Any],
        admit: AdmitGroup | None = None,
    ) -> Group:
        """Begin a sweep. `limits`: "most_bytes" and "most_parameters" of its owner.

        Raises:
            ExplorerError: as `admit` does.
        """
        facts = plan.facts() | dict(limits) | {"status": "running", "seconds": 0.0}
        group = self._store.groups.create("sweep", owner, facts, admit)
        self._run(group)
        self._news.put(None)
        return group

    def stop(self, group_id: str, why: Words | None = None) -> None:
        """Pause a sweep and the trials that are under way; `go_on` goes on."""
        with self._lock:
            sweep = self._running.pop(group_id, None)
            if sweep is None:
                return
            self._rest(sweep, "stopped", why)
            for under_way in sweep.under_way:
                self._trials.end(under_way)
                self._runner.send(under_way.runs, PAUSE())

    def go_on(self, group_id: str, admit: AdmitGroup | None = None) -> None:
        """Go on with a sweep that was stopped.

        Raises:
            ExplorerError: as `admit` does.
        """
        with self._lock:
            if group_id in self._running:
                return
            facts = {"status": "running", "why": None}
            self._run(self._store.groups.change(group_id, facts, admit))
        self._news.put(None)

    def delete(self, group_id: str) -> None:
        """Forget a sweep, its trials and their runs."""
        self.stop(group_id)
        with self._lock:
            study = self._study(self._store.groups.get(group_id, "sweep"))
            for run in self._store.shelf.of_group(group_id):
                if not run.ended:
                    self._runner.send([run.id], STOP())
                self._store.delete(run.id)
            self._studies.pop(group_id, None)
            self._store.groups.delete(group_id)
            study.forget()

    def trials(self, group_id: str) -> list[Trial]:
        """The trials of a sweep, with all that was measured.

        Raises:
            ExplorerError: if there is no such sweep.
        """
        group = self._store.groups.get(group_id, "sweep")
        with self._lock:
            return self._study(group).trials()

    def seconds(self, group: Group) -> float:
        """How long a sweep has run, all in all."""
        sweep = self._running.get(group.id)
        return sweep.seconds if sweep else float(group.facts.get("seconds", 0.0))

    def heard(self, run_id: str, progress: Progress | None) -> None:
        """What a slice brought; called from the runner's thread."""
        if run_id in self._trials:
            self._news.put((run_id, progress))

    def close(self) -> None:
        """Let go; what was running goes on at the next `resume`."""
        self._closing = True
        self._news.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    # Everything below runs in the thread of the sweeps, or under its lock.

    def _loop(self) -> None:
        while not self._closing:
            try:
                self._listen()
            except Exception as error:
                # What one message broke is mended by the next look at the store.
                if database_trouble(error) is None:
                    log.exception("The sweeps could not handle a message")
                time.sleep(EVERY)
            for group_id in list(self._running) if self._may_drive() else ():
                self._advance(group_id)

    def _listen(self) -> None:
        """Wait for news and take in all there is; without news, look at the store."""
        try:
            self._trials.hear(self._news.get(timeout=EVERY))
        except queue.Empty:
            self._trials.look_again()
        while not self._news.empty():
            self._trials.hear(self._news.get())

    def _advance(self, group_id: str) -> None:
        with self._lock:
            sweep = self._running.get(group_id)
            if sweep is None:
                return
            try:
                self._drive(sweep)
            except Exception as error:
                if database_trouble(error) is not None:
                    return  # it goes on when the database does
                # A bug in one sweep must not stop everybody's.
                log.exception("The sweep %s could not go on", group_id)
                self.stop(group_id, unexpected(error))

    def _run(self, group: Group) -> None:
        with self._lock:
            sweep = _Sweep(group, self._study(group))
            self._running[group.id] = sweep
            for trial in sweep.study.trials():
                if trial.state == "training":
                    self._begin(sweep, trial)

    def _study(self, group: Group) -> Study:
        if group.id not in self._studies:
            if self._storage is None:
                self._storage = open_studies(self._store)
            plan = Plan.read(group.facts)
            self._studies[group.id] = Study(plan, group.id, self._storage)
        return self._studies[group.id]

    def _drive(self, sweep: _Sweep) -> None:
        for under_way in list(sweep.under_way):
            if self._settle(sweep, under_way):
                sweep.under_way.remove(under_way)
                self._trials.end(under_way)
        at_once = max(1, self._runner.workers // len(sweep.study.plan.folds))
        while len(sweep.under_way) < at_once:
            if self._full(sweep) or (trial := sweep.study.ask()) is None:
                break
            self._begin(sweep, trial)
        for under_way in sweep.under_way:
            self._allow(sweep, under_way)
        if not sweep.under_way and sweep.group.id in self._running:
            self._rest(sweep, "finished")
            del self._running[sweep.group.id]

    def _settle(self, sweep: _Sweep, under_way: UnderWay) -> bool:
        """Judge a trial by what is new; whether it has ended."""
        became = {run.status: run.why for run in under_way.runs.values()}
        if not sweep.study.settle(under_way.trial, became, under_way.measured):
            return False
        for run_id, run in under_way.runs.items():
            if run.status in ("training", "paused"):
                self._runner.send([run_id], STOP())
            self._store.room.keep_evenly(run_id, KEPT_CHECKPOINTS)
        return True

    def _allow(self, sweep: _Sweep, under_way: UnderWay) -> None:
        """All runs of a trial go on to its next measurement, side by side."""
        step = min(run.step for run in under_way.runs.values())
        end = next_rung(step, sweep.study.plan.steps)
        for run_id, run in under_way.runs.items():
            if run.status == "training":
                self._runner.allow(run_id, end)

    def _begin(self, sweep: _Sweep, trial: Trial) -> None:
        """Have a trial trained; one that was under way before goes on."""
        try:
            runs = runs_of(self._store, self._start, sweep.group, sweep.study, trial)
        except ExplorerError as error:
            sweep.study.fail(trial, error.words)
            return
        sweep.study.begin(trial, [run.id for run in runs])
        under_way = self._trials.begin(trial, runs)
        for run in runs:
            if run.status == "paused":
                self._runner.send([run.id], RESUME())
                under_way.runs[run.id].status = "training"
        sweep.under_way.append(under_way)

    def _full(self, sweep: _Sweep) -> bool:
        """Whether the owner's room or the server's is used up; the sweep then stops."""
        most = int(sweep.group.facts.get("most_bytes", 10**15))
        why = None
        if self._store.shelf.stored_bytes(sweep.group.owner) >= most:
            full = N_("Your room on this server is full: delete runs, then go on.")
            why = Words(full)
        try:
            check_server_room(self._store)
        except ExplorerError as error:
            why = error.words
        if why is not None:
            self.stop(sweep.group.id, why)
        return why is not None

    def _rest(self, sweep: _Sweep, status: str, why: Words | None = None) -> None:
        reason = asdict(why) if why else None
        facts = {"status": status, "seconds": sweep.seconds, "why": reason}
        self._store.groups.change(sweep.group.id, facts)
