"""The engine as one person may use it: rights and limits.

Who knows a run's id may watch it and fork it; only who started it, or the teacher of
the class in which it was started, may tell it something or delete it.
"""

import os

from explorer import catalog
from explorer.config import RunConfig, Settings, setting
from explorer.data import content
from explorer.engine.service import Engine
from explorer.errors import N_, ExplorerError, Words
from explorer.runs.records import Run
from explorer.runs.store import Store

LIMITS = "EXPLORER_LIMITS"
MEGABYTE = 10**6


class Limits(Settings):
    """What one visitor may take of a server that many share."""

    active_runs: int = setting(
        32, N_("Runs that train at one time."), title=N_("Active runs"), ge=1, le=1000
    )
    parameters: int = setting(
        4_000_000,
        N_("Numbers that a model learns."),
        title=N_("Parameters"),
        ge=100,
        le=10**9,
    )
    stored_megabytes: int = setting(
        300,
        N_("What runs and own data take together."),
        title=N_("Stored megabytes"),
        ge=1,
        le=10**6,
    )
    uploads: int = setting(
        30, N_("Own series and texts."), title=N_("Uploads"), ge=0, le=10**5
    )


def read_limits(text: str | None = None) -> Limits:
    """The limits of this server, as in "active_runs=4,uploads=10".

    Args:
        text: what `EXPLORER_LIMITS` says if None.

    Raises:
        ExplorerError: if it is not of that form, or a value is out of bounds.
    """
    given = os.environ.get(LIMITS, "") if text is None else text
    values = {}
    for part in filter(None, (p.strip() for p in given.split(","))):
        name, sign, value = part.partition("=")
        if not sign:
            raise ExplorerError(
                N_(
                    "%(variable)s must be like active_runs=4,uploads=10, but got "
                    "'%(came)s'. Leave it empty for the usual limits."
                ),
                variable=LIMITS,
                came=part[:60],
            )
        values[name.strip()] = value.strip()
    return Limits.read(values, Words(N_("limit in EXPLORER_LIMITS:")))


class Visitor:
    """One person at the engine."""

    def __init__(self, engine: Engine, owner: str) -> None:
        """`owner` is what `Run.owner` holds for this person's runs."""
        self.engine, self.owner = engine, owner
        self.limits = read_limits()

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
            ExplorerError: if the config is not sound, or a limit is reached.
        """
        replaced = instead_of is not None and self.may_stop(instead_of)
        self.check(config, int(replaced))
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
            ExplorerError: if the config is not sound, or a limit is reached.
        """
        self.check(config)
        return self.engine.prepare(config, self.owner, group_id)

    def fork(self, run: Run, step: int, config: RunConfig) -> Run:
        """A new run that goes on from a checkpoint of one that may be another's; one of
        one's own stops for it.

        Raises:
            ExplorerError: if there is no such run or checkpoint, if the config changes
                more than the training settings, or if a limit is reached.
        """
        replaced = self.may_stop(run)
        self.check(config, int(replaced))
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
        self.engine.tell(run_id, name, value, note)

    def throw_away(self, run_id: str) -> None:
        """Stop a run and hide it; `Store.shelf.have_back` shows it again.

        Raises:
            ExplorerError: if there is no such run, or if it is another's.
        """
        run = self._own(run_id)
        if not run.ended:
            self.engine.tell(run_id, "stop")
        self.store.shelf.throw_away(run_id)

    def check(self, config: RunConfig, leaving: int = 0) -> None:
        """See that a new run of this config is within the limits and on data that this
        person may train on. `leaving`: how many active runs make room for it.

        Raises:
            ExplorerError: if it is not.
        """
        self.check_data(config)
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
        self.check_active(leaving)
        self.check_room()

    def check_data(self, config: RunConfig) -> None:
        """See that own data is this person's, or a class's that was opened to them.

        Raises:
            ExplorerError: if it is neither.
        """
        digest = str(config.data_settings.get("digest", content.NO_DIGEST))
        if digest == content.NO_DIGEST or self.store.contents.holds(self.owner, digest):
            return
        raise ExplorerError(
            N_(
                "Own data is private to who gave it, and '%(digest)s...' is not among "
                "yours, or was deleted. Give it yourself on the page Data."
            ),
            digest=digest[:12],
        )

    def check_active(self, leaving: int = 0) -> None:
        """See that one more run may train.

        Raises:
            ExplorerError: if too many of this person's do.
        """
        active = self.store.shelf.active(self.owner) - leaving
        if active >= self.limits.active_runs:
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
