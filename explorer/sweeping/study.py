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
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as OptunaState

from explorer.errors import N_, Words
from explorer.runs.records import Status
from explorer.runs.trials import Trial, TrialState
from explorer.sweeping.plan import Plan, SweepSettings
from explorer.training.checkpoints import VALIDATIONS

WARM_UP = 0.16
"""No trial is pruned by the median before this share of its steps."""

MEASUREMENTS = 3
"""A trial is judged after so many: more often would cost more than it saves."""

STARTUP = 5
"""The median means nothing before so many trials are done."""

_RUNS, _WHY, _DIVERGED = "runs", "why", "diverged"
_STATES: Mapping[OptunaState, TrialState] = {
    OptunaState.RUNNING: "training",
    OptunaState.WAITING: "training",
    OptunaState.COMPLETE: "finished",
    OptunaState.PRUNED: "pruned",
    OptunaState.FAIL: "failed",
}

STOPPED = Words(N_("stopped by hand"))
"""Why a trial came to nothing that nobody but a person ended."""

DIVERGED = Words(N_("diverged"))
"""Why a trial was pruned, as older programs kept it."""


def rungs(steps: int) -> int:
    """How many steps there are between two moments at which a trial may be pruned."""
    return MEASUREMENTS * max(1, steps // VALIDATIONS)


def next_rung(step: int, steps: int) -> int:
    """The step up to which a trial trains before it is judged again.

    >>> next_rung(0, 100), next_rung(11, 100), next_rung(12, 100)
    (12, 12, 24)
    """
    every = rungs(steps)
    return (step // every + 1) * every


class Study:
    """A plan and its trials: asked for, judged at every measurement, and ended.

    Everything it knows is in its storage; another one on the same storage goes on where
    this one was killed.
    """

    def __init__(
        self, plan: Plan, name: str = "sweep", storage: BaseStorage | None = None
    ) -> None:
        """Open the study of that name, or begin it."""
        self.plan = plan
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            self._study = optuna.create_study(
                storage=storage or InMemoryStorage(),
                study_name=name,
                load_if_exists=True,
                pruner=_pruner(plan),
            )
        begun = len(self._stored())
        self._study.sampler = _sampler(plan.settings, begun)
        self._space = {each.name: each.distribution for each in plan.space}
        self._judged: dict[int, int] = {}
        if plan.settings.sampler == "grid":
            for point in plan.grid()[begun : plan.trials]:
                self._study.enqueue_trial(point)

    def ask(self) -> Trial | None:
        """The next trial; None if there are no more."""
        if len(self.trials()) >= self.plan.trials:
            return None
        return _read(self._study.ask(self._space)._cached_frozen_trial)

    def begin(self, trial: Trial, runs: Sequence[str]) -> None:
        """Note which runs a trial has."""
        self._live(trial).set_user_attr(_RUNS, list(runs))

    def settle(
        self,
        trial: Trial,
        runs: Mapping[Status, Words | None],
        measured: Mapping[int, float],
    ) -> bool:
        """Judge a trial by its runs and what they measured; whether it has ended.

        Args:
            trial: one that is under way.
            runs: the statuses of its runs, and what happened to one of each.
            measured: the held-out losses, by step.
        """
        statuses, pruned = set(runs), self.judge(trial, measured)
        if "diverged" in statuses:
            self.diverge(trial, runs["diverged"])
        elif "failed" in statuses:
            self.fail(trial, runs["failed"] or STOPPED)
        elif "stopped" in statuses:
            self.fail(trial, STOPPED)
        elif statuses == {"finished"}:
            self.finish(trial, measured)
        elif pruned:
            self.prune(trial)
        else:
            return False
        return True

    def judge(self, trial: Trial, measured: Mapping[int, float]) -> bool:
        """Note what was measured so far; whether the trial shall be pruned."""
        newest = max(measured, default=0)
        if newest <= self._judged.get(trial.number, 0):
            return False
        self._judged[trial.number] = newest
        live, prune = self._live(trial), False
        reported = self._stored()[trial.number].intermediate_values
        for step in sorted(set(measured) - {0} - set(reported)):
            live.report(measured[step], step)
            prune = prune or live.should_prune()
        return prune and newest < self.plan.steps

    def finish(self, trial: Trial, measured: Mapping[int, float]) -> None:
        """The trial trained to its end."""
        steps = sorted(step for step in measured if step > 0)
        last = self.plan.settings.objective == "last"
        losses = [measured[step] for step in (steps[-1:] if last else steps)]
        if losses and all(map(math.isfinite, losses)):
            self._end(trial, OptunaState.COMPLETE, min(losses))
        else:
            self.fail(trial, Words(N_("its loss is no number")))

    def prune(self, trial: Trial) -> None:
        """The trial ended early: it promised little."""
        self._end(trial, OptunaState.PRUNED)

    def diverge(self, trial: Trial, why: Words | None) -> None:
        """A run of the trial diverged, which a sampler learns from as from one that was
        pruned."""
        live = self._live(trial)
        live.set_user_attr(_DIVERGED, True)
        if why is not None:
            live.set_user_attr(_WHY, asdict(why))
        self._end(trial, OptunaState.PRUNED)

    def fail(self, trial: Trial, why: Words) -> None:
        """The trial came to nothing."""
        self._live(trial).set_user_attr(_WHY, asdict(why))
        self._end(trial, OptunaState.FAIL)

    def forget(self) -> None:
        """Delete every trial."""
        optuna.delete_study(
            study_name=self._study.study_name, storage=self._study._storage
        )

    def trials(self) -> list[Trial]:
        """Every trial that was asked for, in order."""
        return [_read(t) for t in self._stored() if t.state != OptunaState.WAITING]

    def _stored(self) -> list[FrozenTrial]:
        return self._study.get_trials(deepcopy=False)

    def _end(
        self, trial: Trial, state: OptunaState, value: float | None = None
    ) -> None:
        self._study.tell(trial.number, value, state, skip_if_finished=True)

    def _live(self, trial: Trial) -> optuna.Trial:
        return optuna.Trial(self._study, self._stored()[trial.number]._trial_id)


def _read(stored: FrozenTrial) -> Trial:
    noted, state = stored.user_attrs, _STATES[stored.state]
    why = Words.read(noted[_WHY]) if _WHY in noted else None
    if noted.get(_DIVERGED) or (state == "pruned" and why == DIVERGED):
        state, why = "diverged", None if why == DIVERGED else why
    return Trial(
        stored.number,
        dict(stored.params),
        state,
        math.nan if stored.value is None else stored.value,
        dict(stored.intermediate_values),
        tuple(noted.get(_RUNS, ())),
        why,
    )


def mean_of_folds(folds: Sequence[Mapping[int, float]]) -> dict[int, float]:
    """What was measured at the steps that every fold has reached."""
    shared = set(folds[0]).intersection(*folds[1:]) if folds else set()
    return {
        step: sum(each[step] for each in folds) / len(folds) for step in sorted(shared)
    }


def _sampler(settings: SweepSettings, begun: int) -> BaseSampler:
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
