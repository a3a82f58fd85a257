"""What is known of the trials of a sweep, as its pictures and sentences need it."""

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import optuna
from optuna.exceptions import ExperimentalWarning
from optuna.trial import TrialState as OptunaState
from optuna.trial import create_trial

from explorer.runs.trials import Range, Trial

FEW = 3
"""With fewer trials that have ended there is nothing to compare."""


class SweepDrawn(NamedTuple):
    """Exactly what the pictures of a sweep show."""

    model: str
    space: tuple[Range, ...]
    titles: Mapping[str, str]  # of settings, by dotted name, in the reader's language
    trials: tuple[Trial, ...]  # in their order
    steps: int  # weight updates of a trial that is not pruned
    unit: str  # of the loss
    floor: float | None

    @property
    def ended(self) -> list[Trial]:
        """The trials with a loss; one that was pruned has the lowest it had reached."""
        measured = (
            trial._replace(loss=trial.lowest) if trial.state == "pruned" else trial
            for trial in self.trials
            if trial.state in ("finished", "pruned")
        )
        return [trial for trial in measured if math.isfinite(trial.loss)]


def extract(
    model: str,
    space: Sequence[Range],
    titles: Mapping[str, str],
    trials: Sequence[Trial],
    steps: int,
    unit: str,
    floor: float | None,
) -> SweepDrawn:
    """Settings under their titles; those that are called alike keep dotted names."""
    names = [titles.get(each.name, each.name) for each in space]
    shown = {
        each.name: name if names.count(name) == 1 else each.name
        for each, name in zip(space, names, strict=True)
    }
    return SweepDrawn(
        model, tuple(space), shown, tuple(trials), steps, unit, floor or None
    )


def weights(drawn: SweepDrawn) -> dict[str, float]:
    """The importance of each setting by title (PED-ANOVA); empty with too few trials.

    Source: Watanabe, Bansal and Hutter (2023), https://arxiv.org/abs/2304.10255
    """
    losses = {trial.loss for trial in drawn.ended}
    if len(losses) < 2 * FEW or not varied(drawn):
        return {}
    with warnings.catch_warnings():
        # Few trials make the estimate rough, which the picture says itself.
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", ExperimentalWarning)
        return dict(optuna.importance.get_param_importances(study(drawn)))


def varied(drawn: SweepDrawn) -> bool:
    """Whether some setting took more than one value."""
    return any(
        len({t.values[each.name] for t in drawn.ended}) > 1 for each in drawn.space
    )


def study(
    drawn: SweepDrawn, trials: Sequence[Trial] | None = None
) -> optuna.study.Study:
    """The trials as Optuna has them, under the titles of their settings."""
    made = optuna.create_study()
    distributions = {drawn.titles[e.name]: e.distribution for e in drawn.space}
    for trial in drawn.ended if trials is None else trials:
        under_way = trial.state not in ("finished", "pruned")
        made.add_trial(
            create_trial(
                state=OptunaState.RUNNING if under_way else OptunaState.COMPLETE,
                value=None if under_way else trial.lowest,
                params={drawn.titles[k]: v for k, v in trial.values.items()},
                distributions=distributions,
                intermediate_values=dict(trial.measured),
            )
            if trials is not None
            else create_trial(
                value=trial.loss,
                params={drawn.titles[k]: v for k, v in trial.values.items()},
                distributions=distributions,
            )
        )
    return made
