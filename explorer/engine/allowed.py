"""What a visitor may do here: the limits of this server, own data, a class's rules."""

from collections.abc import Sequence

from explorer.catalog import building
from explorer.config.run import RunConfig
from explorer.data import content
from explorer.engine import classes
from explorer.engine.class_tasks import KINDS, check_at, home_of, task_in
from explorer.engine.limits import (
    LIMITS,
    MEGABYTE,
    SERVER_LIMITS,
    Limits,
    check_server_room,
    read_limits,
    read_server_limits,
)
from explorer.engine.packing import own_digest
from explorer.errors import N_, ExplorerError
from explorer.runs.records import Group
from explorer.runs.shelf import Active, Admit
from explorer.runs.store import Store


class Allowed:
    """The checks before a person's run, sweep or upload; each speaks of that person."""

    def __init__(self, store: Store, owner: str) -> None:
        self.store, self.owner = store, owner

    @property
    def limits(self) -> Limits:
        """What this server allows each visitor.

        Raises:
            ExplorerError: as `read_limits` does.
        """
        return read_limits()

    def check(self, config: RunConfig, group_id: str = "") -> None:
        """See that a new run of this config is within the limits, on data that this
        person may train on, and allowed by the class that it would be part of. How many
        may train is seen to by `admits`.

        Raises:
            ExplorerError: if it is not.
        """
        group = self.store.groups.get(group_id) if group_id else None
        if group is not None and group.kind in KINDS:
            classes.check_member(self.store, home_of(self.store, group), self.owner)
            check_at(self.store, group)
            classes.check_rules(task := task_in(self.store, group), config)
            if classes.must_guess(self.store, group, task, self.owner):
                raise ExplorerError(
                    N_(
                        "In this task everybody says first what they expect, and you "
                        "have not yet. Give your guess, then train."
                    )
                )
        self.check_data(config, group_id)
        self.check_limits(config)

    def check_limits(self, config: RunConfig) -> None:
        """See that a new run of this config is within the limits.

        Raises:
            ExplorerError: if it is not.
        """
        self.check_size(config)
        self.check_room()

    def check_size(self, config: RunConfig) -> None:
        """See that a model is not too large.

        Raises:
            ExplorerError: if it is.
        """
        parameters = building.parameter_count(config)
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
        self.check_digest(own_digest(config), group_id)

    def check_digest(self, digest: str, group_id: str = "") -> None:
        """The same, before anything is made of the data.

        Raises:
            ExplorerError: if it is neither.
        """
        if digest == content.NO_DIGEST or self.store.contents.holds(self.owner, digest):
            return
        group = self.class_of(group_id)
        if group and classes.owns_data(group.facts, digest):
            classes.check_member(self.store, home_of(self.store, group), self.owner)
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
        digest = own_digest(config)
        held = self.store.contents.holds
        return digest == content.NO_DIGEST or held(self.owner, digest)

    def admits(self, leaving: int = 0, others: int = 0) -> Admit:
        """What the store asks before it lets more of this person's runs train.

        Args:
            leaving: how many make room for them.
            others: how many of those that come are other people's, of a class that
                this person teaches.
        """
        most, most_here = self.limits.active_runs, read_server_limits().active_runs

        def admit(active: Active, coming: int) -> None:
            own = max(0, coming - others)
            if own and active.mine - leaving + own > most:
                raise ExplorerError(
                    N_(
                        "One visitor may train %(most)d runs at one time here, and "
                        "%(came)d of yours are training. Stop or pause one of them."
                    ),
                    most=most,
                    came=active.mine - leaving,
                )
            if active.all - leaving + coming > most_here:
                raise ExplorerError(
                    N_(
                        "This server trains %(most)d runs at one time, and %(came)d "
                        "are training. Wait until some have ended, or raise "
                        "active_runs in %(variable)s."
                    ),
                    most=most_here,
                    came=active.all - leaving,
                    variable=SERVER_LIMITS,
                )

        return admit

    def admit_sweep(self, sweeps: Sequence[Group]) -> None:
        """What the store asks before one more sweep runs; `sweeps`: everybody's.

        Raises:
            ExplorerError: if too many run.
        """
        running = [g.owner for g in sweeps if g.facts.get("status") == "running"]
        if (mine := running.count(self.owner)) >= self.limits.running_sweeps:
            raise ExplorerError(
                N_(
                    "One visitor may have %(most)d sweeps running at one time here, "
                    "and %(came)d of yours are. Stop one, or wait for its end."
                ),
                most=self.limits.running_sweeps,
                came=mine,
            )
        if len(running) >= (most_here := read_server_limits().running_sweeps):
            raise ExplorerError(
                N_(
                    "This server runs %(most)d sweeps at one time, and %(came)d are "
                    "running. Wait until one has ended, or raise running_sweeps in "
                    "%(variable)s."
                ),
                most=most_here,
                came=len(running),
                variable=SERVER_LIMITS,
            )

    def admit_class(self, every: Sequence[Group]) -> None:
        """What the store asks before one more class is made; `every`: everybody's.

        Raises:
            ExplorerError: if too many are this person's.
        """
        mine = sum(group.owner == self.owner for group in every)
        if mine >= self.limits.classes:
            raise ExplorerError(
                N_(
                    "One visitor may have %(most)d classes here, and %(came)d are "
                    "yours. Delete one that is over."
                ),
                most=self.limits.classes,
                came=mine,
            )

    def admit_data(self, held: int, stored: int) -> None:
        """What the store asks before one more series or text is held.

        Args:
            held: how many this person has.
            stored: bytes of all that they store.

        Raises:
            ExplorerError: if it is too much.
        """
        self.check_stored(stored)
        if held >= self.limits.uploads:
            raise ExplorerError(
                N_(
                    "One visitor may keep %(most)d own files here, and you have "
                    "%(came)d. Delete one of them, or raise uploads in %(variable)s."
                ),
                most=self.limits.uploads,
                came=held,
                variable=LIMITS,
            )

    def check_room(self) -> None:
        """See that there is room for one more run or upload.

        Raises:
            ExplorerError: if this person's runs and data fill theirs, or everybody's
                the server.
        """
        check_server_room(self.store)
        self.check_stored(self.store.shelf.stored_bytes(self.owner))

    def check_stored(self, stored: int) -> None:
        """See that this person, who stores so many bytes, may store more.

        Raises:
            ExplorerError: if they may not.
        """
        if stored >= self.limits.stored_megabytes * MEGABYTE:
            raise ExplorerError(
                N_(
                    "One visitor may store %(most)d MB here, and yours take %(came)d. "
                    "Delete runs or data on the pages Runs and Data."
                ),
                most=self.limits.stored_megabytes,
                came=stored // MEGABYTE,
            )

    def admit_imported(self, stored: int) -> None:
        """What the store asks before runs come in, with which this person stores so
        many bytes.

        Raises:
            ExplorerError: if that is too much.
        """
        if stored > self.limits.stored_megabytes * MEGABYTE:
            raise ExplorerError(
                N_(
                    "One visitor may store %(most)d MB here, and with these runs yours "
                    "would take %(came)d. Delete runs or data on the pages Runs and "
                    "Data, or export fewer."
                ),
                most=self.limits.stored_megabytes,
                came=-(-stored // MEGABYTE),
            )

    def class_of(self, group_id: str) -> Group | None:
        """The task of a class that a run is in; None where it is in none, or in a race
        or a sweep."""
        try:
            group = self.store.groups.get(group_id) if group_id else None
        except ExplorerError:
            return None  # deleted meanwhile
        return group if group is not None and group.kind in KINDS else None
