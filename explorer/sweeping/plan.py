"""What a sweep is made from: a base, a space, and how its trials are chosen."""

import itertools
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from explorer.catalog import fitting
from explorer.config.run import RunConfig
from explorer.config.settings import Scalar, Settings, setting
from explorer.errors import N_
from explorer.runs.trials import Range
from explorer.sweeping.space import checked_space, with_values

MOST_TRIALS = 200


class SweepSettings(Settings):
    """How a sweep goes about its space."""

    sampler: Literal["grid", "random", "tpe"] = setting(
        "tpe",
        N_(
            "How the next trial is chosen: every combination of even values, by "
            "chance, or where trials so far were good (tree-structured Parzen "
            "estimator)."
        ),
        title=N_("Sampler"),
        choices={
            "grid": N_("grid"),
            "random": N_("random"),
            "tpe": N_("TPE: near what was good"),
        },
    )
    pruner: Literal["none", "median", "hyperband"] = setting(
        "median",
        N_(
            "When a trial ends early: never, when it is worse than the median of "
            "those before it at the same step, or by Hyperband's halving."
        ),
        title=N_("Pruner"),
        choices={
            "none": N_("none"),
            "median": N_("median"),
            "hyperband": N_("Hyperband"),
        },
    )
    trials: int = setting(
        30,
        N_("How many settings are tried."),
        title=N_("Number of trials"),
        ge=2,
        le=MOST_TRIALS,
        scale="log",
    )
    objective: Literal["lowest", "last"] = setting(
        "lowest",
        N_("Which held-out loss of a trial counts: its lowest, or its last one."),
        title=N_("What counts"),
        choices={
            "lowest": N_("lowest held-out loss"),
            "last": N_("last held-out loss"),
        },
    )
    folds: int = setting(
        0,
        N_(
            "Judge each trial by several folds in time: fold k learns from the "
            "beginning of the training part, by which its values are prepared and "
            "scaled, and is judged by the stretch after it. The symbols of a text stay "
            "those of the whole, so that losses compare. 0 judges by the held-out "
            "part; each fold costs a run."
        ),
        title=N_("Folds in time"),
        ge=0,
        le=5,
        more=True,
    )
    seed: int = setting(
        0,
        N_("The same seed proposes the same trials."),
        title=N_("Seed of the sampler"),
        ge=0,
        le=9999,
        more=True,
    )


@dataclass(frozen=True)
class Plan:
    """Everything a sweep is made from."""

    base: RunConfig
    space: tuple[Range, ...]
    settings: SweepSettings = field(default_factory=SweepSettings)

    def __post_init__(self) -> None:
        checked_space(self.space)

    @property
    def folds(self) -> tuple[str, ...]:
        """The folds of each trial; one that is the whole where there are none."""
        count = self.settings.folds
        return (
            tuple(f"{k}/{count}" for k in range(1, count + 1)) if count > 1 else ("",)
        )

    @property
    def steps(self) -> int:
        """Weight updates of each run."""
        return self.base.training.steps

    @property
    def trials(self) -> int:
        """How many trials there will be; a grid may have fewer points."""
        if self.settings.sampler != "grid":
            return self.settings.trials
        return min(self.settings.trials, len(self.grid()))

    def grid(self) -> list[dict[str, Scalar]]:
        """The points of the grid: as many values of each range as trials allow."""
        free = sum(not each.choices for each in self.space)
        fixed = math.prod(len(each.choices) for each in self.space if each.choices)
        room = max(1, self.settings.trials // fixed)
        count = max(2, math.floor(room ** (1 / free) + 1e-9)) if free else 0
        values = [each.even(count) for each in self.space]
        names = [each.name for each in self.space]
        points = itertools.product(*values)
        return [dict(zip(names, point, strict=True)) for point in points]

    def configs(self, values: Mapping[str, Scalar]) -> list[RunConfig]:
        """The runs of a trial.

        Raises:
            ExplorerError: if its settings contradict each other.
        """
        return [with_values(self.base, values, fold) for fold in self.folds]

    def check(self) -> None:
        """See that a run of each fold can be made.

        Raises:
            ExplorerError: if it cannot.
        """
        for fold in self.folds:
            fitting.check_fit(with_values(self.base, {}, fold))

    def facts(self) -> dict[str, Any]:
        """The plan as JSON can hold it."""
        return {
            "base": json.loads(self.base.to_json()),
            "space": [_plain(each) for each in self.space],
            "settings": self.settings.values(),
        }

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> Self:
        """What `facts` made.

        Raises:
            ExplorerError: if it is none.
        """
        space = tuple(
            Range(**{**each, "choices": tuple(each.get("choices", ()))})
            for each in facts["space"]
        )
        base = RunConfig.from_json(json.dumps(facts["base"]))
        return cls(base, space, SweepSettings.read(facts["settings"]))


def _plain(each: Range) -> dict[str, Any]:
    if each.choices:
        return {"name": each.name, "choices": list(each.choices)}
    return {k: v for k, v in each._asdict().items() if k != "choices"}
