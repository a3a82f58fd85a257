"""What a worker is given, and when. The worker is played by the tests."""

import math
import time
from typing import cast

import pytest
from distributed import Client

from explorer.engine.dispatch import AHEAD, LIVE_PRIORITY, Dispatch
from explorer.engine.turns import TASK_SECONDS, USUAL_DRAG
from explorer.engine.watched import Watched
from explorer.engine.workers import Workers
from tests.engine.test_engine_turns import Desk

pytestmark = pytest.mark.quick


class Given:
    """A task that never ends."""

    def add_done_callback(self, _: object) -> None:
        """Nobody is ever told."""


class Scheduler:
    """Notes the priority of each task."""

    def __init__(self) -> None:
        self.priorities: list[int] = []

    def submit(self, *_: object, priority: int, **__: object) -> Given:
        """Take a task."""
        self.priorities.append(priority)
        return Given()


def no_workers() -> Client:
    raise OSError("these tests need none")


@pytest.fixture
def scheduler() -> Scheduler:
    return Scheduler()


@pytest.fixture
def dispatch(scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch) -> Dispatch:
    there = Workers(no_workers, lambda: None, list)
    there.client.set_result(cast(Client, scheduler))
    monkeypatch.setattr(there, "ready", lambda busy: ["one"])
    return Dispatch(there, lambda work: None, lambda *_: None)


@pytest.mark.parametrize("trial", [True, False])
def test_dask_puts_trials_behind_live_runs(
    dispatch: Dispatch, scheduler: Scheduler, trial: bool
) -> None:
    desk = Desk("one")
    desk.add(trial=trial)
    dispatch.hand_out(desk.every, Watched())
    assert scheduler.priorities
    assert all((given < LIVE_PRIORITY) == trial for given in scheduler.priorities)


def test_a_worker_gets_its_next_task_shortly_before_the_end_of_the_one_it_has(
    dispatch: Dispatch, scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, desk = 1000.0, Desk("one")
    for _ in range(20):
        desk.add()
    assert dispatch.due() == math.inf  # nothing is under way

    def handed(after: float) -> int:
        """How many tasks it has been given so many seconds later."""
        monkeypatch.setattr(time, "time", lambda: began + after)
        dispatch.hand_out(desk.every, Watched())
        return len(scheduler.priorities)

    assert handed(0.0) == 1
    asked = sum(given.asked for given in dispatch._desks["one"].tasks.values())
    assert 0 < asked <= TASK_SECONDS
    due = USUAL_DRAG * asked - AHEAD
    assert dispatch.due() == pytest.approx(due)
    assert handed(due - 0.001) == 1
    assert 0 < dispatch.due() < 0.002
    assert handed(due + 0.001) == 2
    assert dispatch.due() == math.inf  # it has enough to do
    assert handed(60.0) == 2
