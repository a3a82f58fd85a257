"""Checkpoints: which are kept, and what a fork takes over from one."""

import math
import threading
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.config.run import BEST
from explorer.errors import ExplorerError, Words
from explorer.runs import writing
from explorer.runs.records import Checkpoint, Command, Run, Validation
from explorer.runs.store import Store
from tests.runs.slices import CONFIG, curve, everything, same, slice_of


def test_a_missing_checkpoint_names_the_nearest(store: Store, run: Run) -> None:
    kept = (Checkpoint(0, b"zero"), Checkpoint(8, b"eight"))
    store.record(run.id, slice_of(0, 19, checkpoints=kept))
    assert store.checkpoint(run.id, 8) == Checkpoint(8, b"eight")
    assert store.checkpoint(run.id, 19) == Checkpoint(19, b"state 19")
    for step, nearest in [(3, 0), (-7, 0), (5, 8), (18, 19), (10**30, 19)]:
        words = f"step {step} is not one of them; the nearest is {nearest}"
        with pytest.raises(ExplorerError, match=words):
            store.checkpoint(run.id, step)
        with pytest.raises(ExplorerError, match=words):
            store.create(CONFIG, 1, parent=(run.id, step))


def test_a_checkpoint_goes_before_the_state_of_its_step(store: Store, run: Run) -> None:
    store.record(run.id, slice_of(0, 5, checkpoints=(Checkpoint(5, b"before"),)))
    commands = (Command(5, "learning_rate", 0.5),)
    store.record(run.id, slice_of(5, 5, commands=commands, state=b"after"))
    assert store.checkpoint(run.id, 5) == Checkpoint(5, b"before")
    assert store.state(run.id) == Checkpoint(5, b"after")


def test_a_fork_goes_on_from_its_parent(store: Store, run: Run) -> None:
    more = {
        "validations": tuple(Validation(k, 1 / (k + 1), k / 10) for k in (0, 5, 11)),
        "commands": tuple(Command(k, "learning_rate", k / 100) for k in (1, 4, 5, 6)),
        "checkpoints": (Checkpoint(0, b"zero"), Checkpoint(5, b"five")),
        "status": "finished",
        "message": Words("Done."),
    }
    store.record(run.id, slice_of(0, 11, **more))
    before = everything(store, run.id)
    other = CONFIG.model_copy(update={"seed": 17})
    fork = store.create(other, 4513, status="paused", parent=(run.id, 5))
    assert (fork.parent, fork.parent_step, fork.config) == (run.id, 5, other)
    assert (fork.step, fork.status, fork.message) == (5, "paused", None)
    assert fork.seconds == curve(0, 11).seconds[4]
    assert same(store.curves(fork.id), curve(0, 5))
    assert [v.step for v in store.validations(fork.id)] == [0, 5]
    assert [c.step for c in store.commands(fork.id)] == [1, 4]
    assert store.state(fork.id) == Checkpoint(5, b"five")
    assert store.checkpoint_steps(fork.id) == [5]
    store.record(fork.id, slice_of(5, 7))
    assert len(store.curves(fork.id).losses) == 7
    assert everything(store, run.id) == before


MEASURED = tuple(
    Validation(k, loss, k / 10)
    for k, loss in ((0, 3.0), (4, float("nan")), (5, 1.0), (7, 1.0), (11, 2.0))
)


def with_a_best(store: Store, run: Run, *steps: int) -> None:
    kept = tuple(Checkpoint(k, b"at %d" % k) for k in steps)
    progress = slice_of(0, 11, validations=MEASURED, checkpoints=kept)
    store.record(run.id, replace(progress, status="finished"))


def test_the_best_moment_is_the_first_of_the_lowest_loss(
    store: Store, run: Run
) -> None:
    assert store.best(run.id) is None
    with_a_best(store, run, 0, 5, 7)
    assert store.best(run.id) == MEASURED[2]
    assert store.learned(run.id) == (CONFIG, b"state 11")
    assert store.learned(run.id + BEST) == (CONFIG, b"at 5")
    fork = store.create(CONFIG, 1, parent=(run.id, 7))
    assert store.checkpoint_steps(fork.id) == [5, 7]
    assert store.best(fork.id) == MEASURED[2]


def test_an_older_run_has_no_best_moment_and_says_so(store: Store, run: Run) -> None:
    with_a_best(store, run, 0, 7)
    assert store.best(run.id) is None
    with pytest.raises(ExplorerError, match=r"has not kept it\. Take its last one"):
        store.learned(run.id + BEST)
    fork = store.create(CONFIG, 1, parent=(run.id, 7))
    assert store.checkpoint_steps(fork.id) == [7]


def test_who_keeps_fewer_moments_spares_the_best_moment(
    store: Store, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = store.create(CONFIG, 1)
    with_a_best(store, other, *range(11))
    store.room.keep_evenly(other.id, 2)
    assert store.checkpoint_steps(other.id) == [0, 5, 10]
    monkeypatch.setattr(writing, "CHECKPOINT_BYTES", 10)
    with_a_best(store, run, *range(11))
    assert store.checkpoint_steps(run.id) == [0, 5, 10]


def test_a_fork_that_fails_leaves_no_run(store: Store, run: Run) -> None:
    before = store.runs()
    with pytest.raises(ExplorerError, match="none is kept yet"):
        store.create(CONFIG, 1, parent=(run.id, 0))
    assert store.runs() == before


def test_a_fork_without_a_step_begins_where_its_parent_stands(
    store: Store, run: Run
) -> None:
    store.record(run.id, slice_of(0, 5, state=b"five"))
    store.record(run.id, slice_of(5, 9, state=b"nine"))
    fork = store.create(CONFIG, 1, parent=(run.id, None))
    assert (fork.parent, fork.parent_step, fork.step) == (run.id, 9, 9)
    assert store.state(fork.id) == Checkpoint(9, b"nine")
    assert len(store.curves(fork.id).losses) == 9


def test_a_fork_of_a_run_that_moves_on_is_never_refused(store: Store, run: Run) -> None:
    store.record(run.id, slice_of(0, 1, state=b"1"))
    done = threading.Event()

    def train() -> None:
        step = 1
        while not done.is_set():
            store.record(run.id, slice_of(step, step + 1, state=str(step + 1).encode()))
            step += 1

    trainer = threading.Thread(target=train)
    trainer.start()
    try:
        forks = [store.create(CONFIG, 1, parent=(run.id, None)) for _ in range(12)]
    finally:
        done.set()
        trainer.join()
    for fork in forks:
        state = store.state(fork.id)
        assert state == Checkpoint(fork.step, str(fork.step).encode())
        assert fork.parent_step == fork.step == len(store.curves(fork.id).losses)


def test_the_most_useful_checkpoints_are_kept(
    store: Store, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "CHECKPOINT_BYTES", 8 * 100)
    best = 122
    for step in range(0, 201, 2):
        kept = (Checkpoint(step, bytes([step]) * 100),)
        loss = math.nan if step == 40 else 1.0 + abs(step - best)
        measured = (Validation(step, loss, 0.1),)
        whole = slice_of(step, step + 2, checkpoints=kept, validations=measured)
        store.record(run.id, whole)
        steps = store.checkpoint_steps(run.id)
        assert len(steps) == min(8, step // 2 + 1)
        assert {0, step, min(step, best)} <= set(steps)
    ratios = [(after + 1) / (before + 1) for before, after in pairwise(steps)]
    assert max(ratios) <= 4
    for step in steps:
        assert store.checkpoint(run.id, step).state == bytes([step]) * 100


@given(st.lists(st.integers(1, 700), min_size=1, max_size=13))
@settings(max_examples=25)
def test_thinning_holds_the_bound_for_any_sizes(store: Store, sizes: list[int]) -> None:
    run = store.create(CONFIG, 1)
    kept = tuple(Checkpoint(k, bytes(size)) for k, size in enumerate(sizes))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "CHECKPOINT_BYTES", 1000)
        store.record(run.id, slice_of(0, 2, checkpoints=kept))
    steps = store.checkpoint_steps(run.id)
    assert (steps[0], steps[-1]) == (0, len(sizes) - 1)
    assert sum(sizes[k] for k in steps) <= 1000 or len(steps) <= 2
    assert sum(sizes) > 1000 or len(steps) == len(sizes)


def test_the_bound_holds_at_full_size(store: Store, run: Run) -> None:
    large = bytes(3 * 2**20)
    for k in range(5):
        store.record(run.id, slice_of(k, k + 1, checkpoints=(Checkpoint(k, large),)))
    assert store.checkpoint_steps(run.id) == [0, 4]  # 6 MiB
    store.delete(run.id)
