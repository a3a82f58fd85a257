"""The records of a sweep: what varies in it, and what each trial came to."""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from explorer.config.settings import Scalar
from explorer.errors import N_, Words

optuna.logging.set_verbosity(optuna.logging.ERROR)

TrialState = Literal["training", "finished", "pruned", "diverged", "failed"]


_NONE = N_(
    "None of %(count)d trials came to its end: %(diverged)d diverged, %(failed)d "
    "failed, and %(pruned)d were pruned."
)
_NONE_BECAUSE = N_(
    "None of %(count)d trials came to its end: %(diverged)d diverged, %(failed)d "
    "failed, and %(pruned)d were pruned. Of trial %(number)d: %(why)s"
)


class Range(NamedTuple):
    """The values that one setting may take in a sweep."""

    name: str
    """Dotted, as in "model.hidden_size"."""
    low: float = math.nan
    high: float = math.nan
    whole: bool = False
    """Whether only whole numbers count."""
    log: bool = False
    """Whether equal ratios count as equally far."""
    choices: tuple[Scalar, ...] = ()
    """Where only these count; `low` and `high` then mean nothing."""

    @property
    def distribution(self) -> BaseDistribution:
        """The same as Optuna has it."""
        if self.choices:
            return CategoricalDistribution(self.choices)
        if self.whole:
            return IntDistribution(int(self.low), int(self.high), log=self.log)
        return FloatDistribution(self.low, self.high, log=self.log)

    def even(self, count: int) -> tuple[Scalar, ...]:
        """At most `count` values, evenly from end to end; all choices.

        >>> Range("a", 1, 100, log=True).even(3)
        (1.0, 10.0, 100.0)
        >>> Range("a", 1, 2, whole=True).even(5)
        (1, 2)
        """
        if self.choices:
            return self.choices
        to, back = (math.log, math.exp) if self.log else (float, float)
        first, last = to(self.low), to(self.high)
        share = (last - first) / max(1, count - 1)
        inner = [back(first + k * share) for k in range(1, count - 1)]
        rounded = (float(f"{value:.6g}") for value in inner)
        every = [float(self.low), *rounded, float(self.high)]
        if self.whole:
            return tuple(dict.fromkeys(round(value) for value in every))
        return tuple(dict.fromkeys(every[:count]))


class Trial(NamedTuple):
    """One point of a sweep."""

    number: int
    """As Optuna counts, from 0."""
    values: Mapping[str, Scalar]
    """By dotted setting name."""
    state: TrialState
    loss: float = math.nan
    """What the sweep lowers; NaN until it is known."""
    measured: Mapping[int, float] = MappingProxyType({})
    """Held-out loss by step; the mean over the folds where there are some."""
    runs: tuple[str, ...] = ()
    """The run of each fold, or the one run."""
    why: Words | None = None
    """Why it came to nothing, where it diverged or failed."""

    @property
    def place(self) -> int:
        """Its place in the order of the sweep, as readers count."""
        return self.number + 1

    @property
    def lowest(self) -> float:
        """The lowest loss that was measured; NaN where none was."""
        return min(self.measured.values(), default=math.nan)

    @property
    def steps(self) -> int:
        """How far it is known to have trained, in weight updates of each run."""
        return max(self.measured, default=0)


def count_of(trials: Sequence[Trial], state: TrialState) -> int:
    """How many of them are in this state."""
    return sum(trial.state == state for trial in trials)


def why_none(trials: Sequence[Trial]) -> Words | None:
    """Why no trial has come to its end, once all of them have ended; else None."""
    counts = {state: count_of(trials, state) for state in get_args(TrialState)}
    if not trials or counts["training"] or counts["finished"]:
        return None
    failed = next((t for t in trials if t.why is not None), None)
    values = {**counts, "count": len(trials)}
    if failed is None:
        return Words(_NONE, values)
    return Words(_NONE_BECAUSE, values | {"number": failed.place, "why": failed.why})


def best(trials: list[Trial]) -> Trial | None:
    """The finished trial of the lowest loss; None while there is none."""
    ended = [t for t in trials if t.state == "finished" and math.isfinite(t.loss)]
    return min(ended, key=lambda t: (t.loss, t.number), default=None)
