"""A failure says its own cause: an exception is no dead worker."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from distributed import KilledWorker

from explorer.engine import worker
from explorer.engine.dispatch import Dispatch, Given, _Desk
from explorer.engine.driven import Driven
from explorer.engine.jobs import Job, Result, Wanted
from explorer.engine.results import MOST_LOSSES, Results
from explorer.engine.service import Engine
from explorer.engine.workers import Workers
from explorer.errors import ExplorerError, Words
from explorer.runs.commands import RESUME
from explorer.runs.messages import WORKER_DIED, unexpected
from explorer.runs.records import Progress, Run
from explorer.runs.store import Store, open_store
from explorer.training.state import pack, unpack
from explorer.training.trainer import Budget, Trainer, advance
from tests.engine.test_engine_runs import small, until_ended
from tests.runs.slices import slice_of

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
TORCH = RuntimeError("[enforce fail at alloc] DefaultCPUAllocator: can't allocate")


@pytest.mark.quick
@pytest.mark.parametrize(
    "error",
    [
        TORCH,
        ValueError("50 % of **it**"),
        MemoryError(),
        ExplorerError("Give a prime."),
    ],
)
def test_an_exception_inside_a_slice_is_what_the_run_says(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(*_given: Any, **_named: Any) -> None:
        raise error

    config = small().to_json()
    monkeypatch.setattr(Trainer, "advance", broken)
    job = Job("broken", config, 0, None, fresh=True, seconds=1.0, steps=1)
    (result,) = worker.run_slices([job])
    assert result.error == unexpected(error)
    assert "broken" not in worker._live


class Task:
    """A task that ends in an exception."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def result(self, timeout: float) -> Any:
        raise self.error

    def release(self) -> None:
        pass


def dispatched(store: Store, every: dict[str, Driven], heard: list[str]) -> Dispatch:
    """With nobody to hand a run to; notes the runs of which something is told."""
    results = Results(
        store,
        lambda run_id, *_more: heard.append(run_id),
        every,
        lambda driven: driven.hand_to(None),
    )
    return Dispatch(cast(Workers, None), lambda work: work(), results.hear)


@pytest.mark.quick
@pytest.mark.parametrize(
    ("error", "why"),
    [
        (KilledWorker("run_slices", None, 1), WORKER_DIED),
        (OSError("connection lost"), WORKER_DIED),
        (ImportError("no such thing"), unexpected(ImportError("no such thing"))),
    ],
)
def test_a_worker_is_called_dead_only_where_it_died(
    tmp_path: Path, error: Exception, why: Words
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/runs.sqlite3")
    run = store.create(small(), 1)
    driven = Driven(run, run.config.to_json(), None)
    dispatch = dispatched(store, {run.id: driven}, [])
    for lost in range(MOST_LOSSES + 1):
        assert store.get(run.id).status == "training", lost
        job = driven.job(1.0, None)
        given = Given([job], [driven.epoch], 0.0)
        dispatch._done("gone", Task(error), given, 0.0)  # type: ignore[arg-type]
    found = store.get(run.id)
    assert (found.status, found.message) == ("failed", why)
    store.close()


def test_only_a_task_that_follows_another_at_once_tells_how_slow_a_worker_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/runs.sqlite3")
    run = store.create(small(), 1)
    driven = Driven(run, run.config.to_json(), None)
    dispatch, timed = dispatched(store, {}, []), list[tuple[str, float, float]]()
    monkeypatch.setattr(dispatch.turns, "took", lambda *took: timed.append(took))
    given = Given([driven.job(0.1, None)] * 2, [driven.epoch] * 2, 0.0)
    tasks: list[Any] = [Task(OSError()) for _ in range(4)]
    dispatch._desks["one"] = _Desk(dict.fromkeys(tasks[:3], given))
    for task, fetched in zip(tasks, (5.0, 5.25, 5.5, 9.0), strict=True):
        dispatch._done("one", task, given, fetched)
    assert timed == [("one", 0.2, 0.25), ("one", 0.2, 0.25)]
    store.close()


@pytest.fixture(scope="module")
def engine(with_workers: None) -> Iterator[Engine]:
    engine = Engine()
    yield engine
    engine.close()


def with_a_broken_state(engine: Engine) -> Run:
    """A run over whose state every worker stumbles."""
    state, progress = advance(small(), None, Budget(steps=3))
    tensors, facts = unpack(state)
    del facts["seconds"]
    run = engine.store.create(small(), 1, "paused")
    broken = Progress(0, progress.curves, 3, 0.1, state=pack(tensors, facts))
    engine.store.record(run.id, broken)
    return engine.store.set_status(run.id, "paused")


def test_a_run_that_a_worker_cannot_go_on_with_fails_at_once(engine: Engine) -> None:
    run = with_a_broken_state(engine)
    engine.send(run.id, RESUME())
    ended = until_ended(engine, run)
    assert ended.status == "failed"
    assert ended.message == unexpected(KeyError("seconds"))


def test_a_look_that_goes_wrong_says_why(engine: Engine) -> None:
    run = with_a_broken_state(engine)
    with pytest.raises(ExplorerError, match="KeyError: 'seconds'"):
        engine.looks.at(run.id, 3, (Wanted("prediction"),))


class Done:
    """A task that came to its end."""

    def __init__(self, results: list[Result]) -> None:
        self.results = results

    def result(self, timeout: float) -> list[Result]:
        return self.results

    def release(self) -> None:
        pass


@pytest.mark.quick
def test_a_slice_that_cannot_be_kept_spoils_no_other_of_its_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/runs.sqlite3")
    every = {
        run.id: Driven(run, run.config.to_json(), None)
        for run in (store.create(small(), 1) for _ in range(3))
    }
    heard: list[str] = []
    dispatch = dispatched(store, dict(every), heard)
    monkeypatch.setattr("explorer.engine.results.STORE_AGAIN", 0.0)
    jobs = [driven.job(1.0, None) for driven in every.values()]
    _first, spoiled, _last = every
    results = [
        Result(job.run_id, job.serial, slice_of(5 if job.run_id == spoiled else 0, 9))
        for job in jobs
    ]
    epochs = [driven.epoch for driven in every.values()]
    dispatch._done("one", Done(results), Given(jobs, epochs, 0.0), 0.0)  # type: ignore[arg-type]
    assert heard == [run_id for run_id in every if run_id != spoiled]
    assert [store.get(run_id).step for run_id in every] == [9, 0, 9]
    assert [driven.placed for driven in every.values()] == [True, False, True]
    assert [driven.run.step for driven in every.values()] == [9, 0, 9]
    store.close()
