"""How runs of one race keep pace: none is ahead of the slowest by more than a stride.

By step every run takes the same number of updates at about the same time; by second
every run trains for the same time. What a run computes depends on neither.
"""

from collections.abc import Iterable
from typing import NamedTuple

from explorer.errors import ExplorerError
from explorer.runs.records import Clock, Run
from explorer.runs.store import Store

STRIDE_STEPS = 20
"""By step, no run is ahead of the slowest by more than so many updates."""

STRIDE_SECONDS = 0.2
"""By second, no run is ahead of the slowest by more training time than this, but for
what its last update takes."""


class Pace(NamedTuple):
    """The race that a run is in, and what its clock counts."""

    race: str
    clock: Clock


class Place(NamedTuple):
    """How far a run is."""

    step: int
    seconds: float  # of training


class Stride(NamedTuple):
    """How far a run may go now; None where its race sets no bound."""

    steps: int | None = None
    seconds: float | None = None

    @property
    def waits(self) -> bool:
        """Whether it lets others catch up first: less than half a stride is left.

        The slowest always has a whole one; slices of a step or two would cost more
        than they train.
        """
        if self.steps is not None:
            return self.steps < STRIDE_STEPS // 2
        return self.seconds is not None and self.seconds < STRIDE_SECONDS / 2


def pace_of(store: Store, run: Run) -> Pace | None:
    """The pace that a run keeps; None where it is in no race, or the race is gone."""
    if not run.group_id:
        return None
    try:
        race = store.groups.get(run.group_id, "race")
    except ExplorerError:
        return None
    clock: Clock = race.facts["clock"]
    return Pace(race.id, clock)


def stride(clock: Clock, own: Place, others: Iterable[Place]) -> Stride:
    """How far a run may go, given where the others are that still race.

    >>> stride("step", Place(30, 1.0), [Place(25, 9.0), Place(70, 2.0)])
    Stride(steps=15, seconds=None)
    >>> stride("step", Place(30, 1.0), [])
    Stride(steps=None, seconds=None)
    """
    places = list(others)
    if not places:
        return Stride()
    if clock == "step":
        slowest = min(own.step, *(place.step for place in places))
        return Stride(steps=slowest + STRIDE_STEPS - own.step)
    least = min(own.seconds, *(place.seconds for place in places))
    return Stride(seconds=least + STRIDE_SECONDS - own.seconds)
