"""Whose turn it is: which worker a run goes to, and which of its runs a worker trains.

People take turns, and so do the runs of each. A task carries slices of several runs
where many share a worker, so that every run moves at least once a second. Trials of
sweeps let live runs go first, and keep a small share.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from explorer.engine.driven import Chosen, Driven
from explorer.engine.race import Stride, stride
from explorer.engine.watched import Watched

SLICE_SECONDS = 0.2
"""A slice of a run that has a worker to itself."""

TASK_SECONDS = 0.2
"""What a task with slices of several runs takes at most. Each task costs the server and
the worker some milliseconds; whoever clicks waits for two of them."""

FIRST_SECONDS = 0.04
"""The first slice of a run is this short at most, and half of its next ones at most, so
that its first points are seen at once; those of a class that goes on together, too."""

ROUND_SECONDS = 0.8
"""All runs of one worker get their turn within about this time."""

USUAL_DRAG = 1.15
"""How much longer tasks take than was asked of their slices, where little else runs on
the machine. Slices are shorter where it is more."""

MOST_DRAG = 2.0
"""A task that took longer, as while the machine slept, says no more than this."""

DRAG_NEWS = 0.1
"""What the newest task counts of a worker's drag."""

LEAST_SECONDS = 0.015

IN_FLIGHT = 2
"""Tasks under way per worker."""

BACKGROUND_SHARE = 0.1
"""What the trials of sweeps get of a worker's time while live runs want all of it."""

BACKGROUND_SECONDS = 0.06
"""Their slice then: short, so that no live run waits long for it."""


class Turns:
    """Who had a turn, and what is due to whom."""

    def __init__(self) -> None:
        self._count = 0
        self._last: dict[str, int] = {}
        """The last turn that each person had."""
        self._due: dict[str, float] = {}
        """Seconds of each worker that are due to the trials of sweeps."""
        self._drag: dict[str, float] = {}
        """How much longer each worker's tasks take than was asked, lately."""

    def keep(self, people: Collection[str]) -> None:
        """Forget all but these people."""
        self._last = {p: turn for p, turn in self._last.items() if p in people}

    def took(self, worker: str, asked: float, seconds: float) -> None:
        """A busy worker brought a task so long after the one before, where its slices
        were asked to last so long in all."""
        drag = min(max(seconds / max(asked, 1e-9), USUAL_DRAG), MOST_DRAG)
        before = self.drag(worker)
        self._drag[worker] = before + DRAG_NEWS * (drag - before)

    def drag(self, worker: str) -> float:
        """How much longer its tasks take than was asked, lately."""
        return self._drag.get(worker, USUAL_DRAG)

    def choose(
        self, worker: str, every: Collection[Driven], watched: Watched
    ) -> list[Chosen]:
        """The next task of a worker: slices of live runs; of trials where there are
        none, or when it is due. Empty if it has enough, or nothing, to do."""
        mine = [d for d in every if d.worker == worker]
        live = [d for d in mine if not d.background]
        background = [d for d in mine if d.background]
        choice = _Choice(self, every, watched, self.drag(worker))
        if not live:
            return choice.slices(background)
        due = self._due.get(worker, 0.0) if background else 0.0
        if due >= BACKGROUND_SECONDS and (
            chosen := choice.slices(background, BACKGROUND_SECONDS, BACKGROUND_SECONDS)
        ):
            self._due[worker] = due - sum(job.seconds for _, job in chosen)
            return chosen
        chosen = choice.slices(live)
        share = BACKGROUND_SHARE * sum(job.seconds for _, job in chosen)
        self._due[worker] = min(due + share, 2 * BACKGROUND_SECONDS)
        return chosen

    def in_turn(self, ready: Sequence[Driven], count: int) -> list[Driven]:
        """So many of these runs; those that shall rest go before all others."""
        waiting = list(ready)
        chosen: list[Driven] = []
        while waiting and len(chosen) < count:
            following = min(
                waiting,
                key=lambda d: (d.going, self._last.get(d.person, 0), d.served),
            )
            waiting.remove(following)
            chosen.append(following)
            self._count += 1
            self._last[following.person] = self._count
        return chosen


class _Choice:
    """One choosing, among all runs as they stand."""

    def __init__(
        self,
        turns: Turns,
        every: Collection[Driven],
        watched: Watched,
        drag: float,
    ) -> None:
        self.turns, self.every, self.watched = turns, every, watched
        self.drag = drag

    def slices(
        self,
        mine: Sequence[Driven],
        longest: float = SLICE_SECONDS,
        task: float = TASK_SECONDS,
    ) -> list[Chosen]:
        """The next task for these runs of a worker: how long a slice of it may be, and
        all together."""
        alone = len(mine) == 1
        ready = [
            d
            for d in mine
            if (d.in_flight == 0 and not d.waits and not self._stride(d).waits)
            or (alone and 0 < d.in_flight < IN_FLIGHT and d.placed and d.may_overlap)
        ]
        lost = sorted((d for d in ready if d.lost), key=lambda d: (d.going, d.served))
        if lost:
            # A run whose slice was lost travels alone, so that it spoils no other's.
            return [self._chosen(lost[0], LEAST_SECONDS)]
        count, seconds = portions(len(mine), longest, task, self.drag)
        return [self._chosen(d, seconds) for d in self.turns.in_turn(ready, count)]

    def _chosen(self, driven: Driven, seconds: float) -> Chosen:
        if driven.slices == 0:
            seconds = max(LEAST_SECONDS, min(FIRST_SECONDS, seconds / 2))
        bounds = self._stride(driven)
        if bounds.seconds is not None:
            seconds = min(seconds, bounds.seconds)
        looks, at_once = self.watched.of(driven.run.id)
        return Chosen(driven, driven.job(seconds, bounds.steps, looks, at_once))

    def _stride(self, driven: Driven) -> Stride:
        """How far its race lets a run go now; one that shall rest is free to."""
        if driven.pace is None or not driven.going:
            return Stride()
        others = (
            other.place
            for other in self.every
            if other is not driven and other.pace == driven.pace and other.going
        )
        return stride(driven.pace.clock, driven.place, others)


def portions(
    runs: int,
    longest: float = SLICE_SECONDS,
    task: float = TASK_SECONDS,
    drag: float = USUAL_DRAG,
) -> tuple[int, float]:
    """How many slices a task has where so many runs share a worker, and their seconds.

    The tasks of a round are about alike, so that turns come at about even distances.
    The longer tasks take than was asked (`drag`), the less is asked, so that a round
    takes as long on a slow machine.

    >>> portions(1), portions(20)[0]
    ((1, 0.2), 5)
    """
    runs = max(1, runs)
    seconds = max(LEAST_SECONDS, min(longest, ROUND_SECONDS / (runs * drag)))
    most = max(1, int(task / seconds + 1e-9))
    tasks = math.ceil(runs / most)
    return math.ceil(runs / tasks), seconds


def place(driven: Driven, workers: Sequence[str], every: Collection[Driven]) -> None:
    """Hand a run to the worker with the least to do, from its last known state."""
    load = _loads((d for d in every if d is not driven), driven.background)
    driven.hand_to(min(workers, key=lambda w: load[w]) if workers else None)


def even_out(workers: Sequence[str], every: Collection[Driven]) -> None:
    """A run at rest leaves its worker for one that has clearly less to do.

    So none stands idle that came late, or came back; and trials leave the workers of
    live runs for those that have none.
    """
    for background in (False, True):
        load = _loads(every, background)
        least = min((load[w] for w in workers), default=0.0)
        for driven in every:
            crowded = load[driven.worker] > least + 1.5
            if driven.background == background and crowded and driven.may_move:
                place(driven, workers, every)
                break


def _loads(every: Iterable[Driven], background: bool) -> Mapping[str | None, float]:
    """What each worker has to do, as a live run or a trial sees it.

    Trials hardly slow a live run; a live run leaves them a tenth of its worker.
    """
    load: defaultdict[str | None, float] = defaultdict(float)
    for driven in every:
        if driven.background == background:
            load[driven.worker] += 1
        else:
            load[driven.worker] += 1 / BACKGROUND_SHARE if background else 1e-3
    return load
