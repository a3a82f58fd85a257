"""What a visitor may do here: the limits of this server, own data, a class's rules."""

from explorer import catalog
from explorer.config.run import RunConfig
from explorer.data import content
from explorer.engine import classes
from explorer.engine.limits import LIMITS, MEGABYTE, Limits, read_limits
from explorer.errors import N_, ExplorerError
from explorer.runs.records import Group
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
        group = self.class_of(group_id)
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

    def class_of(self, group_id: str) -> Group | None:
        """The class that a run is in; None where it is in none, or in another group."""
        try:
            return self.store.groups.get(group_id, classes.KIND) if group_id else None
        except ExplorerError:
            return None  # deleted meanwhile, or a race or a sweep
