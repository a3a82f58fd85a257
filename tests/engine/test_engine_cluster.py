"""A cluster that others started: workers come and go, each with its own folder."""

import os
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.catalog import building, choosing
from explorer.config.run import RunConfig
from explorer.data import content
from explorer.engine import answering, cluster, workers
from explorer.engine.jobs import Wanted
from explorer.engine.service import Engine
from explorer.errors import ExplorerError
from explorer.runs.commands import RESUME
from explorer.runs.records import Progress
from explorer.runs.store import open_store
from explorer.training.state import unpack
from tests.engine.elsewhere import LONG, Elsewhere
from tests.engine.test_engine_runs import (
    pytestmark,
    same_as_uncut,
    small,
    until_ended,
    wait,
)

__all__ = ["pytestmark"]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    started = Elsewhere(tmp_path_factory.mktemp("elsewhere"))
    yield started
    started.end()


@pytest.fixture(scope="module")
def engine(
    elsewhere: Elsewhere, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """The server's engine, which was there before its scheduler and workers were."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_SCHEDULER", elsewhere.address)
        patch.setenv("EXPLORER_DATA", str(tmp_path_factory.mktemp("server")))
        patch.setattr(cluster, "ANSWERS_WITHIN", 1)
        patch.setattr(workers, "AGAIN_AFTER", 0.2)
        engine = Engine()
        yield engine
        engine.close()


def has_workers(engine: Engine, count: int) -> None:
    wait(lambda: len(engine._runner._dispatch.ready) == count, LONG)


def has_two(engine: Engine, elsewhere: Elsewhere) -> None:
    """A scheduler and two workers are there, whatever ran before."""
    if elsewhere.scheduler is None:
        elsewhere.start_scheduler()
    while len(elsewhere.workers) < 2:
        elsewhere.add_worker()
    has_workers(engine, 2)


def own_series(seed: int = 0, steps: int = 60) -> RunConfig:
    values = np.sin(np.arange(400) * 0.3) + np.arange(400) * 0.001 * (seed + 1)
    settings = {
        "data.digest": content.put_series(values, f"waves {seed}"),
        "data.window": 16,
        "model.hidden_size": 8,
        "training.steps": steps,
    }
    return choosing.make_config("own_series", "rnn", settings, seed)


def said(engine: Engine) -> str:
    """Why nobody can train now."""
    try:
        engine._runner.check()
    except ExplorerError as error:
        return str(error)
    return ""


def test_without_a_scheduler_there_is_a_sentence_and_no_run(engine: Engine) -> None:
    wait(lambda: bool(said(engine)), LONG)
    for refuse in (engine.start, engine.prepare):
        with pytest.raises(ExplorerError, match="must name a running Dask scheduler"):
            refuse(small(1))
    assert engine.store.runs() == []


def test_workers_that_join_later_train_and_one_that_is_killed_spoils_nothing(
    engine: Engine, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere.start_scheduler()
    wait(lambda: engine.ready, LONG)
    monkeypatch.setattr(workers, "PATIENCE", 0.5)
    wait(lambda: "to look at runs, but there is none" in said(engine))
    elsewhere.add_worker()
    elsewhere.add_worker()
    wait(lambda: said(engine) == "", LONG)  # one that gets ready is waited for
    assert engine._runner.workers == 0
    has_workers(engine, 2)
    runs = [engine.start(small(seed, steps=400)) for seed in range(2)]
    for run in runs:
        wait(lambda run=run: engine.store.get(run.id).step > 50, LONG)
    os.kill(elsewhere.workers[0].pid, signal.SIGKILL)
    for run in runs:
        wait(lambda run=run: engine.store.get(run.id).ended, LONG)
        assert engine.store.get(run.id).status == "finished"
        same_as_uncut(engine.store, run)
    has_workers(engine, 1)


def test_own_data_travels_to_workers_that_lack_it(
    engine: Engine, elsewhere: Elsewhere
) -> None:
    elsewhere.add_worker()
    has_workers(engine, 2)
    assert elsewhere.contents() == []
    runs = [engine.start(own_series(seed)) for seed in (0, 0)]
    for run in runs:
        wait(lambda run=run: engine.store.get(run.id).ended, LONG)
        assert engine.store.get(run.id).status == "finished"
        same_as_uncut(engine.store, run)
    assert len({path.name for path in elsewhere.contents()}) == 1
    for path in elsewhere.contents():
        path.unlink()
    (view,) = engine.looks.at(runs[0].id, 60, (Wanted("prediction"),))
    assert "error" not in view.notes
    assert view.arrays
    assert elsewhere.contents() != []


def test_a_server_without_its_folder_has_own_data_from_the_database(
    engine: Engine,
) -> None:
    config = own_series(7)
    digest = str(config.data_settings["digest"])
    engine.store.contents.hold("ann", digest, "series", "x", content.packed(digest)[1])
    for path in content.folder().glob(f"{digest}*"):
        path.unlink()
    assert content.lacks(digest)
    run = engine.start(config)
    wait(lambda: engine.store.get(run.id).ended, LONG)
    assert engine.store.get(run.id).status == "finished"
    assert not content.lacks(digest)


def test_own_data_that_is_nowhere_fails_its_run_with_a_sentence(engine: Engine) -> None:
    config = own_series(9)
    digest = str(config.data_settings["digest"])
    run = engine.prepare(config)
    building._made.cache_clear()
    for path in content.folder().glob(f"{digest}*"):
        path.unlink()
    engine.send(run.id, RESUME())
    failed = until_ended(engine, run)
    assert failed.status == "failed"
    assert str(failed.message).startswith("Own data (series) is found by its digest")


def test_a_database_that_is_away_for_a_moment_loses_no_step(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, refused = engine.store.record_all, 0
    monkeypatch.setattr("explorer.engine.results.STORE_AGAIN", 0.05)

    def flaky(what: Mapping[str, Progress]) -> set[str]:
        nonlocal refused
        if refused < 7:
            refused += 1
            raise OSError("the database is away")
        return record(what)

    run = engine.start(small(5, steps=1000))
    wait(lambda: engine.store.get(run.id).step > 50, LONG)
    monkeypatch.setattr(engine.store, "record_all", flaky)
    assert until_ended(engine, run).status == "finished"
    assert refused == 7
    same_as_uncut(engine.store, run)


@pytest.mark.slow
def test_runs_go_on_when_the_scheduler_is_started_again(
    engine: Engine, elsewhere: Elsewhere
) -> None:
    has_two(engine, elsewhere)
    run = engine.start(small(3, steps=700))
    wait(lambda: engine.store.get(run.id).step > 100, LONG)
    elsewhere.end()
    elsewhere.workers.clear()

    def refused() -> bool:
        try:
            engine.prepare(small(4))
        except ExplorerError as error:
            return "scheduler" in str(error)
        return False

    wait(refused, LONG)
    elsewhere.start_scheduler()
    elsewhere.add_worker()
    wait(lambda: engine.store.get(run.id).ended, LONG)
    assert engine.store.get(run.id).status == "finished"
    same_as_uncut(engine.store, run)


@pytest.mark.slow
def test_a_worker_that_hangs_stops_nobody(
    engine: Engine,
    elsewhere: Elsewhere,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    has_two(engine, elsewhere)
    runs = [engine.start(small(seed, steps=3000)) for seed in (31, 32)]
    wait(lambda: all(engine.store.get(run.id).step > 50 for run in runs), LONG)
    monkeypatch.setattr(answering, "WITHIN", 1.5)
    elsewhere.workers[-1].send_signal(signal.SIGSTOP)
    try:
        for run in runs:
            wait(lambda run=run: engine.store.get(run.id).ended, LONG)
        another = Engine(open_store(f"sqlite:///{tmp_path}/another.sqlite3"))
        has_workers(another, 1)  # it connects while one hangs
        another.close()
    finally:
        elsewhere.workers[-1].send_signal(signal.SIGCONT)
    for run in runs:
        assert engine.store.get(run.id).status == "finished"
        same_as_uncut(engine.store, run)


@pytest.mark.slow
def test_a_worker_that_is_told_to_end_hands_its_runs_to_the_others(
    engine: Engine, elsewhere: Elsewhere
) -> None:
    """By SIGTERM, as systemd and a machine that is shut down do."""
    has_two(engine, elsewhere)
    runs = [engine.start(small(seed, steps=900)) for seed in range(41, 44)]
    wait(lambda: all(engine.store.get(run.id).step > 50 for run in runs), LONG)
    ending = elsewhere.workers.pop()
    ending.terminate()
    assert ending.wait(timeout=LONG) == 0
    assert not any(engine.store.get(run.id).ended for run in runs)
    for run in runs:
        assert until_ended(engine, run).status == "finished"
        same_as_uncut(engine.store, run)
    assert len(engine._runner._dispatch.ready) == 1


MODELS = ("rnn", "lstm", "gru", "min_gru", "lru", "tcn", "transformer")


@pytest.mark.slow
def test_models_come_out_the_same_as_on_the_embedded_cluster(
    engine: Engine, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    has_two(engine, elsewhere)
    configs = [small(51, 60, model) for model in MODELS]
    there = trained(engine, configs)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("EXPLORER_SCHEDULER")
        patch.setenv("EXPLORER_WORKERS", "2")
        patch.setenv("EXPLORER_DATA", str(tmp_path))
        embedded = Engine()
        try:
            assert embedded._runner.client.result(LONG).cluster is not None
            here = trained(embedded, configs)
        finally:
            embedded.close()
    for name, one, other in zip(MODELS, there, here, strict=True):
        for found, expected in zip(one, other, strict=True):
            np.testing.assert_array_equal(found, expected, name)


def trained(engine: Engine, configs: list[RunConfig]) -> list[list[Any]]:
    """The losses of each run, and its weights at the end."""
    runs = [engine.start(config) for config in configs]
    for run in runs:
        assert until_ended(engine, run).status == "finished"
    results: list[list[Any]] = []
    for run in runs:
        kept = engine.store.state(run.id)
        assert kept is not None
        weights = unpack(kept.state)[0]
        losses = engine.store.curves(run.id).losses
        results.append([losses, *(weights[name].numpy() for name in sorted(weights))])
    return results
