"""The engine as one person may use it: rights and limits.

Who knows a run's id may watch it and fork it; only who started it, or the teacher of
the class in which it was started, may tell it something or delete it.
"""

from collections.abc import Iterable, Mapping, Sequence

from explorer import catalog
from explorer.config import RunConfig
from explorer.data import content
from explorer.engine import classes
from explorer.engine.limits import LIMITS, MEGABYTE, Limits, read_limits
from explorer.engine.service import Engine
from explorer.errors import N_, ExplorerError
from explorer.portable.unpack import Importer, unpacked
from explorer.runs.records import Group, Run, Status
from explorer.runs.store import Store
from explorer.training.plan import Plan

MOST_EXPORTED = 50
"""Runs in one zip."""

MOVED_BY: Mapping[str, tuple[Status, ...]] = {
    "pause": ("training",),
    "resume": ("paused",),
    "stop": ("training", "paused"),
}
"""The states of a run in which it makes sense to tell it so."""


class Visitor:
    """One person at the engine."""

    def __init__(self, engine: Engine, owner: str) -> None:
        """`owner` is what `Run.owner` holds for this person's runs."""
        self.engine, self.owner = engine, owner

    @property
    def limits(self) -> Limits:
        """What this server allows each visitor.

        Raises:
            ExplorerError: as `read_limits` does.
        """
        return read_limits()

    @property
    def store(self) -> Store:
        """All runs: whoever knows an id may watch."""
        return self.engine.store

    def may_control(self, run: Run) -> bool:
        """Whether this person started the run, or teaches the class it is in."""
        if run.owner == self.owner:
            return True
        if not run.group_id:
            return False
        try:
            return self.store.groups.get(run.group_id).owner == self.owner
        except ExplorerError:
            return False  # the class was deleted

    def start(
        self, config: RunConfig, group_id: str = "", instead_of: Run | None = None
    ) -> Run:
        """Begin a new run; `instead_of`: the one that stops for it, if it is one's own.

        Raises:
            ExplorerError: if the config is not sound, a limit is reached, or a class
                does not allow it.
        """
        replaced = instead_of is not None and self.may_stop(instead_of)
        self.check(config, int(replaced), group_id)
        new = self.engine.start(config, self.owner, group_id)
        if instead_of is not None and replaced:
            self.engine.tell(instead_of.id, "stop")
        return new

    def may_stop(self, run: Run) -> bool:
        """Whether this person may stop the run, and it has not ended by itself."""
        return self.may_control(run) and not self.store.get(run.id).ended

    def prepare(self, config: RunConfig, group_id: str = "") -> Run:
        """Enter a new run that waits for "step" or "resume".

        Raises:
            ExplorerError: if the config is not sound, a limit is reached, or a class
                does not allow it.
        """
        self.check(config, group_id=group_id)
        return self.engine.prepare(config, self.owner, group_id)

    def fork(self, run: Run, step: int, config: RunConfig) -> Run:
        """A new run that goes on from a checkpoint of one that may be another's; one of
        one's own stops for it.

        Raises:
            ExplorerError: if there is no such run or checkpoint, if the config changes
                more than the training settings, or if a limit is reached.
        """
        replaced = self.may_stop(run)
        # A fork of a class's run is no part of the class, but may stay on its data.
        self.check_limits(config, int(replaced))
        self.check_data(config, run.group_id)
        new = self.engine.fork(run.id, step, config, self.owner)
        if replaced:
            self.engine.tell(run.id, "stop")
        return new

    def tell(
        self, run_id: str, name: str, value: float | None = None, note: str = ""
    ) -> None:
        """Say one of `service.COMMANDS` to a run.

        Raises:
            ExplorerError: if there is no such run, if it is another's, or as
                `Engine.tell` does.
        """
        run = self._own(run_id)
        if name in ("resume", "step") and run.status != "training":
            self.check_active()
        group = self._class(run.group_id) if name == "learning_rate" else None
        if group is not None and group.owner != self.owner:
            classes.check_change(classes.read_lesson(group), f"training.{name}")
        self.engine.tell(run_id, name, value, note)

    def tell_all(self, runs: Iterable[Run], name: str) -> None:
        """Say "pause", "resume" or "stop" to those of these runs that it can move.

        Raises:
            ExplorerError: if one is gone or another's, or if more would train than may.
        """
        fresh = [self._own(run.id) for run in runs]
        moved = [run for run in fresh if run.status in MOVED_BY[name]]
        if name == "resume" and moved:
            self.check_active(coming=len(moved))
        self.engine.tell_all([run.id for run in moved], name)

    def start_sweep(self, plan: Plan) -> Group:
        """Begin a sweep.

        Raises:
            ExplorerError: if its trials cannot be trained, or a limit is reached.
        """
        self.check_sweeps()
        plan.check()
        self.check_data(plan.base)
        self.check_room()
        limits = {
            "most_bytes": self.limits.stored_megabytes * MEGABYTE,
            "most_parameters": self.limits.parameters,
        }
        return self.engine.sweeps.start(plan, self.owner, limits)

    def stop_sweep(self, group_id: str) -> None:
        """Pause one's own sweep, and the trials under way.

        Raises:
            ExplorerError: if there is no such sweep, or if it is another's.
        """
        self.engine.sweeps.stop(self._own_sweep(group_id).id)

    def go_on_with_sweep(self, group_id: str) -> None:
        """Go on with one's own sweep.

        Raises:
            ExplorerError: if there is no such sweep, if it is another's, or if too many
                are running.
        """
        group = self._own_sweep(group_id)
        self.check_sweeps()
        self.check_room()
        self.engine.sweeps.go_on(group.id)

    def delete_sweep(self, group_id: str) -> None:
        """Forget one's own sweep, its trials and their runs.

        Raises:
            ExplorerError: if there is no such sweep, or if it is another's.
        """
        self.engine.sweeps.delete(self._own_sweep(group_id).id)

    def check_sweeps(self) -> None:
        """See that one more sweep may run.

        Raises:
            ExplorerError: if too many of this person's do.
        """
        mine = self.store.groups.of(self.owner, "sweep")
        running = sum(group.facts.get("status") == "running" for group in mine)
        if running >= self.limits.running_sweeps:
            raise ExplorerError(
                N_(
                    "One visitor may have %(most)d sweeps running at one time here, "
                    "and %(came)d of yours are. Stop one, or wait for its end."
                ),
                most=self.limits.running_sweeps,
                came=running,
            )

    def throw_away(self, run_id: str) -> None:
        """Stop a run and hide it; `Store.shelf.have_back` shows it again.

        Raises:
            ExplorerError: if there is no such run, or if it is another's.
        """
        run = self._own(run_id)
        if not run.ended:
            self.engine.tell(run_id, "stop")
        self.store.shelf.throw_away(run_id)

    def have_back(self, run_id: str) -> None:
        """Show a run again that this person threw away; it is there or comes back.

        Raises:
            ExplorerError: if it was swept out meanwhile, or if it is another's.
        """
        thrown = self.store.shelf.thrown_away(run_id)
        if thrown is not None and self.may_control(thrown):
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
        self.check_room()
        stored = self.store.shelf.stored_bytes(self.owner)
        importer = Importer(
            self.owner,
            self.limits.stored_megabytes * MEGABYTE - stored,
            self.may_see,
            self.check_size,
            self.engine.check_states,
        )
        found = unpacked(raw, importer)
        for kept in found:
            self.store.import_run(*kept)
        return [kept.run for kept in found]

    def check(self, config: RunConfig, leaving: int = 0, group_id: str = "") -> None:
        """See that a new run of this config is within the limits, on data that this
        person may train on, and allowed by the class that it would be part of.
        `leaving`: how many active runs make room for it.

        Raises:
            ExplorerError: if it is not.
        """
        group = self.store.groups.get(group_id) if group_id else None
        if group is not None and group.kind == classes.KIND:
            classes.check_member(self.store, group, self.owner)
            classes.check_rules(classes.read_lesson(group), config)
        self.check_data(config, group_id)
        self.check_limits(config, leaving)

    def check_limits(self, config: RunConfig, leaving: int = 0) -> None:
        """See that a new run of this config is within the limits.

        Raises:
            ExplorerError: if it is not.
        """
        self.check_size(config)
        self.check_active(leaving)
        self.check_room()

    def check_size(self, config: RunConfig) -> None:
        """See that a model is not too large.

        Raises:
            ExplorerError: if it is.
        """
        parameters = catalog.parameter_count(config)
        if parameters > self.limits.parameters:
            raise ExplorerError(
                N_(
                    "A model may have %(most)s parameters on this server, but this one "
                    "has %(came)s. Make it smaller, or raise parameters in "
                    "%(variable)s."
                ),
                most=f"{self.limits.parameters:,}",
                came=f"{parameters:,}",
                variable=LIMITS,
            )

    def check_data(self, config: RunConfig, group_id: str = "") -> None:
        """See that own data is this person's, or a class's that was opened to them.

        Raises:
            ExplorerError: if it is neither.
        """
        digest = str(config.data_settings.get("digest", content.NO_DIGEST))
        self.check_digest(digest, group_id)

    def check_digest(self, digest: str, group_id: str = "") -> None:
        """The same, before anything is made of the data.

        Raises:
            ExplorerError: if it is neither.
        """
        if digest == content.NO_DIGEST or self.store.contents.holds(self.owner, digest):
            return
        group = self._class(group_id)
        if group and classes.owns_data(group.facts, digest):
            classes.check_member(self.store, group, self.owner)
            return
        raise ExplorerError(
            N_(
                "Own data is private to who gave it, and '%(digest)s...' is not among "
                "yours, or was deleted. Give it yourself on the page Data."
            ),
            digest=digest[:12],
        )

    def may_see(self, config: RunConfig) -> bool:
        """Whether a config's data is anybody's, or own data of this person."""
        digest = str(config.data_settings.get("digest", content.NO_DIGEST))
        held = self.store.contents.holds
        return digest == content.NO_DIGEST or held(self.owner, digest)

    def check_active(self, leaving: int = 0, coming: int = 1) -> None:
        """See that one more run may train, or as many as are coming.

        Raises:
            ExplorerError: if too many of this person's do.
        """
        active = self.store.shelf.active(self.owner) - leaving
        if active + coming > self.limits.active_runs:
            raise ExplorerError(
                N_(
                    "One visitor may train %(most)d runs at one time here, and "
                    "%(came)d of yours are training. Stop or pause one of them."
                ),
                most=self.limits.active_runs,
                came=active,
            )

    def check_room(self) -> None:
        """See that there is room for one more run or upload.

        Raises:
            ExplorerError: if this person's runs and data fill theirs.
        """
        stored = self.store.shelf.stored_bytes(self.owner)
        if stored >= self.limits.stored_megabytes * MEGABYTE:
            raise ExplorerError(
                N_(
                    "One visitor may store %(most)d MB here, and yours take %(came)d. "
                    "Delete runs or data on the pages Runs and Data."
                ),
                most=self.limits.stored_megabytes,
                came=stored // MEGABYTE,
            )

    def join(self, group_id: str, nickname: str) -> None:
        """Take part in a class.

        Raises:
            ExplorerError: if there is no such class, it is closed or full, or the
                nickname is not one, or another's.
        """
        classes.join(self.store, group_id, self.owner, nickname)

    def _class(self, group_id: str) -> Group | None:
        """The class that a run is in; None where it is in none, or in another group."""
        try:
            return self.store.groups.get(group_id, classes.KIND) if group_id else None
        except ExplorerError:
            return None  # deleted meanwhile, or a race or a sweep

    def _own_sweep(self, group_id: str) -> Group:
        group = self.store.groups.get(group_id, "sweep")
        if group.owner != self.owner:
            raise ExplorerError(
                N_(
                    "Only who started a sweep may control it, and this one is "
                    "another's. Start one of your own."
                )
            )
        return group

    def _own(self, run_id: str) -> Run:
        run = self.store.get(run_id)
        if not self.may_control(run):
            raise ExplorerError(
                N_(
                    "Only who started a run may control it, and '%(run)s' is "
                    "another's. Fork it to go on with a run of your own."
                ),
                run=run.id,
            )
        return run
