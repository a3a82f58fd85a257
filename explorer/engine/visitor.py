"""The engine as one person may use it: rights and limits.

Who knows a run's id may watch it and fork it; only who started it, or the teacher of
the class in which it was started, may command or delete it.
"""

from collections.abc import Iterable, Sequence

from explorer.config.run import RunConfig
from explorer.engine import classes
from explorer.engine.allowed import Allowed
from explorer.engine.class_tasks import home_of, task_in
from explorer.engine.limits import MEGABYTE
from explorer.engine.own_classes import OwnClasses
from explorer.engine.own_sweeps import OwnSweeps
from explorer.engine.service import Engine
from explorer.errors import N_, ExplorerError
from explorer.portable.unpack import Importer, unpacked
from explorer.runs.commands import STOP, spec_of
from explorer.runs.records import Command, Group, Run
from explorer.runs.store import Store

MOST_EXPORTED = 50
"""Runs in one zip."""


class Visitor:
    """One person at the engine."""

    def __init__(self, engine: Engine, owner: str) -> None:
        """`owner` is what `Run.owner` holds for this person's runs."""
        self.engine, self.owner = engine, owner
        self.allowed = Allowed(engine.store, owner)
        self.sweeps = OwnSweeps(engine.sweeps, self.store, self.allowed)
        self.classes = OwnClasses(engine, owner, self.allowed, self.teaches)

    @property
    def store(self) -> Store:
        """All runs: whoever knows an id may watch."""
        return self.engine.store

    def may_control(self, run: Run) -> bool:
        """Whether this person started the run, or teaches the class it is in."""
        if run.owner == self.owner:
            return True
        group = self.allowed.class_of(run.group_id)
        return group is not None and self.teaches(group)

    def teaches(self, group: Group) -> bool:
        """Whether this person teaches a class, or the class of a task."""
        try:
            home = home_of(self.store, group)
            along = self.store.teachers.teaches(home.id, self.owner)
            return home.owner == self.owner or along
        except ExplorerError:
            return False  # the class was deleted

    def check_teaches(self, group: Group, whole: bool = False) -> None:
        """See that this person teaches a class as it is now, or the class of a task.

        Args:
            group: the class or the task, which may have changed since it was read.
            whole: whether the class must be theirs, as who teaches along ends nothing.

        Raises:
            ExplorerError: if they do not, or if it was deleted.
        """
        now = self.store.groups.get(group.id)
        theirs = not whole or home_of(self.store, now).owner == self.owner
        if not (self.teaches(now) and theirs):
            raise ExplorerError(
                N_(
                    "A class is changed by who teaches it, and you do so no more. Ask "
                    "its teacher for a new key."
                )
            )

    def start(
        self, config: RunConfig, group_id: str = "", instead_of: Run | None = None
    ) -> Run:
        """Begin a new run; `instead_of`: the one that stops for it, if it is one's own.

        Raises:
            ExplorerError: if the config is not sound, a limit is reached, or a class
                does not allow it.
        """
        replaced = instead_of is not None and self.may_stop(instead_of)
        self.allowed.check(config, group_id)
        admit = self.allowed.admits(int(replaced))
        new = self.engine.start(config, self.owner, group_id, admit)
        if instead_of is not None and replaced:
            self.engine.send(instead_of.id, STOP())
        return new

    def may_stop(self, run: Run) -> bool:
        """Whether the run is this person's own, and has not ended by itself: nobody
        else's stops for theirs, also not a student's for their teacher's."""
        return run.owner == self.owner and not self.store.get(run.id).ended

    def prepare(self, config: RunConfig, group_id: str = "") -> Run:
        """Enter a new run that waits for a first step.

        Raises:
            ExplorerError: if the config is not sound, a limit is reached, or a class
                does not allow it.
        """
        self.allowed.check(config, group_id)
        return self.engine.prepare(config, self.owner, group_id, self.allowed.admits())

    def fork(self, run: Run, step: int | None, config: RunConfig) -> Run:
        """A new run that goes on from a checkpoint of one that may be another's, or, at
        step None, from where that stands now; one of one's own stops for it.

        Raises:
            ExplorerError: if there is no such run or checkpoint, if the config changes
                more than the training settings, or if a limit is reached.
        """
        replaced = self.may_stop(run)
        # A fork of a class's run is no part of the class, but may stay on its data.
        self.allowed.check_limits(config)
        self.allowed.check_data(config, run.group_id)
        admit = self.allowed.admits(int(replaced))
        new = self.engine.fork(run.id, step, config, self.owner, admit)
        if replaced:
            self.engine.send(run.id, STOP())
        return new

    def send(self, run_id: str, command: Command) -> None:
        """Have a run do something.

        Raises:
            ExplorerError: if there is no such run, if it is another's, or as
                `Engine.send` does.
        """
        self._check_rules(self._own(run_id), command)
        self.engine.send(run_id, command, self.owner, self.allowed.admits())

    def send_all(self, runs: Iterable[Run], command: Command) -> None:
        """Have those of these runs do something in whose states it makes sense.

        Raises:
            ExplorerError: if one is gone or another's, or if more would train than may.
        """
        spec = spec_of(command.name)
        fresh = [self.store.get(run.id) for run in runs]
        taught = self._taught(fresh)
        for run in fresh:
            if run.group_id not in taught:
                self._check_own(run)
        moved = [run for run in fresh if run.status in spec.states]
        for run in moved:
            if run.group_id not in taught:
                self._check_rules(run, command)
        strangers = sum(run.owner != self.owner for run in moved)
        admit = self.allowed.admits(others=strangers)
        self.engine.send_all([run.id for run in moved], command, self.owner, admit)

    def _taught(self, runs: Iterable[Run]) -> set[str]:
        """The tasks of classes that this person teaches, of all that runs are in."""
        tasks = map(self.allowed.class_of, {run.group_id for run in runs})
        return {task.id for task in tasks if task is not None and self.teaches(task)}

    def throw_away(self, run_id: str) -> None:
        """Stop a run and hide it; `Store.shelf.have_back` shows it again.

        Raises:
            ExplorerError: if there is no such run, or if it is another's.
        """
        run = self._own(run_id)
        if not run.ended:
            self.engine.send(run_id, STOP())
        self.store.shelf.throw_away(run_id)

    def have_back(self, run_id: str) -> None:
        """Show a run again that this person threw away; it is there or comes back.

        Raises:
            ExplorerError: if it was swept out meanwhile, if it is another's, or if
                there is no room for it any more.
        """
        thrown = self.store.shelf.thrown_away(run_id)
        if thrown is not None and self.may_control(thrown):
            self.allowed.check_room()
            self.store.shelf.have_back(run_id)
        self._own(run_id)

    def describe(
        self, run_id: str, name: str, tags: Sequence[str], pinned: bool
    ) -> None:
        """Name, tag and pin a run.

        Raises:
            ExplorerError: if it is another's, or if the words are too long.
        """
        self._own(run_id)
        self.store.shelf.describe(run_id, name, tags, pinned)

    def export(self, run_ids: Sequence[str]) -> bytes:
        """Runs as a zip; whoever may watch a run may take it along. Blocks.

        Raises:
            ExplorerError: if there is no such run, or if these are too many.
        """
        if len(run_ids) > MOST_EXPORTED:
            raise ExplorerError(
                N_(
                    "At most %(most)d runs go into one zip, but %(came)d were chosen. "
                    "Choose fewer."
                ),
                most=MOST_EXPORTED,
                came=len(run_ids),
            )
        return self.engine.export(run_ids)

    def take_in(self, raw: bytes) -> list[Run]:
        """Runs out of a zip that was exported, as runs of one's own. Blocks.

        Raises:
            ExplorerError: if anything in it is wrong; then nothing is taken in.
        """
        self.allowed.check_room()
        stored = self.store.shelf.stored_bytes(self.owner)
        importer = Importer(
            self.owner,
            self.allowed.limits.stored_megabytes * MEGABYTE - stored,
            self.allowed.may_see,
            self.allowed.check_size,
            self.engine.check_states,
        )
        found = unpacked(raw, importer)
        self.store.import_runs(found, self.owner, self.allowed.admit_imported)
        return [kept.run for kept in found]

    def _check_rules(self, run: Run, command: Command) -> None:
        """See that the class that a run is in lets its student tell it so.

        Raises:
            ExplorerError: if a setting is fixed, or nobody trains there any more.
        """
        spec, group = spec_of(command.name), self.allowed.class_of(run.group_id)
        trains = spec.status == "training"
        if group is None or not (spec.setting or trains) or self.teaches(group):
            return
        task = task_in(self.store, group)
        if spec.setting:
            classes.check_change(task, spec.setting)
        home = home_of(self.store, group)
        if trains and classes.member_of(self.store, home.id, self.owner) is not None:
            classes.check_still_open(task)

    def _own(self, run_id: str) -> Run:
        run = self.store.get(run_id)
        self._check_own(run)
        return run

    def _check_own(self, run: Run) -> None:
        if not self.may_control(run):
            raise ExplorerError(
                N_(
                    "Only who started a run may control it, and '%(run)s' is "
                    "another's. Fork it to go on with a run of your own."
                ),
                run=run.id,
            )
