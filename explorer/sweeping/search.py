"""The study of a sweep: which trial comes next, and which one ends early.

Samplers choose the next trial, pruners end one that promises little; both are
Optuna's (Akiba et al., 2019, https://arxiv.org/abs/1907.10902).
"""

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import optuna
from optuna.pruners import BasePruner, HyperbandPruner, MedianPruner, NopPruner
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.storages import BaseStorage, InMemoryStorage
from optuna.trial import FrozenTrial, TrialState

from explorer.errors import N_, Words
from explorer.runs.searches import Trial
from explorer.runs.searches import TrialState as Standing
from explorer.sweeping.plan import Plan, SearchSettings
from explorer.training.checkpoints import VALIDATIONS

WARM_UP = 0.16
"""No trial is pruned by the median before this share of its steps."""

MEASUREMENTS = 3
"""A trial is judged after so many: more often would cost more than it saves."""

STARTUP = 5
"""The median means nothing before so many trials are done."""

_RUNS, _WHY = "runs", "why"
_STANDING: Mapping[TrialState, Standing] = {
    TrialState.RUNNING: "training",
    TrialState.WAITING: "training",
    TrialState.COMPLETE: "finished",
    TrialState.PRUNED: "pruned",
    TrialState.FAIL: "failed",
}


DIVERGED, STOPPED = Words(N_("diverged")), Words(N_("stopped by hand"))
"""Why a trial ended before its time."""


def rungs(steps: int) -> int:
    """How many steps there are between two moments at which a trial may be pruned."""
    return MEASUREMENTS * max(1, steps // VALIDATIONS)


class Search:
    """A plan and its trials: asked for, judged at every measurement, and told.

    Everything it knows is in the study's storage; another one on the same storage goes
    on where this one was killed.
    """

    def __init__(
        self, plan: Plan, name: str = "sweep", storage: BaseStorage | None = None
    ) -> None:
        """Open the study of that name, or begin it."""
        self.plan = plan
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            self.study = optuna.create_study(
                storage=storage or InMemoryStorage(),
                study_name=name,
                load_if_exists=True,
                pruner=_pruner(plan),
            )
        begun = len(self.study.get_trials(deepcopy=False))
        self.study.sampler = _sampler(plan.settings, begun)
        self._space = {each.name: each.distribution for each in plan.space}
        if plan.settings.sampler == "grid":
            for point in plan.grid()[begun : plan.trials]:
                self.study.enqueue_trial(point)

    def ask(self) -> Trial | None:
        """The next trial; None if there are no more."""
        if self._asked() >= self.plan.trials:
            return None
        return self._read(self.study.ask(self._space)._cached_frozen_trial)

    def begin(self, trial: Trial, runs: Sequence[str]) -> None:
        """Note which runs a trial has."""
        self._live(trial).set_user_attr(_RUNS, list(runs))

    def judge(self, trial: Trial, measured: Mapping[int, float]) -> bool:
        """Note what was measured so far; whether the trial shall be pruned."""
        live, prune = self._live(trial), False
        known = self.study.get_trials(deepcopy=False)[trial.number].intermediate_values
        for step in sorted(set(measured) - {0} - set(known)):
            live.report(measured[step], step)
            prune = prune or live.should_prune()
        return prune and max(measured) < self.plan.steps

    def finish(self, trial: Trial, measured: Mapping[int, float]) -> None:
        """The trial trained to its end."""
        steps = sorted(step for step in measured if step > 0)
        last = self.plan.settings.objective == "last"
        known = [measured[step] for step in (steps[-1:] if last else steps)]
        if known and all(map(math.isfinite, known)):
            self._tell(trial, TrialState.COMPLETE, min(known))
        else:
            self.fail(trial, Words(N_("its loss is no number")))

    def prune(self, trial: Trial, why: Words | None = None) -> None:
        """The trial ended early: it promised little, or as `why` says."""
        if why is not None:
            self._live(trial).set_user_attr(_WHY, asdict(why))
        self._tell(trial, TrialState.PRUNED)

    def fail(self, trial: Trial, why: Words) -> None:
        """The trial came to nothing."""
        self._live(trial).set_user_attr(_WHY, asdict(why))
        self._tell(trial, TrialState.FAIL)

    def forget(self) -> None:
        """Delete every trial."""
        study = self.study
        optuna.delete_study(study_name=study.study_name, storage=study._storage)

    def trials(self) -> list[Trial]:
        """Every trial that was asked for, in order."""
        known = self.study.get_trials(deepcopy=False)
        return [self._read(t) for t in known if t.state != TrialState.WAITING]

    def _asked(self) -> int:
        known = self.study.get_trials(deepcopy=False)
        return sum(t.state != TrialState.WAITING for t in known)

    def _tell(
        self, trial: Trial, state: TrialState, value: float | None = None
    ) -> None:
        self.study.tell(trial.number, value, state, skip_if_finished=True)

    def _live(self, trial: Trial) -> optuna.Trial:
        known = self.study.get_trials(deepcopy=False)[trial.number]
        return optuna.Trial(self.study, known._trial_id)

    def _read(self, known: FrozenTrial) -> Trial:
        why = known.user_attrs.get(_WHY)
        return Trial(
            known.number,
            dict(known.params),
            _STANDING[known.state],
            math.nan if known.value is None else known.value,
            dict(known.intermediate_values),
            tuple(known.user_attrs.get(_RUNS, ())),
            None if why is None else Words.read(why),
        )


def mean_of_folds(folds: Sequence[Mapping[int, float]]) -> dict[int, float]:
    """What was measured at the steps that every fold has reached."""
    shared = set(folds[0]).intersection(*folds[1:]) if folds else set()
    return {
        step: sum(each[step] for each in folds) / len(folds) for step in sorted(shared)
    }


def _sampler(settings: SearchSettings, begun: int) -> BaseSampler:
    """One that goes on: its chance depends on the seed and on how many there were."""
    seed = settings.seed + begun
    if settings.sampler == "tpe":
        return TPESampler(seed=seed)
    return RandomSampler(seed=seed)


def _pruner(plan: Plan) -> BasePruner:
    steps, every = plan.steps, rungs(plan.steps)
    if plan.settings.pruner == "median":
        return MedianPruner(STARTUP, round(steps * WARM_UP))
    if plan.settings.pruner == "hyperband":
        return HyperbandPruner(every, steps, 3)
    return NopPruner()
