"""How a race stands: read out of the records of its runs, one result per setting."""

import math
import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from explorer.config.run import RunConfig, settings_groups
from explorer.config.settings import Scalar
from explorer.runs.places import places
from explorer.runs.records import Curves, Lines, Run, Validation

RECENT_STEPS = 200
"""Speed is judged by this many latest steps."""


class Lap(NamedTuple):
    """One run of a race as it stands."""

    run: Run
    curves: Curves
    validations: Sequence[Validation]


class Spread(NamedTuple):
    """A number over several seeds."""

    mean: float
    deviation: float  # of a sample; 0 for one seed
    seeds: int


class Result(NamedTuple):
    """One setting of a race; None where nothing is known yet."""

    rate: Spread | None
    """Steps per second of training."""
    lowest: Spread | None
    """The lowest validation loss."""
    reached_step: Spread | None
    """Updates to the wanted loss, over the seeds that reached it."""
    reached_seconds: Spread | None


class Moment(NamedTuple):
    """The validation loss of one setting after so many steps, over its seeds."""

    step: int
    seconds: float
    loss: Spread


def result(laps: Sequence[Lap], wanted: float) -> Result:
    """How the runs of one setting stand, where a loss of `wanted` is to be reached."""
    firsts = [reached(lap.validations, wanted) for lap in laps]
    there = [first for first in firsts if first is not None]
    return Result(
        spread(rate(lap.curves) for lap in laps),
        spread(lowest(lap.validations) for lap in laps),
        spread(float(first.step) for first in there),
        spread(first.seconds for first in there),
    )


def reached(validations: Iterable[Validation], wanted: float) -> Validation | None:
    """The first measurement that is not above `wanted`."""
    return next((v for v in validations if v.loss <= wanted), None)


def lowest(validations: Iterable[Validation]) -> float | None:
    """The lowest validation loss that is a number."""
    losses = [v.loss for v in validations if math.isfinite(v.loss)]
    return min(losses, default=None)


def rate(curves: Curves) -> float | None:
    """Steps per second of training, over the latest steps."""
    recent = curves.seconds[-RECENT_STEPS:]
    if len(recent) < 2 or recent[-1] <= recent[0]:
        return None
    return (len(recent) - 1) / float(recent[-1] - recent[0])


def spread(values: Iterable[float | None]) -> Spread | None:
    """Mean and deviation of the numbers among these; None if there are none.

    >>> spread([1.0, None, 3.0])
    Spread(mean=2.0, deviation=1.4142135623730951, seeds=2)
    """
    finished = [value for value in values if value is not None]
    if not finished:
        return None
    deviation = statistics.stdev(finished) if len(finished) > 1 else 0.0
    return Spread(statistics.fmean(finished), deviation, len(finished))


def moments(laps: Sequence[Lap]) -> list[Moment]:
    """The validation loss over training, where every seed has been measured.

    A seed that has ended early, or diverged, counts as far as it came.
    """
    alive = [lap for lap in laps if lap.validations]
    by_step: dict[int, list[Validation]] = {}
    for lap in alive:
        for validation in lap.validations:
            if math.isfinite(validation.loss):
                by_step.setdefault(validation.step, []).append(validation)
    found = []
    for step, seen in sorted(by_step.items()):
        if len(seen) < sum(1 for lap in alive if _awaited(lap, step)):
            continue
        loss = spread(v.loss for v in seen)
        assert loss is not None, step
        found.append(Moment(step, statistics.fmean(v.seconds for v in seen), loss))
    return found


def _awaited(lap: Lap, step: int) -> bool:
    """Whether a run has been measured at this step, or will be."""
    return not lap.run.ended or step <= lap.run.step


def ranks(results: Sequence[Result]) -> list[int | None]:
    """The place of each setting by its lowest validation loss.

    >>> one, two = (Result(None, Spread(v, 0, 1), None, None) for v in (2.0, 1.0))
    >>> ranks([one, two, two, Result(None, None, None, None)])
    [3, 1, 1, None]
    """
    return places([None if s.lowest is None else s.lowest.mean for s in results])


def default_target(lines: Lines) -> float:
    """A loss between the floor and the best that needs no training, to be reached.

    The geometric mean, since losses are compared by their ratio; without a floor half
    of the best baseline, and without that 0.1.
    """
    steady = [v for v in lines.baselines.values() if math.isfinite(v) and v > 0]
    best = min(steady, default=None)
    floor = lines.floor
    if best is not None and floor is not None and 0 < floor < best:
        return float(f"{math.sqrt(floor * best):.2g}")
    if best is not None:
        return float(f"{best / 2:.2g}")
    return float(f"{2 * floor:.2g}") if floor else 0.1


Value = Scalar | None


def differing(configs: Sequence[RunConfig]) -> dict[str, list[Value]]:
    """By dotted name: every setting in which these differ, and each one's value.

    None where an architecture has no such setting.
    """
    rows = [_flat(config) for config in configs]
    names = dict.fromkeys(name for row in rows for name in row)
    table = {name: [row.get(name) for row in rows] for name in names}
    return {name: values for name, values in table.items() if len(set(values)) > 1}


def telling(configs: Sequence[RunConfig]) -> list[str]:
    """The fewest of the differing settings, the first first, that tell all apart."""
    differ = differing(configs)
    chosen: list[str] = []
    apart = 1
    for name in differ:
        trial = [*chosen, name]
        now = len(set(zip(*(differ[each] for each in trial), strict=True)))
        if now > apart:
            chosen, apart = trial, now
    return chosen


def _flat(config: RunConfig) -> dict[str, Scalar]:
    flat: dict[str, Scalar] = {"model": config.model}
    for group, values in settings_groups(config).items():
        flat |= {f"{group}.{name}": value for name, value in values.items()}
    return flat | {"seed": config.seed, "start": config.start}
