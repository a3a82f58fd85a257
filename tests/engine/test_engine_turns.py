"""Who has which worker, and whose turn it is. Workers are played by the tests."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.config.run import RunConfig
from explorer.config.training import TrainingSettings
from explorer.engine.driven import Chosen, Driven
from explorer.engine.turns import (
    BACKGROUND_SECONDS,
    BACKGROUND_SHARE,
    FIRST_SECONDS,
    IN_FLIGHT,
    LEAST_SECONDS,
    ROUND_SECONDS,
    TASK_SECONDS,
    USUAL_DRAG,
    Turns,
    even_out,
    place,
    portions,
)
from explorer.engine.watched import Watched
from explorer.runs.records import Command, Run

pytestmark = pytest.mark.quick

CONFIG = RunConfig(
    data="sine",
    data_settings={},
    model="lstm",
    model_settings={},
    training=TrainingSettings(),
)


class Desk:
    """Runs, their turns, and workers that do what they are given."""

    def __init__(self, *workers: str) -> None:
        self.workers, self.turns = workers, Turns()
        self.every: list[Driven] = []

    def add(self, trial: bool = False, person: str = "ann", worker: str = "") -> Driven:
        name = f"run{len(self.every)}"
        run = Run(name, CONFIG, "training", 0, 0.0, 1, datetime.now(UTC), owner=person)
        driven = Driven(run, "{}", None, background=trial)
        self.every.append(driven)
        if worker:
            driven.hand_to(worker)
        else:
            place(driven, self.workers, self.every)
        return driven

    def choose(self, worker: str) -> list[Chosen]:
        return self.turns.choose(worker, self.every, Watched())

    def work(self, worker: str, seconds: float) -> list[Chosen]:
        """Do what is chosen, two tasks at a time; every slice in its order."""
        done: list[Chosen] = []
        queue: list[list[Chosen]] = []
        while sum(chosen.job.seconds for chosen in done) < seconds:
            while len(queue) < IN_FLIGHT and (task := self.choose(worker)):
                queue.append(task)
            assert queue, "the worker has nothing to do"
            for chosen in queue.pop(0):
                chosen.driven.in_flight -= 1
                done.append(chosen)
        return done

    def settle(self) -> int:
        """Even out until nothing moves; how many moved."""
        moved = 0
        while True:
            before = [driven.epoch for driven in self.every]
            even_out(self.workers, self.every)
            if before == [driven.epoch for driven in self.every]:
                return moved
            moved += 1
            assert moved < 1000, "runs are moved without end"


def seconds_of(done: Iterable[Chosen]) -> Counter[str]:
    spent: Counter[str] = Counter()
    for driven, job in done:
        spent[driven.run.id] += job.seconds  # type: ignore[assignment]
    return spent


@pytest.mark.parametrize("live", [1, 3])
@pytest.mark.parametrize("trials", [1, 4])
def test_live_runs_go_first_and_trials_keep_a_small_share(
    live: int, trials: int
) -> None:
    desk = Desk("one")
    background = [desk.add(trial=True).run.id for _ in range(trials)]
    people = [desk.add().run.id for _ in range(live)]
    spent = seconds_of(desk.work("one", 40.0))
    whole = sum(spent.values())
    share = sum(spent[run_id] for run_id in background) / whole
    assert BACKGROUND_SHARE / 2 < share < 2 * BACKGROUND_SHARE
    assert all(spent[run_id] > 0.8 * 0.8 / live * whole for run_id in people)
    assert all(spent[run_id] > 0 for run_id in background)


def test_a_class_that_goes_on_together_has_its_first_slices_soon() -> None:
    desk = Desk("one")
    for k in range(20):
        desk.add(person=f"student {k}")
    first: list[Chosen] = []
    while len(first) < 20:
        first += desk.choose("one")
    assert len({chosen.driven.run.id for chosen in first}) == 20
    assert sum(job.seconds for _, job in first) <= 0.51 * ROUND_SECONDS
    one = Desk("one")
    one.add()
    assert one.choose("one")[0].job.seconds == FIRST_SECONDS


def test_live_runs_never_wait_long_for_trials() -> None:
    desk = Desk("one")
    for _ in range(8):
        desk.add(trial=True)
    desk.add(person="bob")
    desk.work("one", 2.0)
    for _ in range(100):
        task = desk.choose("one")
        if task and task[0].driven.background:
            assert sum(job.seconds for _, job in task) <= BACKGROUND_SECONDS
        for chosen in task:
            chosen.driven.in_flight = 0


def test_trials_have_a_worker_that_no_live_run_needs() -> None:
    desk = Desk("one")
    trials = [desk.add(trial=True).run.id for _ in range(2)]
    spent = seconds_of(desk.work("one", 10.0))
    assert all(spent[run_id] > 0.4 * sum(spent.values()) for run_id in trials)


def test_trials_leave_the_worker_of_a_live_run_for_an_idle_one() -> None:
    desk = Desk("one", "two")
    first, second = desk.add(trial=True), desk.add(trial=True)
    live = desk.add()
    assert {first.worker, second.worker} == {"one", "two"}
    moved = first if first.worker == live.worker else second
    stays = second if moved is first else first
    desk.every.remove(stays)
    desk.settle()
    assert moved.worker == stays.worker
    assert live.worker != moved.worker


def test_a_trial_waits_until_it_may_go_on_and_goes_no_further() -> None:
    desk = Desk("one")
    trial = desk.add(trial=True)
    trial.until = 0
    assert desk.choose("one") == []
    trial.until = 8
    ((chosen, job),) = desk.choose("one")
    assert chosen is trial
    assert job.steps == 8
    assert desk.choose("one") == []  # its slices never overlap


def test_a_worker_that_comes_late_gets_its_half() -> None:
    desk = Desk("one")
    for k in range(40):
        desk.add(person=str(k))
    desk.workers = ("one", "two")
    assert desk.settle() == 20
    assert Counter(d.worker for d in desk.every) == {"one": 20, "two": 20}


def test_a_run_is_not_moved_while_a_slice_of_it_is_under_way() -> None:
    desk = Desk("one")
    runs = [desk.add(person=str(k)) for k in range(4)]
    for driven in runs[:3]:
        driven.job(0.1, None)
    desk.workers = ("one", "two")
    desk.settle()
    assert [d.worker for d in runs] == ["one", "one", "one", "two"]
    for driven in runs[:3]:
        driven.in_flight, driven.at = 0, 7  # its newest state has not come along
    desk.settle()
    assert [d.worker for d in runs] == ["one", "one", "one", "two"]


@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from("abc")), max_size=30),
    st.integers(1, 3),
)
def test_work_at_rest_is_spread_evenly_whatever_it_was(
    runs: list[tuple[bool, str]], workers: int
) -> None:
    desk = Desk(*"abc"[:workers])
    for trial, worker in runs:
        desk.add(trial, worker=worker)
    for driven in desk.every:  # as the runner does before it evens out
        if driven.worker not in desk.workers:
            place(driven, desk.workers, desk.every)
    desk.settle()
    live = Counter(d.worker for d in desk.every if not d.background)
    counts = [live[w] for w in desk.workers]
    assert max(counts) - min(counts) <= 1
    free = [w for w in desk.workers if not any(d.worker == w for d in desk.every)]
    beside_live = [d for d in desk.every if d.background and live[d.worker]]
    assert not (free and beside_live)


@given(st.integers(1, 60))
def test_every_run_moves_once_in_a_round(runs: int) -> None:
    desk = Desk("one")
    for k in range(runs):
        desk.add(person=str(k))
    count, seconds = portions(runs)
    assert seconds >= LEAST_SECONDS
    assert count * seconds <= TASK_SECONDS + 1e-9
    done = [chosen.driven.run.id for chosen in desk.work("one", 3 * runs * seconds)]
    for start in range(len(done) - runs):
        assert len(set(done[start : start + runs])) == runs
    assert runs * seconds <= max(ROUND_SECONDS, runs * LEAST_SECONDS) + 1e-9


@pytest.mark.parametrize("slowly", [1.0, 1.3, 1.6])
def test_a_round_takes_no_longer_where_slices_do(slowly: float) -> None:
    desk, runs, extra = Desk("one"), 20, 0.004
    for k in range(runs):
        desk.add(person=str(k))

    def play(slowly: float) -> float:
        """Seconds of a round, after many."""
        for _ in range(40):
            whole, served = 0.0, 0
            while served < runs:
                task = desk.choose("one")
                for chosen in task:
                    chosen.driven.in_flight -= 1
                asked = sum(chosen.job.seconds for chosen in task)
                took = slowly * asked + extra * len(task)
                desk.turns.took("one", asked, took)
                whole, served = whole + took, served + len(task)
        return whole * runs / served

    assert play(slowly) <= 1.02 * ROUND_SECONDS
    assert play(1.0) == pytest.approx(0.79, abs=0.02)


def test_each_worker_is_asked_as_it_is_slow_itself() -> None:
    turns = Turns()
    for _ in range(100):
        turns.took("slow", 0.2, 0.3)
    desk = Desk("slow", "quick")
    desk.turns = turns
    for k in range(40):
        desk.add(person=str(k)).slices = 1
    slow, quick = desk.choose("slow")[0].job, desk.choose("quick")[0].job
    assert quick.seconds / slow.seconds == pytest.approx(1.5 / USUAL_DRAG, rel=0.01)


def test_who_has_many_runs_leaves_more_than_a_runs_share_to_others() -> None:
    desk = Desk("one")
    for _ in range(9):
        desk.add(person="greedy")
    modest = desk.add(person="modest").run.id
    spent = seconds_of(desk.work("one", 20.0))
    assert spent[modest] > 1.5 * sum(spent.values()) / 10


def test_one_that_shall_rest_goes_before_all_others() -> None:
    desk = Desk("one")
    runs = [desk.add(person=str(k)) for k in range(6)]
    desk.work("one", 2.0)
    for driven in runs:
        driven.in_flight = 0
    runs[4].going = False
    assert desk.choose("one")[0].driven is runs[4]


def test_a_run_whose_slice_was_lost_travels_alone() -> None:
    desk = Desk("one")
    runs = [desk.add(person=str(k)) for k in range(6)]
    runs[3].lost = 1
    ((chosen, job),) = desk.choose("one")
    assert chosen is runs[3]
    assert job.seconds <= LEAST_SECONDS or runs[3].slices == 1


def test_what_was_told_outlives_a_worker_that_dies_with_it() -> None:
    desk = Desk("one")
    driven = desk.add()
    slower, hold, faster = (
        Command(0, "learning_rate", 0.01),
        Command(0, "hold"),
        Command(0, "learning_rate", 0.1),
    )
    driven.commands = [slower]
    first = driven.job(0.1, None)
    driven.commands = [hold]
    second = driven.job(0.1, None)
    assert (first.commands, second.commands) == ((slower,), (hold,))
    driven.commands = [faster]
    driven.hand_to("two")
    assert driven.commands == [slower, hold, faster]
    driven.under_way.pop(driven.job(0.1, None).serial)  # its result is kept
    driven.hand_to("three")
    assert driven.commands == []
