"""The engine as pages and the command line use it: start, send, look, watch."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from explorer.catalog import building, fitting
from explorer.config.run import RunConfig
from explorer.engine import tracing
from explorer.engine.asking import CHECK_PRIORITY, Asker
from explorer.engine.cluster import close, connect
from explorer.engine.driving import Driving
from explorer.engine.guessing import Guessing
from explorer.engine.hub import Hub
from explorer.engine.jobs import Wanted
from explorer.engine.looks import Looks
from explorer.engine.packing import bring, own_digest
from explorer.engine.runner import Runner
from explorer.engine.simple import SimpleMethods
from explorer.engine.sweeps import Sweeps
from explorer.engine.tidying import Tidying, asking_workers
from explorer.engine.worker import begin, check
from explorer.errors import N_, ExplorerError, Words
from explorer.portable.pack import folder_name, run_files, zipped
from explorer.portable.record import read_kept
from explorer.portable.states import pieces
from explorer.runs.commands import LEARNING_RATE, spec_of
from explorer.runs.records import (
    Checkpoint,
    Command,
    Curves,
    Progress,
    Run,
    Status,
    View,
)
from explorer.runs.shelf import Admit
from explorer.runs.store import Store, open_store
from explorer.training.commands import checked

FIRST_PAGE = 5.0
"""Seconds that workers, who need the processor to begin, leave to a new server's first
page; whoever needs one does not wait for them to end."""


class Engine:
    """The store, the workers, the runner and the hub, as one."""

    def __init__(self, store: Store | None = None, later: float = 0.0) -> None:
        """Open the store, connect to the workers behind the scenes, resume runs.

        Args:
            later: seconds after which workers begin, if none is needed before.

        Raises:
            ExplorerError: if the store cannot be opened, or if another server drives
                its runs; or if no trace can be written.
        """
        trace = tracing.asked_for()
        self.store = store or open_store()
        try:
            self._driving = Driving(self.store)
        except Exception:
            trace.close()
            self.store.close()
            raise
        self.hub = Hub(self.store, lambda run, views: self._runner.watch(run, views))
        self._runner = Runner(
            connect,
            self.store,
            self._heard,
            lambda: self._driving.term,
            self._drive_again,
            trace,
            later,
        )
        self._asker = Asker(self.store, self._runner)
        self.sweeps = Sweeps(
            self.store, self._runner, self.start, lambda: self._driving.held
        )
        self.guessing = Guessing()
        self.simple = SimpleMethods(self._asker, self.hub.rolled)
        runner = self._runner
        self.looks = Looks(
            self.store, self._asker, lambda: runner.workers, lambda: runner.trains
        )
        self.resumed = self._runner.resume_all()
        self.sweeps.resume()
        self._tidying = Tidying(
            self.store,
            lambda run: self.hub.heard(run, None, ()),
            asking_workers(self.store, self._asker),
        )

    def _drive_again(self) -> None:
        """The right to drive is back: go on with all runs from where they are now."""
        self._runner.resume_all()
        self.sweeps.resume()
        for run in self.store.active():
            self._heard(run.id, None, ())

    @property
    def ready(self) -> bool:
        """Whether the workers, or their scheduler, can be spoken to."""
        return self._runner.client.done()

    @property
    def trouble(self) -> Words | None:
        """Why nobody can train now, if that is so."""
        try:
            self._driving.check()
            self._runner.check()
        except ExplorerError as error:
            return error.words
        return None

    @property
    def remarks(self) -> list[Words]:
        """What people should know of the workers that are there."""
        return self._runner.remarks

    def _heard(
        self,
        run_id: str,
        progress: Progress | None,
        views: tuple[tuple[Wanted, View], ...],
    ) -> None:
        """What a slice brought, for those who watch and for the sweeps."""
        self.hub.heard(run_id, progress, views)
        self.sweeps.heard(run_id, progress)

    def start(
        self,
        config: RunConfig,
        owner: str = "",
        group_id: str = "",
        admit: Admit | None = None,
    ) -> Run:
        """Begin a new run; its first points come within a fraction of a second.

        Raises:
            ExplorerError: if the config is not sound, if nobody can train it, or as
                `admit` does.
        """
        run = self._enter(config, "training", owner, group_id, admit)
        self._runner.start(run)
        return run

    def prepare(
        self,
        config: RunConfig,
        owner: str = "",
        group_id: str = "",
        admit: Admit | None = None,
    ) -> Run:
        """Enter a new run that waits for a first step.

        Raises:
            ExplorerError: if the config is not sound, or as `admit` does.
        """
        return self._enter(config, "paused", owner, group_id, admit)

    def _enter(
        self,
        config: RunConfig,
        status: Status,
        owner: str,
        group_id: str,
        admit: Admit | None,
    ) -> Run:
        """A new run in the store; one that begins with another's weights has them."""
        self._driving.check()
        self._runner.check_reached()
        bring(self.store, own_digest(config))
        first = None
        if config.start:
            state = self._begun(config)
            kept = (Checkpoint(0, state),)
            nothing = Progress(0, Curves.empty(), 0, 0.0, checkpoints=kept)
            first = replace(nothing, state=state, status=status)
        return self.store.create(
            config,
            building.parameter_count(config),
            status,
            owner=owner,
            group_id=group_id,
            admit=admit,
            first=first,
        )

    def _begun(self, config: RunConfig) -> bytes:
        """The weights of the run that `config` names as its start."""
        start, learned = self.store.learned(config.start)
        fitting.check_start(config, start)
        state: bytes = self._asker.ask(begin, (config, start), learned)
        return state

    def fork(
        self,
        run_id: str,
        step: int | None,
        config: RunConfig,
        owner: str = "",
        admit: Admit | None = None,
    ) -> Run:
        """A new run that goes on from a checkpoint of `run_id` with other settings.

        From where it stands now if the step is None, also while it trains.

        Raises:
            ExplorerError: if there is no such run or checkpoint, if the config changes
                more than the training settings, or as `admit` does.
        """
        self._driving.check()
        self._runner.check_reached()
        parent = self.store.get(run_id)
        if (parent.config.model, parent.config.model_settings) != (
            config.model,
            config.model_settings,
        ) or (parent.config.data, parent.config.data_settings, parent.config.fold) != (
            config.data,
            config.data_settings,
            config.fold,
        ):
            raise ExplorerError(
                N_(
                    "A fork keeps its parent's data and model and may change how it is "
                    "trained, but these settings differ in more. Start a new run "
                    "instead."
                )
            )
        run = self.store.create(
            config, parent.parameters, parent=(run_id, step), owner=owner, admit=admit
        )
        rate = config.training.learning_rate
        self._runner.start(run, [LEARNING_RATE(rate)])
        return run

    def send(
        self,
        run_id: str,
        command: Command,
        owner: str = "",
        admit: Admit | None = None,
    ) -> None:
        """Have a run do something; it counts from the next slice on.

        Args:
            run_id: which run.
            command: what it shall do.
            owner: who says so.
            admit: whether a run that rests may train.

        Raises:
            ExplorerError: if there is no such run, if it cannot be told so, or as
                `admit` does.
        """
        run, spec = self.store.get(run_id), spec_of(command.name)
        checked(run.config, command)
        if spec.too_late and run.status not in spec.states:
            raise spec.too_late()
        self.send_all([run_id], command, owner, admit)

    def send_all(
        self,
        run_ids: Iterable[str],
        command: Command,
        owner: str = "",
        admit: Admit | None = None,
    ) -> None:
        """Have runs do the same together.

        Raises:
            ExplorerError: if there is no such run, or as `admit` does.
        """
        self._driving.check()
        every = list(run_ids)
        if spec_of(command.name).status == "training":
            # Whoever looks now sees them on their way, even before workers are there.
            self.store.activate(every, owner, admit)
        self._runner.send(every, command)
        if self.trouble is not None:
            self.hub.noted(every)

    def export(self, run_ids: Sequence[str]) -> bytes:
        """Runs as a zip; workers make their files. Blocks.

        Raises:
            ExplorerError: if there is no such run.
        """
        kept = [read_kept(self.store, run_id) for run_id in run_ids]
        tasks = [self._asker.submit(run_files, k) for k in kept]
        files = [self._asker.wait(task) for task in tasks]
        return zipped(dict(zip(map(folder_name, kept), files, strict=True)))

    def check_states(self, config: RunConfig, states: Sequence[Checkpoint]) -> None:
        """Have workers see, piece by piece and behind live runs, whether a run can go
        on from states that came from outside. Blocks.

        Raises:
            ExplorerError: if it cannot, or if no worker finds time.
        """
        for piece in pieces(states):
            self._asker.ask(check, (config,), piece, priority=CHECK_PRIORITY)

    def forget_data(self, digest: str) -> None:
        """Let go of deleted own data, and of what was made of it, here and in every
        worker; no worker is waited for."""
        building.forget_data()
        self.looks.forget()
        self._runner.forget(digest)

    def close(self) -> None:
        """Let go of the workers; unfinished runs go on at the next start."""
        self._driving.renew_no_more()
        self._tidying.close()
        self.looks.close()
        self.simple.close()
        self.sweeps.close()
        self._runner.close()
        if self._runner.client.done() and not self._runner.client.exception():
            close(self._runner.client.result())
        self._driving.close()
        self.store.close()


_one_at_a_time = threading.Lock()


def engine() -> Engine:
    """The one engine of this process.

    Raises:
        ExplorerError: if there can be none now, as the store's cannot be opened.
    """
    with _one_at_a_time:
        return _made()


@cache
def _made() -> Engine:
    return Engine(later=FIRST_PAGE)
