"""What panels show of other moments of a run, and of another run."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from explorer.config.run import RunConfig
from explorer.engine.hub import Snapshot
from explorer.engine.jobs import Wanted
from explorer.errors import N_, ExplorerError
from explorer.runs.records import View
from explorer.ui.live.asked import Asked
from explorer.ui.live.wishes import LIVE, Wish

NEWEST = -1


class Elsewhere(NamedTuple):
    """A view of another moment, or of another run."""

    run: str
    step: int  # or NEWEST
    wanted: Wanted


Others = Mapping[Elsewhere, tuple[RunConfig, View]]


class Needs(NamedTuple):
    """What one panel needs from elsewhere."""

    ghosts: tuple[Elsewhere, ...] = ()
    basis: Elsewhere | None = None
    beside: Elsewhere | None = None

    def each(self) -> Iterator[Elsewhere]:
        """All of them."""
        yield from self.ghosts
        yield from (need for need in (self.basis, self.beside) if need is not None)


def needs_of(asked: Asked, snapshot: Snapshot, wish: Wish, basis: int) -> Needs:
    """What a panel needs from other moments and runs. `basis` is a kept step."""
    panel, run = asked.panel, snapshot.run.id
    if not asked.wanted:
        return Needs()
    want = asked.wanted[0]
    now = snapshot.run.step if wish.at == LIVE else wish.at
    kept = [step for step in snapshot.checkpoints if step < now]
    compares = panel.beside and wish.beside
    return Needs(
        tuple(Elsewhere(run, step, want) for step in earlier(kept, panel.ghosts)),
        Elsewhere(run, basis, want) if panel.basis else None,
        Elsewhere(wish.beside, NEWEST, want) if compares else None,
    )


def earlier(kept: Sequence[int], count: int) -> list[int]:
    """At most `count` of the kept steps, spread by ratio, so that they seldom change.

    >>> earlier([0, 1, 2, 4, 8, 16, 32, 64], 3)
    [4, 64]
    """
    powers = [step for step in kept if step & (step - 1) == 0 and step > 0]
    stride = 1
    while count and len(powers[::stride]) > count:
        stride *= 2
    newest_first = powers[::-1][::stride][:count]
    return newest_first[::-1]


def left_out(run: str, missing: Mapping[Elsewhere, ExplorerError]) -> ExplorerError:
    """The one sentence about all that is missing; another run goes before moments."""
    need, error = max(missing.items(), key=lambda item: item[0].run != run)
    if need.run != run:
        return ExplorerError(
            N_("No other run is drawn beside this one: %(why)s"), why=error.words
        )
    return ExplorerError(
        N_("Not every earlier moment is drawn: %(why)s"), why=error.words
    )
