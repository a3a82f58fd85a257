"""The runs of trials: which belong to one, and how far they are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from explorer.catalog import building
from explorer.config.run import RunConfig
from explorer.errors import N_, ExplorerError, Words
from explorer.runs.records import Group, Progress, Run, Status
from explorer.runs.store import Store
from explorer.runs.trials import Trial
from explorer.sweeping.study import Study, mean_of_folds

News = tuple[str, Progress | None]
"""(run id, what a slice brought); without it the store has the news."""

Start = Callable[[RunConfig, str, str], Run]
"""(config, owner, group id) -> the new run, which trains."""


@dataclass
class Training:
    """One run of a trial that is under way."""

    status: Status
    step: int
    measured: dict[int, float]
    why: Words | None = None


@dataclass
class UnderWay:
    """A trial and its runs, by id."""

    trial: Trial
    runs: dict[str, Training] = field(default_factory=dict)

    @property
    def measured(self) -> dict[int, float]:
        return mean_of_folds([run.measured for run in self.runs.values()])


class Trials:
    """The runs that are under way, all sweeps together."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._runs: dict[str, Training] = {}

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._runs

    def clear(self) -> None:
        """Forget all that is known of them."""
        self._runs.clear()

    def begin(self, trial: Trial, runs: Sequence[Run]) -> UnderWay:
        """From now on these runs are looked after."""
        under_way = UnderWay(trial)
        for run in runs:
            training = Training(run.status, run.step, {})
            self._refresh(run.id, training)
            under_way.runs[run.id] = self._runs[run.id] = training
        return under_way

    def end(self, under_way: UnderWay) -> None:
        """Look after them no more."""
        for run_id in under_way.runs:
            self._runs.pop(run_id, None)

    def hear(self, news: News | None) -> None:
        """Take in what a slice brought, if it is of one of them."""
        training = self._runs.get(news[0]) if news else None
        if news is None or training is None:
            return
        run_id, progress = news
        if progress is None:
            self._refresh(run_id, training)
            return
        training.status, training.step = progress.status, progress.step
        training.why = progress.message
        training.measured |= {v.step: v.loss for v in progress.validations}

    def look_again(self) -> None:
        """See in the store how far all of them are."""
        for run_id, training in list(self._runs.items()):
            self._refresh(run_id, training)

    def _refresh(self, run_id: str, training: Training) -> None:
        try:
            run = self._store.get(run_id)
        except ExplorerError:
            training.status = "stopped"  # it was deleted
            return
        training.status, training.step, training.why = run.status, run.step, run.message
        found = self._store.validations(run_id)
        training.measured |= {v.step: v.loss for v in found}


def runs_of(
    store: Store, start: Start, group: Group, study: Study, trial: Trial
) -> list[Run]:
    """The runs that a trial has, or had before it could be noted, or new ones."""
    if trial.runs:
        return [store.get(run_id) for run_id in trial.runs]
    noted = {run for each in study.trials() for run in each.runs}
    loose = [
        run
        for run in store.shelf.of_group(group.id)
        if run.id not in noted and not run.ended
    ]
    most = int(group.facts.get("most_parameters", 10**12))
    runs = []
    for config in study.plan.configs(trial.values):
        _check_size(config, most)
        same = [run for run in loose if run.config == config]
        runs.append(same[0] if same else start(config, group.owner, group.id))
    return runs


def _check_size(config: RunConfig, most: int) -> None:
    count = building.parameter_count(config)
    if count > most:
        raise ExplorerError(
            N_("more than %(most)s parameters"),
            most=f"{most:,}",
        )
