"""What a person does with their own sweeps."""

from explorer.engine.allowed import Allowed
from explorer.engine.limits import MEGABYTE
from explorer.engine.sweeps import Sweeps
from explorer.errors import N_, ExplorerError
from explorer.runs.records import Group
from explorer.runs.store import Store
from explorer.sweeping.plan import Plan


class OwnSweeps:
    """What `Visitor.sweeps` is."""

    def __init__(self, sweeps: Sweeps, store: Store, allowed: Allowed) -> None:
        self._sweeps, self._store, self._allowed = sweeps, store, allowed

    def start(self, plan: Plan) -> Group:
        """Begin a sweep.

        Raises:
            ExplorerError: if its trials cannot be trained, or a limit is reached.
        """
        plan.check()
        self._allowed.check_data(plan.base)
        self._allowed.check_room()
        limits = {
            "most_bytes": self._allowed.limits.stored_megabytes * MEGABYTE,
            "most_parameters": self._allowed.limits.parameters,
        }
        admit = self._allowed.admit_sweep
        return self._sweeps.start(plan, self._allowed.owner, limits, admit)

    def stop(self, group_id: str) -> None:
        """Pause one's own sweep, and the trials under way.

        Raises:
            ExplorerError: if there is no such sweep, or if it is another's.
        """
        self._sweeps.stop(self._own(group_id).id)

    def go_on(self, group_id: str) -> None:
        """Go on with one's own sweep.

        Raises:
            ExplorerError: if there is no such sweep, if it is another's, or if too many
                are running.
        """
        group = self._own(group_id)
        self._allowed.check_room()
        self._sweeps.go_on(group.id, self._allowed.admit_sweep)

    def delete(self, group_id: str) -> None:
        """Forget one's own sweep, its trials and their runs.

        Raises:
            ExplorerError: if there is no such sweep, or if it is another's.
        """
        self._sweeps.delete(self._own(group_id).id)

    def _own(self, group_id: str) -> Group:
        group = self._store.groups.get(group_id, "sweep")
        if group.owner != self._allowed.owner:
            raise ExplorerError(
                N_(
                    "Only who started a sweep may control it, and this one is "
                    "another's. Start one of your own."
                )
            )
        return group
