"""Where sweeps keep their trials: each kind of storage gives back what it was told."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import optuna
import pytest
from optuna.storages import BaseStorage, RDBStorage
from optuna.trial import TrialState

from explorer.runs.store import Store, open_store
from explorer.runs.studies import open_studies
from explorer.runs.whereabouts import DATABASE


@pytest.fixture
def kept() -> Iterator[Callable[[Store], BaseStorage]]:
    """Opens the studies of a store, and closes them after the test."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    opened: list[BaseStorage] = []

    def give(store: Store) -> BaseStorage:
        opened.append(open_studies(store))
        return opened[-1]

    yield give
    for storage in opened:
        if isinstance(storage, RDBStorage):
            storage.engine.dispose()


def write_and_read(address: str, kept: Callable[[Store], BaseStorage]) -> None:
    first, second = open_store(address), open_store(address)
    study = optuna.create_study(study_name="s", storage=kept(first))
    trial = study.ask({"x": optuna.distributions.FloatDistribution(0.0, 1.0)})
    trial.report(0.5, step=1)
    study.tell(trial, 0.25)
    abandoned = study.ask()
    found = optuna.load_study(study_name="s", storage=kept(second)).trials
    assert [t.state for t in found] == [TrialState.COMPLETE, TrialState.RUNNING]
    assert found[0].params == trial.params
    assert found[0].intermediate_values == {1: 0.5}
    assert (found[0].value, found[1].number) == (0.25, abandoned.number)
    first.close()
    second.close()


def test_a_named_database_gives_trials_to_whoever_opens_it_later(
    fresh: Callable[[], str],
    kept: Callable[[Store], BaseStorage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = fresh()
    monkeypatch.setenv(DATABASE, address)
    write_and_read(address, kept)


def test_a_journal_gives_trials_to_whoever_opens_it_later(
    tmp_path: Path,
    kept: Callable[[Store], BaseStorage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(DATABASE, raising=False)
    write_and_read(f"sqlite:///{tmp_path}/runs.sqlite3", kept)


def test_many_may_write_at_once(
    fresh: Callable[[], str],
    kept: Callable[[Store], BaseStorage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = fresh()
    monkeypatch.setenv(DATABASE, address)
    store = open_store(address)
    optuna.create_study(study_name="s", storage=kept(store))
    errors: list[Exception] = []

    def work() -> None:
        try:
            study = optuna.load_study(study_name="s", storage=kept(store))
            for _ in range(5):
                study.tell(study.ask(), 1.0)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    study = optuna.load_study(study_name="s", storage=kept(store))
    assert sorted(t.number for t in study.trials) == list(range(20))
    store.close()
