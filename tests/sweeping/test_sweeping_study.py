"""How a sweep is remembered, and when a trial is ended."""

import math
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend

from explorer.errors import Words
from explorer.runs.records import Status
from explorer.runs.store import open_store
from explorer.runs.studies import open_studies
from explorer.runs.trials import Trial, TrialState, best, why_none
from explorer.sweeping.in_one_process import summary
from explorer.sweeping.plan import Plan
from explorer.sweeping.study import Study, mean_of_folds, rungs
from explorer.ui.language import translator
from tests.sweeping.plans import asked, plan

pytestmark = pytest.mark.quick


@given(
    st.lists(st.sampled_from(["tpe", "random", "grid"]), min_size=1, max_size=1),
    st.integers(2, 40),
    st.integers(0, 9999),
)
@settings(max_examples=30)
def test_a_plan_comes_back_from_its_facts(
    sampler: list[str], trials: int, seed: int
) -> None:
    made = plan(sampler=sampler[0], trials=trials, seed=seed)
    assert Plan.read(made.facts()) == made


def test_a_grid_holds_every_combination_once() -> None:
    study = Study(plan(sampler="grid", trials=12))
    found = [tuple(t.values.values()) for t in asked(study)]
    assert len(found) == len(set(found)) == study.plan.trials == 12
    assert {size for _rate, size in found} == {8, 16, 32}
    assert len({rate for rate, _size in found}) == 4


@pytest.mark.parametrize("sampler", ["random", "tpe", "grid"])
def test_a_seed_proposes_the_same_again(sampler: str) -> None:
    first, second, third = (
        [t.values for t in asked(Study(plan(sampler=sampler, trials=6, seed=seed)))]
        for seed in (1, 1, 2)
    )
    assert first == second
    assert sampler == "grid" or first != third


def curve(level: float, until: int = 100) -> dict[int, float]:
    """A loss that falls towards `level`, measured where a run measures."""
    return {s: level + 1 / s for s in range(0, until + 1, rungs(100)) if s}


@pytest.mark.parametrize("pruner", ["median", "hyperband"])
def test_a_hopeless_trial_is_pruned_at_a_measurement(pruner: str) -> None:
    study = Study(plan(pruner=pruner, sampler="random"))
    for _ in range(12):
        trial = study.ask()
        assert trial is not None
        study.judge(trial, curve(1.0))
        study.finish(trial, curve(1.0))
    for _ in range(6):
        trial = study.ask()
        assert trial is not None
        ended = [s for s in range(4, 101, 4) if study.judge(trial, curve(9.0, s))]
        if ended:
            assert 4 <= ended[0] < 100
            study.prune(trial)
            found = study.trials()[trial.number]
            assert found.state == "pruned"
            return
        study.finish(trial, curve(9.0))
    pytest.fail("none of six hopeless trials was pruned")


def test_without_a_pruner_nothing_is_pruned() -> None:
    study = Study(plan(pruner="none", sampler="random"))
    for level in (*[1.0] * 8, 9.0):
        trial = study.ask()
        assert trial is not None
        assert not study.judge(trial, curve(level))
        study.finish(trial, curve(level))


def test_the_objective_counts_the_lowest_or_the_last_loss() -> None:
    measured = {4: 0.5, 8: 0.2, 100: 0.4}
    for objective, expected in (("lowest", 0.2), ("last", 0.4)):
        study = Study(plan(objective=objective))
        trial = study.ask()
        assert trial is not None
        study.finish(trial, measured)
        assert study.trials()[0].loss == expected
        assert best(study.trials()) == study.trials()[0]


OVERSHOT = Words("The loss at step %(step)s was too high.", {"step": "7"})


def lost(study: Study, status: Status, why: Words | None = OVERSHOT) -> Trial:
    """The study's next trial, of which a run came to this."""
    trial = study.ask()
    assert trial is not None
    assert study.settle(trial, {status: why}, {0: 1.0})
    return study.trials()[trial.number]


def test_a_diverged_trial_is_no_pruned_one_and_saves_nothing() -> None:
    study = Study(plan(trials=3, pruner="none", sampler="random"))
    assert lost(study, "diverged")[2:7:4] == ("diverged", OVERSHOT)
    assert lost(study, "failed").why == OVERSHOT
    assert lost(study, "stopped").why == Words("stopped by hand")
    found = summary(study, 1.0)
    states = ("finished", "pruned", "diverged", "failed")
    assert [found[state] for state in states] == [0, 0, 1, 2]
    assert found["steps_saved"] == 0
    assert best(study.trials()) is None


def test_an_older_study_called_its_diverged_trials_pruned() -> None:
    study = Study(plan(pruner="none", sampler="random"))
    for why in (Words("diverged"), None):
        trial = study.ask()
        assert trial is not None
        if why is not None:
            study._live(trial).set_user_attr("why", asdict(why))
        study.prune(trial)
    first, second = study.trials()
    assert (first.state, first.why) == ("diverged", None)
    assert (second.state, second.why) == ("pruned", None)


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ((), ""),
        (("finished", "diverged"), ""),
        (("training", "diverged"), ""),
        (
            ("diverged", "diverged"),
            "2 diverged, 0 failed, and 0 were pruned. Of trial 1",
        ),
        (("pruned", "failed"), "0 diverged, 1 failed, and 1 were pruned. Of trial 2"),
        (("pruned",), "0 diverged, 0 failed, and 1 were pruned."),
    ],
)
def test_why_no_trial_came_to_its_end(
    states: tuple[TrialState, ...], said: str
) -> None:
    trials = [
        Trial(k, {}, state, why=None if state == "pruned" else OVERSHOT)
        for k, state in enumerate(states)
    ]
    words = why_none(trials)
    assert said in str(words or "")
    assert (words is None) == (said == "")
    if words is not None:
        assert words.text(translator("zh")) != str(words)
        assert str(OVERSHOT) in words.text(translator("zh")) or "Of trial" not in said


def test_a_loss_that_is_no_number_fails_its_trial() -> None:
    study = Study(plan())
    trial = study.ask()
    assert trial is not None
    study.finish(trial, {100: math.nan})
    (found,) = study.trials()
    assert found.state == "failed"
    assert found.why == Words("its loss is no number")
    assert best([found]) is None


def test_folds_are_compared_where_all_of_them_are() -> None:
    assert mean_of_folds([{4: 1.0, 8: 2.0}, {4: 3.0}]) == {4: 2.0}
    made = plan(folds=3)
    configs = made.configs({"model.hidden_size": 16})
    assert [config.fold for config in configs] == ["1/3", "2/3", "3/3"]
    assert {config.model_settings["hidden_size"] for config in configs} == {16}


@pytest.mark.parametrize("kind", ["journal", "database"])
def test_another_study_on_the_same_storage_goes_on(tmp_path: Path, kind: str) -> None:
    opened: list[RDBStorage] = []

    def study() -> Study:
        storage: BaseStorage
        if kind == "journal":
            storage = JournalStorage(JournalFileBackend(str(tmp_path / "journal")))
        else:
            storage = RDBStorage(f"sqlite:///{tmp_path}/sweep.sqlite3")
            opened.append(storage)
        return Study(plan(trials=3, sampler="grid"), "one", storage)

    first = study()
    trial = first.ask()
    assert trial is not None
    first.begin(trial, ["a", "b"])
    first.judge(trial, {4: 1.0})
    second = study()
    (known,) = second.trials()
    assert known == trial._replace(runs=("a", "b"), measured={4: 1.0})
    second.judge(known, {4: 1.0, 8: 0.5})
    second.finish(known, {4: 1.0, 8: 0.5})
    assert len(asked(second)) == 2
    assert len(study().trials()) == 3
    second.forget()
    assert study().trials() == []
    for storage in opened:
        storage.remove_session()
        storage.engine.dispose()


def test_trials_are_kept_beside_the_store_or_in_the_database_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    store = open_store()
    assert isinstance(open_studies(store), JournalStorage)
    assert (tmp_path / "sweeps.journal").exists()
    store.close()
    monkeypatch.setenv("EXPLORER_DATABASE", f"sqlite:///{tmp_path}/named.sqlite3")
    store = open_store()
    kept = open_studies(store)
    assert isinstance(kept, RDBStorage)
    Study(plan(), "one", kept).ask()
    kept.remove_session()
    kept.engine.dispose()
    store.close()
