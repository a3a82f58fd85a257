"""A sweep in this process: one trial after another, so that a seed repeats it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from explorer.catalog import building
from explorer.errors import Words
from explorer.runs.messages import unexpected
from explorer.runs.records import Status
from explorer.runs.store import Store
from explorer.runs.studies import open_studies
from explorer.runs.trials import Trial, best, count_of, why_none
from explorer.sweeping.plan import Plan
from explorer.sweeping.study import Study, mean_of_folds, next_rung
from explorer.training.process import settle
from explorer.training.trainer import Budget, Trainer

RESTING = {"status": "stopped", "seconds": 0.0}
"""The facts of a sweep that no server shall drive."""

Report = Callable[[list[Trial]], None]
"""Shown every trial so far, whenever one went on."""


class _Fold:
    """One run of a trial, and what was measured of it."""

    def __init__(self, trainer: Trainer, run_id: str) -> None:
        self.trainer, self.run_id = trainer, run_id
        self.measured: dict[int, float] = {}
        self.status: Status = "training"
        self.message: Words | None = None

    def advance(self, store: Store) -> None:
        """Train to the next measurement."""
        step = self.trainer.step
        end = next_rung(step, self.trainer.config.training.steps)
        slice_ = self.trainer.advance(Budget(steps=end - step))
        kept: Status = "paused" if slice_.status == "training" else slice_.status
        store.record(self.run_id, replace(slice_, status=kept))
        self.measured |= {v.step: v.loss for v in slice_.validations}
        self.status, self.message = slice_.status, slice_.message


def begin_sweep(store: Store, plan: Plan) -> tuple[str, Study]:
    """Enter a sweep into the store; its id and its trials."""
    group = store.groups.create("sweep", "", plan.facts() | RESTING)
    return group.id, Study(plan, group.id, open_studies(store))


def run_sweep(store: Store, group_id: str, study: Study, report: Report) -> None:
    """Train every trial that is left; what is interrupted can be gone on with."""
    settle()
    while (trial := study.ask()) is not None:
        try:
            _train(store, group_id, study, trial, report)
        except Exception as error:
            study.fail(trial, unexpected(error))
            report(study.trials())
    store.groups.change(group_id, {"status": "finished"})


def _train(
    store: Store, group_id: str, study: Study, trial: Trial, report: Report
) -> None:
    """One trial, fold beside fold, from measurement to measurement."""
    folds = []
    for config in study.plan.configs(trial.values):
        count = building.parameter_count(config)
        run = store.create(config, count, "paused", group_id=group_id)
        folds.append(_Fold(Trainer(config), run.id))
    study.begin(trial, [fold.run_id for fold in folds])
    ended = False
    while not ended:
        for fold in _training(folds):
            fold.advance(store)
        measured = mean_of_folds([fold.measured for fold in folds])
        became = {fold.status: fold.message for fold in folds}
        ended = study.settle(trial, became, measured)
        report(study.trials())
    for fold in _training(folds):
        store.set_status(fold.run_id, "stopped")


def _training(folds: list[_Fold]) -> list[_Fold]:
    return [fold for fold in folds if fold.status == "training"]


def summary(study: Study, seconds: float) -> dict[str, Any]:
    """What a sweep found and what it cost, as JSON can hold it."""
    plan, trials = study.plan, study.trials()
    winner, why, runs = best(trials), why_none(trials), len(plan.folds)
    floor = None if plan.settings.folds > 1 else building.floor_of(plan.base)[0]
    loss = winner.loss if winner else None
    trained = sum(t.steps for t in trials) * runs
    return {
        "model": plan.base.model,
        "data": plan.base.data,
        **plan.settings.values(),
        "best_value": loss,
        "best_settings": dict(winner.values) if winner else None,
        "best_run": winner.runs[0] if winner else None,
        "trials": len(trials),
        "finished": count_of(trials, "finished"),
        "pruned": count_of(trials, "pruned"),
        "diverged": count_of(trials, "diverged"),
        "failed": count_of(trials, "failed"),
        "why": None if why is None else str(why),
        "steps_trained": trained,
        "steps_saved": saved(plan, trials),
        "floor": floor,
        "times_floor": loss / floor if loss is not None and floor else None,
        "seconds": seconds,
    }


def saved(plan: Plan, trials: list[Trial]) -> int:
    """Weight updates that were never made because a trial was pruned."""
    pruned = [t for t in trials if t.state == "pruned"]
    return sum(plan.steps - t.steps for t in pruned) * len(plan.folds)
