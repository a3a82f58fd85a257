"""Runs on real workers: commands, watching, deaths of workers."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import psutil
import pytest
from distributed import Client

from explorer.catalog import choosing
from explorer.config.run import RunConfig
from explorer.engine.dispatch import Dispatch
from explorer.engine.embedded import POLITE
from explorer.engine.jobs import Wanted
from explorer.engine.service import Engine
from explorer.errors import ExplorerError, Words
from explorer.runs.commands import (
    HOLD,
    LEARNING_RATE,
    PAUSE,
    RELEASE,
    RESUME,
    STEP,
    STOP,
)
from explorer.runs.records import Run
from explorer.training.state import unpack
from explorer.training.trainer import Budget, advance
from tests.replaying import replay
from tests.waiting import wait

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def small(seed: int = 0, steps: int = 120, model: str = "rnn") -> RunConfig:
    settings = {"model.hidden_size": 8, "training.steps": steps, "data.window": 16}
    return choosing.make_config("sine", model, settings, seed)


def until_ended(engine: Engine, run: Run) -> Run:
    wait(lambda: engine.store.get(run.id).ended)
    return engine.store.get(run.id)


def same_as_uncut(engine_store: object, run: Run) -> None:
    state, progress = advance(run.config, None, Budget())
    stored = engine_store.curves(run.id)  # type: ignore[attr-defined]
    np.testing.assert_array_equal(stored.losses, progress.curves.losses)
    kept = engine_store.state(run.id)  # type: ignore[attr-defined]
    assert kept is not None
    weights, expected = unpack(kept.state)[0], unpack(state)[0]
    for name, value in expected.items():
        np.testing.assert_array_equal(weights[name].numpy(), value.numpy(), name)


@pytest.fixture(scope="module")
def engine(with_workers: None) -> Iterator[Engine]:
    engine = Engine()
    yield engine
    engine.close()


def test_workers_are_born_of_a_process_that_has_what_they_need(scheduler: str) -> None:
    """It has Torch, so that they share one copy and need not wait for it."""
    with Client(scheduler, set_as_default=False) as client:
        parents = set(client.run(os.getppid).values())
    assert len(parents) == 1
    assert os.getpid() not in parents
    (parent,) = map(psutil.Process, parents)
    assert any("libtorch" in each.path for each in parent.memory_maps())


def test_runs_on_workers_equal_runs_in_one_piece(engine: Engine) -> None:
    runs = [engine.start(small(seed)) for seed in range(5)]
    for run in runs:
        assert until_ended(engine, run).status == "finished"
        same_as_uncut(engine.store, run)


def test_pause_step_and_resume(engine: Engine) -> None:
    run = engine.start(small(7, steps=4000))
    wait(lambda: engine.store.get(run.id).step > 50)
    engine.send(run.id, PAUSE())
    wait(lambda: engine.store.get(run.id).status == "paused")
    step = engine.store.get(run.id).step
    engine.send(run.id, STEP(10))
    wait(lambda: engine.store.get(run.id).step == step + 10)
    wait(lambda: engine.store.get(run.id).status == "paused")
    time.sleep(0.3)
    assert engine.store.get(run.id).step == step + 10
    engine.send(run.id, LEARNING_RATE(0.02))
    engine.send(run.id, RESUME())
    wait(lambda: engine.store.get(run.id).step > step + 60)
    engine.send(run.id, STOP())
    stopped = until_ended(engine, run)
    assert stopped.status == "stopped"
    commands = engine.store.commands(run.id)
    assert [c.name for c in commands].count("pause") == 2
    changed = next(c for c in commands if c.name == "learning_rate")
    assert changed.step == step + 10
    again = replay(run.config, [changed], stopped.step)
    kept = engine.store.state(run.id)
    assert kept is not None
    for name, value in unpack(kept.state)[0].items():
        expected = unpack(again.pack())[0][name]
        np.testing.assert_array_equal(value.numpy(), expected.numpy(), name)


def test_a_change_is_held_recorded_and_replays(engine: Engine) -> None:
    run = engine.start(small(8, steps=4000, model="lstm"))
    wait(lambda: engine.store.get(run.id).step > 50)
    note = '{"capture": "layer_0.forget_gate", "value": 0.5}'
    engine.send(run.id, HOLD(note=note))
    wait(lambda: "hold" in [c.name for c in engine.store.commands(run.id)])
    step = engine.store.get(run.id).step
    wait(lambda: engine.store.get(run.id).step > step + 60)
    engine.send(run.id, RELEASE())
    wait(lambda: "release" in [c.name for c in engine.store.commands(run.id)])
    engine.send(run.id, STOP())
    stopped = until_ended(engine, run)
    commands = [
        c for c in engine.store.commands(run.id) if c.name in ("hold", "release")
    ]
    assert commands[0].note == note
    assert commands[0].step < commands[1].step <= stopped.step
    kept = engine.store.state(run.id)
    assert kept is not None
    again, free = (replay(run.config, each, stopped.step) for each in (commands, []))
    weights = unpack(kept.state)[0]
    for name, value in unpack(again.pack())[0].items():
        np.testing.assert_array_equal(weights[name].numpy(), value.numpy(), name)
    other = unpack(free.pack())[0]
    assert any(not np.array_equal(weights[n].numpy(), other[n].numpy()) for n in other)
    with pytest.raises(ExplorerError, match="this one has ended"):
        engine.send(run.id, HOLD(note=note))
    with pytest.raises(ExplorerError, match="Unknown capture 'x'"):
        engine.send(run.id, HOLD(note='{"capture": "x"}'))


def test_a_prepared_run_waits_for_its_first_step(engine: Engine) -> None:
    run = engine.prepare(small(3))
    assert engine.store.get(run.id).status == "paused"
    engine.send(run.id, STEP(1))
    wait(lambda: engine.store.get(run.id).step == 1)
    wait(lambda: engine.store.get(run.id).status == "paused")


def test_a_fork_goes_on_from_its_checkpoint(engine: Engine) -> None:
    parent = until_ended(engine, engine.start(small(1)))
    settings = {
        "model.hidden_size": 8,
        "data.window": 16,
        "training.steps": 120,
        "training.learning_rate": 0.001,
    }
    config = choosing.make_config("sine", "rnn", settings, 1)
    fork = until_ended(engine, engine.fork(parent.id, 64, config))
    mine, theirs = engine.store.curves(fork.id), engine.store.curves(parent.id)
    np.testing.assert_array_equal(mine.losses[:65], theirs.losses[:65])
    assert not np.array_equal(mine.losses[70:], theirs.losses[70:])
    with pytest.raises(ExplorerError, match="A fork keeps its parent's data"):
        engine.fork(parent.id, 64, small(1, model="gru"))


def test_looking_at_a_stored_moment(engine: Engine) -> None:
    run = until_ended(engine, engine.start(small(2)))
    wanted = (Wanted("prediction"), Wanted("inside"), Wanted("gradients"))
    early, late = (
        engine.looks.at(run.id, 4, wanted),
        engine.looks.at(run.id, 120, wanted),
    )
    assert [view.name for view in early] == ["prediction", "inside", "gradients"]
    assert early[0].step == 4
    assert late[0].step == 120
    assert not np.array_equal(early[1].arrays["values"], late[1].arrays["values"])
    with pytest.raises(ExplorerError, match="the nearest is"):
        engine.looks.at(run.id, 119, wanted)
    with pytest.raises(ExplorerError, match="There is no run"):
        engine.looks.at("made-up", 1, wanted)
    (unknown,) = engine.looks.at(run.id, 120, (Wanted("inside", '{"capture": "x"}'),))
    message = str(Words.read(unknown.notes["error"]))
    assert message.startswith("Unknown capture 'x'. Known: layer_0.")


def test_watchers_share_one_feed(engine: Engine) -> None:
    encoded: list[int] = []

    def encode(version: int) -> bytes:
        encoded.append(version)
        return b"frame"

    async def watch() -> None:
        engine.hub.attach(asyncio.get_running_loop())
        run = engine.start(small(11, steps=2000))
        one = await engine.hub.subscribe(run.id, "one")
        two = await engine.hub.subscribe(run.id, "two")
        assert one is two
        engine.hub.want(run.id, "one", (Wanted("gradients"),))
        seen = 0
        while not one.snapshot.run.ended:
            seen = await asyncio.wait_for(one.next(seen), 30)
            for _ in range(3):
                one.made("key", partial(encode, seen))
        assert len(one.snapshot.curves.losses) == 2000
        assert Wanted("gradients") in one.snapshot.views
        engine.hub.leave(run.id, "one")
        engine.hub.leave(run.id, "two")
        assert engine.hub.watchers == 0
        with pytest.raises(ExplorerError, match="There is no run"):
            await engine.hub.subscribe("made-up", "one")

    asyncio.run(watch())
    assert len(encoded) == len(set(encoded)) >= 3


def test_a_killed_worker_costs_its_slice_and_nothing_else(engine: Engine) -> None:
    run = engine.start(small(13, steps=3000))
    wait(lambda: engine.store.get(run.id).step > 200)
    client = engine._runner.client.result()
    pids = client.run(os.getpid)
    own = os.getpriority(os.PRIO_PROCESS, 0)
    for pid in pids.values():  # a click or a frame waits for no slice
        assert os.getpriority(os.PRIO_PROCESS, pid) == min(19, own + POLITE)
    for pid in pids.values():
        os.kill(pid, signal.SIGKILL)
    assert until_ended(engine, run).status == "finished"
    same_as_uncut(engine.store, run)
    assert set(client.run(os.getpid).values()).isdisjoint(pids.values())


@pytest.mark.slow
def test_a_result_that_dies_with_all_workers_is_computed_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after a task was done and before its result was fetched."""
    pids: list[int] = []
    take = Dispatch._done

    def lose(self: Dispatch, *done: Any) -> None:
        if not pids and engine.store.get(run.id).step > 20:
            client = self._client()
            pids.extend(client.run(os.getpid).values())
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            wait(lambda: not client.scheduler_info(n_workers=-1)["workers"])
        take(self, *done)

    monkeypatch.setattr(Dispatch, "_done", lose)
    run = engine.start(small(19, steps=300))
    wait(lambda: engine.store.get(run.id).ended, 90)
    assert len(pids) == 2
    assert engine.store.get(run.id).status == "finished"
    same_as_uncut(engine.store, run)
