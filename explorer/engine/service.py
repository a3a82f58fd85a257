"""The engine as pages and the command line use it: start, send, look, watch."""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import cache

from explorer import catalog
from explorer.config.run import RunConfig
from explorer.engine.asking import CHECK_PRIORITY, Asker
from explorer.engine.cluster import close, connect
from explorer.engine.hub import Hub
from explorer.engine.jobs import Wanted
from explorer.engine.packing import bring, own_digest
from explorer.engine.runner import Runner
from explorer.engine.sweeps import Sweeps
from explorer.engine.tidying import Tidying
from explorer.engine.worker import begin, check, look_at
from explorer.errors import N_, ExplorerError
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
from explorer.runs.store import Store, open_store
from explorer.training.commands import checked

MOST_VIEWS = 512
"""Views of stored states that are kept ready, over all runs."""


class Engine:
    """The store, the workers, the runner and the hub, as one."""

    def __init__(self, store: Store | None = None) -> None:
        """Open the store, connect to the workers behind the scenes, resume runs."""
        self.store = store or open_store()
        self.hub = Hub(self.store, lambda run, views: self._runner.watch(run, views))
        self._runner = Runner(connect, self.store, self._heard)
        self._asker = Asker(self.store, self._runner)
        self.sweeps = Sweeps(self.store, self._runner, self.start)
        self._views: OrderedDict[tuple[str, int, Wanted], View] = OrderedDict()
        self._lock = threading.Lock()
        self.resumed = self._runner.resume_all()
        self.sweeps.resume()
        self._tidying = Tidying(self.store)

    @property
    def ready(self) -> bool:
        """Whether the workers are there and warm."""
        return self._runner.client.done()

    def _heard(
        self,
        run_id: str,
        progress: Progress | None,
        views: tuple[tuple[Wanted, View], ...],
    ) -> None:
        """What a slice brought, for those who watch and for the sweeps."""
        self.hub.heard(run_id, progress, views)
        self.sweeps.heard(run_id, progress)

    def start(self, config: RunConfig, owner: str = "", group_id: str = "") -> Run:
        """Begin a new run; its first points come within a fraction of a second.

        Raises:
            ExplorerError: if the config is not sound, or if nobody can train it.
        """
        run = self._enter(config, "training", owner, group_id)
        self._runner.start(run)
        return run

    def prepare(self, config: RunConfig, owner: str = "", group_id: str = "") -> Run:
        """Enter a new run that waits for a first step.

        Raises:
            ExplorerError: if the config is not sound.
        """
        return self._enter(config, "paused", owner, group_id)

    def _enter(
        self, config: RunConfig, status: Status, owner: str, group_id: str
    ) -> Run:
        """A new run in the store; one that begins with another's weights has them."""
        self._runner.check()
        bring(self.store, own_digest(config))
        parameters = catalog.parameter_count(config)
        if not config.start:
            return self.store.create(
                config, parameters, status, owner=owner, group_id=group_id
            )
        state = self._begun(config)
        run = self.store.create(
            config, parameters, "paused", owner=owner, group_id=group_id
        )
        first = Progress(
            first_step=0,
            curves=Curves.empty(),
            step=0,
            seconds=0.0,
            checkpoints=(Checkpoint(0, state),),
            state=state,
            status=status,
        )
        self.store.record(run.id, first)
        return self.store.get(run.id)

    def _begun(self, config: RunConfig) -> bytes:
        """The weights of the run that `config` names as its start."""
        start, learned = self.store.learned(config.start)
        catalog.check_start(config, start)
        state: bytes = self._asker.ask(begin, (config, start), learned)
        return state

    def fork(
        self, run_id: str, step: int | None, config: RunConfig, owner: str = ""
    ) -> Run:
        """A new run that goes on from a checkpoint of `run_id` with other settings.

        From where it stands now if the step is None, also while it trains.

        Raises:
            ExplorerError: if there is no such run or checkpoint, or if the config
                changes more than the training settings.
        """
        self._runner.check()
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
            config, parent.parameters, parent=(run_id, step), owner=owner
        )
        rate = config.training.learning_rate
        self._runner.start(run, [LEARNING_RATE(rate)])
        return run

    def send(self, run_id: str, command: Command) -> None:
        """Have a run do something; it counts from the next slice on.

        Raises:
            ExplorerError: if there is no such run, or if it cannot be told so.
        """
        run, spec = self.store.get(run_id), spec_of(command.name)
        checked(run.config, command)
        if spec.too_late and run.status not in spec.states:
            raise spec.too_late()
        self._runner.send([run_id], command)

    def send_all(self, run_ids: Iterable[str], command: Command) -> None:
        """Have runs do the same together.

        Raises:
            ExplorerError: if there is no such run.
        """
        every = list(run_ids)
        if spec_of(command.name).status == "training":
            # Whoever looks now sees them on their way, even before workers are there.
            for run_id in every:
                self.store.set_status(run_id, "training")
        self._runner.send(every, command)

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

    def look(self, run_id: str, step: int, wanted: tuple[Wanted, ...]) -> list[View]:
        """Views of a run as it was after `step` updates, a stored state. Blocks.

        Raises:
            ExplorerError: if nothing is stored for that step, or a view is unknown.
        """
        missing = [w for w in wanted if (run_id, step, w) not in self._views]
        if missing:
            run = self.store.get(run_id)
            checkpoint = self.store.checkpoint(run_id, step)
            views = self._asker.ask(look_at, (run.config,), checkpoint.state, missing)
            for want, view in zip(missing, views, strict=True):
                self.keep(run_id, step, want, view)
        with self._lock:
            return [self._views[run_id, step, w] for w in wanted]

    async def look_async(
        self, run_id: str, step: int, wanted: tuple[Wanted, ...]
    ) -> list[View]:
        """`look` for the event loop."""
        return await asyncio.to_thread(self.look, run_id, step, wanted)

    async def look_elsewhere(
        self, run_id: str, step: int, wanted: Wanted
    ) -> tuple[RunConfig, View]:
        """One view of another moment or run, and that run's config; step -1: newest."""

        def look() -> tuple[RunConfig, View]:
            run = self.store.get(run_id)
            newest = self.store.state(run_id) if step < 0 else None
            at = newest.step if newest is not None else max(0, step)
            (view,) = self.look(run_id, at, (wanted,))
            return run.config, view

        return await asyncio.to_thread(look)

    def keep(self, run_id: str, step: int, wanted: Wanted, view: View) -> None:
        """Have a view ready."""
        with self._lock:
            self._views[run_id, step, wanted] = view
            while len(self._views) > MOST_VIEWS:
                self._views.popitem(last=False)

    def forget_data(self) -> None:
        """Let go of datasets that are kept ready, here and in every worker."""
        catalog.forget_data()
        with self._lock:
            self._views.clear()
        if self.ready:
            self._runner.client.result().run(catalog.forget_data)

    def close(self) -> None:
        """Let go of the workers; unfinished runs go on at the next start."""
        self._tidying.close()
        self.sweeps.close()
        self._runner.close()
        if self._runner.client.done() and not self._runner.client.exception():
            close(self._runner.client.result())
        self.store.close()


@cache
def engine() -> Engine:
    """The one engine of this process."""
    return Engine()
