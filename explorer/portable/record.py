"""All that is taken along of a run, read out of the store or out of a zip."""

from typing import NamedTuple

from explorer.config.run import RunConfig
from explorer.portable.layout import MOST_CHECKPOINTS
from explorer.runs.records import Checkpoint, Command, Curves, Run, Validation, lowest
from explorer.runs.store import Store


class Kept(NamedTuple):
    """A run with what belongs to it."""

    run: Run
    curves: Curves
    validations: list[Validation]
    commands: list[Command]
    checkpoints: list[Checkpoint]
    """By step; the last is where the run can go on."""

    @property
    def best(self) -> Checkpoint | None:
        """The state at the lowest held-out loss, where it is kept."""
        best = lowest(self.validations)
        found = (c for c in self.checkpoints if best and c.step == best.step)
        return next(found, None)


def is_own(config: RunConfig) -> bool:
    """Whether a run's data is somebody's own, named by its digest alone."""
    return "digest" in config.data_settings


def read_kept(store: Store, run_id: str) -> Kept:
    """A run as it stands in the store, in one moment of its training.

    Raises:
        ExplorerError: if there is none.
    """
    run, newest = store.get(run_id), store.state(run_id)
    steps = store.checkpoint_steps(run_id)
    chosen = {
        steps[round(k * (len(steps) - 1) / (MOST_CHECKPOINTS - 3))]
        for k in range(MOST_CHECKPOINTS - 2)
        if steps
    }
    if best := store.best(run_id):
        chosen.add(best.step)
    found = {
        step: store.checkpoint(run_id, step) for step in chosen if step <= run.step
    }
    if newest is not None and newest.step <= run.step:
        found[newest.step] = newest
    return Kept(
        run,
        store.curves(run_id).until(run.step) if not run.ended else store.curves(run_id),
        [v for v in store.validations(run_id) if v.step <= run.step],
        [c for c in store.commands(run_id) if c.step <= run.step],
        [found[step] for step in sorted(found)],
    )
