"""Runs of a race keep pace with each other, and compute what they compute alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as some

from explorer.catalog import choosing
from explorer.config.run import RunConfig
from explorer.engine.race import (
    STRIDE_SECONDS,
    STRIDE_STEPS,
    Place,
    Stride,
    pace_of,
    stride,
)
from explorer.engine.service import Engine
from explorer.runs.commands import PAUSE, RESUME, STOP
from explorer.runs.records import Run
from explorer.runs.store import open_store
from tests.engine.test_engine_runs import same_as_uncut, until_ended, wait

ROOT = Path(__file__).parents[2]
torch.set_num_threads(1)
"""As workers have it: sums over several threads differ in their last bits."""

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
PATIENCE = 240
"""Seconds; the machine may be busy."""

places = some.builds(Place, some.integers(0, 10**4), some.floats(0, 1e3))


@given(places, some.lists(places, min_size=1))
def test_nobody_is_let_go_further_than_a_stride_before_the_slowest(
    own: Place, others: list[Place]
) -> None:
    by_step = stride("step", own, others).steps
    assert by_step is not None
    slowest = min(place.step for place in (own, *others))
    assert own.step + by_step == slowest + STRIDE_STEPS
    by_second = stride("second", own, others).seconds
    assert by_second is not None
    least = min(place.seconds for place in (own, *others))
    assert own.seconds + by_second == pytest.approx(least + STRIDE_SECONDS)


@given(some.lists(places, min_size=2, max_size=8))
def test_somebody_may_always_go(field: list[Place]) -> None:
    for clock in ("step", "second"):
        waiting = [
            stride(clock, own, [*field[:k], *field[k + 1 :]]).waits  # type: ignore[arg-type]
            for k, own in enumerate(field)
        ]
        assert not all(waiting)


def test_alone_a_run_has_no_bound() -> None:
    assert stride("step", Place(7, 1.0), []) == Stride()
    assert not Stride().waits


def config(model: str, steps: int, size: int = 8, rate: float = 0.005) -> RunConfig:
    settings = {
        "model.hidden_size": size,
        "training.steps": steps,
        "training.learning_rate": rate,
        "data.window": 16,
    }
    return choosing.make_config("sine", model, settings)


@pytest.fixture(scope="module")
def engine(with_workers: None) -> Iterator[Engine]:
    engine = Engine()
    wait(lambda: engine.ready, PATIENCE)
    yield engine
    engine.close()


def begin(engine: Engine, clock: str, *configs: RunConfig) -> list[Run]:
    """A race of these, under way."""
    race = engine.store.groups.create("race", "", {"clock": clock})
    runs = [engine.prepare(each, group_id=race.id) for each in configs]
    engine.send_all([run.id for run in runs], RESUME())
    return runs


def watch(
    engine: Engine, runs: list[Run], until: Callable[[list[Run]], bool]
) -> list[list[Run]]:
    """Moments of a race, each read at once, until it is as awaited."""
    group, seen = runs[0].group_id, []
    deadline = time.monotonic() + PATIENCE
    while not seen or not until(seen[-1]):
        assert time.monotonic() < deadline, seen[-1]
        seen.append(engine.store.shelf.of_group(group))
        time.sleep(0.01)
    return seen


def lead(moment: list[Run]) -> int:
    """How far the first is ahead of the last of those that still race."""
    racing = [run.step for run in moment if run.status == "training"]
    return max(racing) - min(racing) if racing else 0


def ended(moment: list[Run]) -> bool:
    return all(run.ended for run in moment)


def test_by_step_all_stay_within_a_stride_and_compute_the_same(engine: Engine) -> None:
    quick, slow = config("rnn", 240), config("transformer", 240, size=32)
    runs = begin(engine, "step", quick, slow, config("gru", 240))
    moments = watch(engine, runs, ended)
    between = [m for m in moments if any(0 < run.step < 240 for run in m)]
    assert len(between) > 5
    assert max(map(lead, moments)) <= STRIDE_STEPS
    for run in runs:
        same_as_uncut(engine.store, run)


def test_by_second_all_train_for_the_same_time(engine: Engine) -> None:
    slow = config("transformer", 9000, size=128)
    runs = begin(engine, "second", config("rnn", 9000), slow)
    moments = watch(engine, runs, lambda m: min(run.seconds for run in m) > 1.0)
    engine.send_all([run.id for run in runs], STOP())
    quick, other = moments[-1]
    assert quick.step > 3 * other.step
    # The last update of a slice may take longer than what was left of it.
    apart = [abs(a.seconds - b.seconds) for a, b in moments]
    assert sorted(apart)[len(apart) * 3 // 4] <= 1.5 * STRIDE_SECONDS


def test_who_rests_ends_or_is_gone_holds_up_nobody(engine: Engine) -> None:
    steps = 3000
    names = ("paused", "stopped", "diverged", "thrown", "deleted", "on")
    configs = [config("rnn", steps, size=k + 3) for k, _ in enumerate(names)]
    configs[2] = config("rnn", steps, rate=10.0)
    settings = {"clip": 0.0, "optimizer": "sgd"}
    wild = configs[2].training.model_copy(update=settings)
    configs[2] = configs[2].model_copy(update={"training": wild})
    runs = begin(engine, "step", *configs)
    of = dict(zip(names, runs, strict=True))
    wait(lambda: engine.store.get(of["on"].id).step >= 20)
    engine.send(of["paused"].id, PAUSE())
    engine.send(of["stopped"].id, STOP())
    engine.send(of["thrown"].id, STOP())
    engine.store.shelf.throw_away(of["thrown"].id)
    engine.store.delete(of["deleted"].id)
    assert until_ended(engine, of["diverged"]).status == "diverged"
    wait(lambda: engine.store.get(of["paused"].id).status == "paused")
    rested = engine.store.get(of["paused"].id).step
    wait(lambda: engine.store.get(of["on"].id).step > rested + 5 * STRIDE_STEPS)
    # Who comes back is waited for.
    engine.send(of["paused"].id, RESUME())
    wait(lambda: engine.store.get(of["paused"].id).step > rested)
    pair = [of["paused"].id, of["on"].id]
    wait(lambda: lead([engine.store.get(run_id) for run_id in pair]) <= STRIDE_STEPS)
    met = engine.store.get(of["on"].id).step
    moments = watch(engine, runs, lambda m: min(r.step for r in going(m)) > met + 100)
    assert max(lead(m) for m in moments) <= 2 * STRIDE_STEPS
    engine.send_all([run.id for run in runs], STOP())
    until_ended(engine, of["on"])


def going(moment: list[Run]) -> list[Run]:
    return [run for run in moment if run.status == "training"]


def test_a_group_of_another_kind_and_one_that_is_gone_set_no_pace(
    engine: Engine,
) -> None:
    course = engine.store.groups.create("class", "", {})
    run = engine.prepare(config("rnn", 9), group_id=course.id)
    assert pace_of(engine.store, run) is None
    race = engine.store.groups.create("race", "", {"clock": "step"})
    run = engine.prepare(config("rnn", 9), group_id=race.id)
    assert pace_of(engine.store, run) is not None
    engine.store.groups.delete(race.id)
    assert pace_of(engine.store, run) is None


HOST = """
import sys, time
from explorer.engine.service import Engine
from tests.engine.test_engine_race import begin, config

if __name__ == "__main__":
    engine = Engine()
    runs = begin(engine, "step", config("rnn", 400), config("transformer", 400, 32))
    while any(engine.store.get(run.id).step < 60 for run in runs):
        time.sleep(0.01)
    print(*[run.id for run in runs], flush=True)
    time.sleep(600)
"""


@pytest.mark.slow
def test_after_a_killed_server_a_race_goes_on_in_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = tmp_path / "host.py"
    host.write_text(HOST)
    data = {"EXPLORER_DATA": str(tmp_path), "EXPLORER_WORKERS": "2"}
    with subprocess.Popen(
        [sys.executable, str(host)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **data, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    ) as child:
        assert child.stdout is not None
        ids = child.stdout.readline().split()
        os.kill(child.pid, signal.SIGKILL)
    for name, value in data.items():
        monkeypatch.setenv(name, value)
    store = open_store()
    before = [store.get(run_id) for run_id in ids]
    store.close()
    assert lead(before) <= STRIDE_STEPS
    engine = Engine()
    try:
        assert engine.resumed == 2
        moments = watch(engine, before, ended)
        assert max(map(lead, moments)) <= STRIDE_STEPS
        assert len({tuple(run.step for run in m) for m in moments}) > 5
        for run in before:
            same_as_uncut(engine.store, run)
    finally:
        engine.close()
