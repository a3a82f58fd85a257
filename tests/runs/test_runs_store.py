"""The contract of the store: what was recorded is there, once, in order, for good.

Every test runs on SQLite and on a PostgreSQL that was started for it; those on
PostgreSQL are skipped where there is none and none can be installed.
"""

import math
import re
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError

from explorer.config import RunConfig, TrainingSettings
from explorer.errors import ExplorerError
from explorer.runs import schema, writing
from explorer.runs.records import (
    ENDED,
    Checkpoint,
    Command,
    Curves,
    Progress,
    Run,
    Status,
    Validation,
)
from explorer.runs.store import Store, open_store

ROOT = Path(__file__).parents[2]
CONFIG = RunConfig(
    data="sine",
    model="lstm",
    data_settings={"noise": 0.1},
    model_settings={"hidden_size": 7},
    training=TrainingSettings(steps=211),
    seed=13,
)


def curve(first: int, end: int, shift: float = 0.0) -> Curves:
    """Steps `first` to `end` of one long curve, each of its lines different."""
    k = np.arange(first, end, dtype=np.float32)
    return Curves(*(line * 1000 + shift + k for line in np.float32([1, 2, 3, 5, 7])))


def slice_of(first: int, end: int, **more: object) -> Progress:
    """Steps `first` to `end` of that curve, with the state at their end."""
    whole = Progress(first, curve(first, end), end, end / 10, state=b"state %d" % end)
    return replace(whole, **more)  # type: ignore[arg-type]


def same(a: Curves, b: Curves) -> bool:
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def everything(store: Store, run_id: str) -> tuple[object, ...]:
    """All that a store says of a run."""
    return (
        store.get(run_id),
        [line.tolist() for line in store.curves(run_id)],
        store.validations(run_id),
        store.commands(run_id),
        store.state(run_id),
        [store.checkpoint(run_id, k) for k in store.checkpoint_steps(run_id)],
    )


@pytest.fixture
def run(store: Store) -> Run:
    return store.create(CONFIG, 4513)


# Runs


def test_a_new_run_is_as_it_was_made(store: Store) -> None:
    before = datetime.now(UTC)
    run = store.create(CONFIG, 4513, status="paused")
    assert (run.config, run.parameters, run.status) == (CONFIG, 4513, "paused")
    assert (run.step, run.seconds, run.message) == (0, 0.0, "")
    assert (run.parent, run.parent_step) == (None, None)
    assert before <= run.created <= datetime.now(UTC)
    assert run.created.utcoffset() == timedelta(0)
    assert store.get(run.id) == run
    assert store.state(run.id) is None
    assert same(store.curves(run.id), Curves.empty())
    assert store.validations(run.id) == store.commands(run.id) == []
    assert store.checkpoint_steps(run.id) == []


def test_ids_cannot_be_guessed(store: Store) -> None:
    ids = {store.create(CONFIG, 1).id for _ in range(20)}
    assert len(ids) == 20
    assert all(len(run_id) == 16 for run_id in ids)  # 96 bits


def test_runs_come_newest_first_and_limited(store: Store) -> None:
    made = [store.create(CONFIG, 1).id for _ in range(5)]
    assert [run.id for run in store.runs(limit=3)] == made[:1:-1]


@pytest.mark.parametrize("status", get_args(Status))
def test_only_training_runs_are_active(store: Store, status: Status) -> None:
    run = store.create(CONFIG, 1, status=status)
    assert (run in store.active()) == (status == "training")


def test_status_changes_with_its_command(store: Store, run: Run) -> None:
    paused = store.set_status(run.id, "paused", "Waiting.", Command(5, "pause"))
    assert (paused.status, paused.message) == ("paused", "Waiting.")
    assert store.get(run.id) == paused
    assert store.set_status(run.id, "training").message == ""
    assert store.commands(run.id) == [Command(5, "pause", None)]


def test_deleting_leaves_nothing_but_forks(store: Store, url: str, run: Run) -> None:
    more = {
        "validations": (Validation(5, 0.5, 0.5),),
        "commands": (Command(0, "learning_rate", 0.1),),
        "checkpoints": (Checkpoint(5, b"five"),),
    }
    store.record(run.id, slice_of(0, 5, **more))
    fork = store.create(CONFIG, 1, parent=(run.id, 5))
    store.delete(run.id)
    store.delete(run.id)
    with pytest.raises(ExplorerError, match="There is no run"):
        store.get(run.id)
    engine = create_engine(url)
    with engine.connect() as connection:
        for table in schema.tables.sorted_tables:
            if "run_id" in table.c:
                left = select(table).where(table.c.run_id == run.id)
                assert connection.execute(left).all() == [], table.name
    engine.dispose()
    assert len(store.curves(fork.id).losses) == 5


def test_recording_for_a_deleted_run_does_nothing(store: Store, run: Run) -> None:
    assert store.record(run.id, slice_of(0, 5)) is True
    store.delete(run.id)
    assert store.record(run.id, slice_of(5, 7)) is False
    assert len(store.curves(run.id).losses) == 0
    assert store.state(run.id) is None


# Unknown and malformed ids


@given(st.text() | st.text("abcXYZ019_-", min_size=1, max_size=80))
@example("")
@example("a" * 65)
@example("ok\n")
@example("nul\0")
@example("\ud800")
@example("../../etc/passwd")
@example("'; DROP TABLE runs; --")
@example("[click](https://example.org)")
@settings(max_examples=60, deadline=None)
def test_unknown_and_malformed_ids_get_one_sentence(store: Store, run_id: str) -> None:
    for ask in (
        store.get,
        lambda i: store.set_status(i, "paused"),
        lambda i: store.create(CONFIG, 1, parent=(i, 0)),
    ):
        with pytest.raises(ExplorerError) as caught:
            ask(run_id)
        before, shown, after = str(caught.value).split("'")
        assert before == "There is no run "
        assert after == " here. Check the link, or start a new run."
        assert len(shown) == min(60, len(run_id))
        assert re.fullmatch("[A-Za-z0-9_?-]*", shown)
    with pytest.raises(ExplorerError, match="none is kept yet"):
        store.checkpoint(run_id, 0)
    assert store.record(run_id, slice_of(0, 2)) is False
    assert same(store.curves(run_id), Curves.empty())
    assert store.validations(run_id) == store.commands(run_id) == []
    assert store.checkpoint_steps(run_id) == []
    assert store.state(run_id) is None
    store.delete(run_id)


# Recording


def test_a_slice_is_read_back(store: Store, run: Run) -> None:
    progress = slice_of(
        0,
        5,
        validations=(Validation(0, 1.5, 0.0), Validation(5, 0.25, 0.5)),
        commands=(Command(0, "learning_rate", 0.02),),
        checkpoints=(Checkpoint(0, b"zero"), Checkpoint(2, b"two")),
        message="Going well.",
    )
    assert store.record(run.id, progress) is True
    assert everything(store, run.id) == (
        replace(run, step=5, seconds=0.5, message="Going well."),
        [line.tolist() for line in curve(0, 5)],
        [Validation(0, 1.5, 0.0), Validation(5, 0.25, 0.5)],
        [Command(0, "learning_rate", 0.02)],
        Checkpoint(5, b"state 5"),
        [Checkpoint(0, b"zero"), Checkpoint(2, b"two")],
    )


def test_curves_are_exact_read_only_float32(store: Store, run: Run) -> None:
    numbers = np.random.default_rng(3).standard_normal((5, 11)).astype(np.float32)
    numbers[:, 3] = np.nan, np.inf, -np.inf, np.finfo(np.float32).tiny, -0.0
    store.record(run.id, slice_of(0, 11, curves=Curves(*numbers)))
    for line, expected in zip(store.curves(run.id), numbers, strict=True):
        assert line.dtype == np.float32
        assert line.tobytes() == expected.tobytes()
        assert not line.flags.writeable


@pytest.mark.parametrize("since", [-1, 0, 1, 4, 5, 6, 12, 13, 10**30])
def test_curves_since_a_step(store: Store, run: Run, since: int) -> None:
    store.record(run.id, slice_of(0, 5))
    store.record(run.id, slice_of(5, 12))
    expected = curve(0, 12).after(min(max(since, 0), 12))
    assert same(store.curves(run.id, since), expected)


def test_a_state_that_was_not_asked_for_leaves_the_last(store: Store, run: Run) -> None:
    store.record(run.id, slice_of(0, 5))
    store.record(run.id, slice_of(5, 7, state=None))
    assert store.state(run.id) == Checkpoint(5, b"state 5")
    assert store.get(run.id).step == 7


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_diverged_measurement_is_kept(store: Store, run: Run, loss: float) -> None:
    diverged = slice_of(0, 2, validations=(Validation(2, loss, 0.2),))
    store.record(run.id, replace(diverged, status="diverged"))
    (validation,) = store.validations(run.id)
    assert repr(validation.loss) == repr(loss)


@pytest.mark.parametrize("first", [-1, 6])
def test_a_gap_is_a_bug_and_writes_nothing(store: Store, run: Run, first: int) -> None:
    store.record(run.id, slice_of(0, 5))
    before = everything(store, run.id)
    with pytest.raises(ValueError, match=f"from step {first} after 5 known"):
        store.record(run.id, slice_of(first, 7, commands=(Command(6, "pause"),)))
    assert everything(store, run.id) == before


def test_a_slice_is_written_whole_or_not_at_all(store: Store, run: Run) -> None:
    store.record(run.id, slice_of(0, 5))
    before = everything(store, run.id)
    nameless = Command(5, None)  # type: ignore[arg-type]
    more = {"commands": (nameless,), "checkpoints": (Checkpoint(7, b"seven"),)}
    with pytest.raises(IntegrityError):
        store.record(run.id, slice_of(5, 7, **more))
    assert everything(store, run.id) == before


def test_recording_again_changes_nothing(store: Store, run: Run) -> None:
    slices = [
        slice_of(
            first,
            first + 5,
            validations=(Validation(first + 5, 1 / (first + 1), 0.5),),
            commands=(Command(first, "learning_rate", 0.1), Command(first, "pause")),
            checkpoints=(Checkpoint(first, b"at %d" % first),),
        )
        for first in (0, 5, 10)
    ]
    for progress in slices:
        store.record(run.id, progress)
    before = everything(store, run.id)
    for progress in slices:
        store.record(run.id, progress)
        assert everything(store, run.id) == before


def test_equal_commands_between_the_same_steps_all_count(
    store: Store, run: Run
) -> None:
    rates = [Command(0, "learning_rate", rate) for rate in (0.1, 0.2, 0.1)]
    for rate in rates:
        store.record(run.id, slice_of(0, 0, commands=(rate,)))
    assert store.commands(run.id) == rates


def test_what_is_trained_again_takes_the_place(store: Store, run: Run) -> None:
    for first in (0, 5, 10):
        store.record(run.id, slice_of(first, first + 5))
    store.record(run.id, slice_of(3, 12, curves=curve(3, 12, shift=0.5)))
    expected = curve(0, 3).then(curve(3, 12, shift=0.5)).then(curve(12, 15))
    assert same(store.curves(run.id), expected)
    assert store.get(run.id).step == 15
    assert store.state(run.id) == Checkpoint(15, b"state 15")


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_run_stays_ended(store: Store, run: Run, status: Status) -> None:
    store.record(run.id, slice_of(0, 5))
    store.record(run.id, slice_of(5, 7, status=status, message="The end."))
    store.record(run.id, slice_of(0, 5))
    ended = store.get(run.id)
    assert (ended.status, ended.message, ended.step) == (status, "The end.", 7)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_any_overlapping_split_reads_back_identical(
    store: Store, data: st.DataObject
) -> None:
    length = data.draw(st.integers(0, 61), "length")
    run, known = store.create(CONFIG, 1), 0
    for _ in range(data.draw(st.integers(0, 7), "slices")):
        first = data.draw(st.integers(0, known), "first")
        end = data.draw(st.integers(first, length), "end")
        store.record(run.id, slice_of(first, end))
        known = max(known, end)
        assert same(store.curves(run.id), curve(0, known))
    store.record(run.id, slice_of(known, length))
    since = data.draw(st.integers(0, length), "since")
    assert same(store.curves(run.id, since), curve(since, length))
    store.delete(run.id)


# Checkpoints and forks


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
    told = (Command(5, "learning_rate", 0.5),)
    store.record(run.id, slice_of(5, 5, commands=told, state=b"after"))
    assert store.checkpoint(run.id, 5) == Checkpoint(5, b"before")
    assert store.state(run.id) == Checkpoint(5, b"after")


def test_a_fork_goes_on_from_its_parent(store: Store, run: Run) -> None:
    more = {
        "validations": tuple(Validation(k, 1 / (k + 1), k / 10) for k in (0, 5, 11)),
        "commands": tuple(Command(k, "learning_rate", k / 100) for k in (1, 4, 5, 6)),
        "checkpoints": (Checkpoint(0, b"zero"), Checkpoint(5, b"five")),
        "status": "finished",
        "message": "Done.",
    }
    store.record(run.id, slice_of(0, 11, **more))
    before = everything(store, run.id)
    other = CONFIG.model_copy(update={"seed": 17})
    fork = store.create(other, 4513, status="paused", parent=(run.id, 5))
    assert (fork.parent, fork.parent_step, fork.config) == (run.id, 5, other)
    assert (fork.step, fork.status, fork.message) == (5, "paused", "")
    assert fork.seconds == curve(0, 11).seconds[4]
    assert same(store.curves(fork.id), curve(0, 5))
    assert [v.step for v in store.validations(fork.id)] == [0, 5]
    assert [c.step for c in store.commands(fork.id)] == [1, 4]
    assert store.state(fork.id) == Checkpoint(5, b"five")
    assert store.checkpoint_steps(fork.id) == [5]
    store.record(fork.id, slice_of(5, 7))
    assert len(store.curves(fork.id).losses) == 7
    assert everything(store, run.id) == before


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


def test_checkpoints_are_thinned_evenly(
    store: Store, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert writing.CHECKPOINT_BYTES == 64 * 1024 * 1024
    monkeypatch.setattr(writing, "CHECKPOINT_BYTES", 8 * 100)
    for step in range(0, 201, 2):
        state = bytes([step]) * 100
        store.record(
            run.id, slice_of(step, step + 2, checkpoints=(Checkpoint(step, state),))
        )
        steps = store.checkpoint_steps(run.id)
        assert len(steps) == min(8, step // 2 + 1)
        assert (steps[0], steps[-1]) == (0, step)
        assert max(np.diff(steps), default=0) <= max(2, 2.5 * step / 7)
    for step in steps:
        assert store.checkpoint(run.id, step).state == bytes([step]) * 100


@given(st.lists(st.integers(1, 700), min_size=1, max_size=13))
@settings(max_examples=25, deadline=None)
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
    for k in range(25):
        store.record(run.id, slice_of(k, k + 1, checkpoints=(Checkpoint(k, large),)))
    steps = store.checkpoint_steps(run.id)
    assert len(steps) == 21  # 63 MiB
    assert (steps[0], steps[-1]) == (0, 24)
    store.delete(run.id)


# Shipped runs


def test_an_imported_run_keeps_its_id(store: Store) -> None:
    shipped = Run(
        id="sample-" + secrets.token_hex(4),
        config=CONFIG,
        status="finished",
        step=11,
        seconds=1.1,
        parameters=4513,
        created=datetime(2026, 3, 5, 7, 11, 13, tzinfo=timezone(timedelta(hours=2))),
        message="A sample.",
    )
    parts = (
        curve(0, 11),
        [Validation(0, 1.0, 0.0), Validation(11, 0.5, 1.1)],
        [Command(3, "learning_rate", 0.1)],
        [Checkpoint(7, b"seven"), Checkpoint(0, b"zero")],
    )
    for _ in range(2):  # the second time it takes the place of the first
        store.import_run(shipped, *parts)
        assert store.get(shipped.id) == shipped
        assert same(store.curves(shipped.id), parts[0])
        assert store.validations(shipped.id) == parts[1]
        assert store.commands(shipped.id) == parts[2]
        assert store.checkpoint_steps(shipped.id) == [0, 7]
        assert store.state(shipped.id) == Checkpoint(7, b"seven")
    with pytest.raises(ValueError, match="malformed run id"):
        store.import_run(replace(shipped, id="no good"), *parts)


# Restart, kill, many at once


def test_all_is_there_after_a_restart(url: str) -> None:
    first = open_store(url)
    run = first.create(CONFIG, 4513)
    more = {
        "validations": (Validation(5, 0.5, 0.5),),
        "commands": (Command(0, "learning_rate", 0.1),),
        "checkpoints": (Checkpoint(5, b"five"),),
    }
    first.record(run.id, slice_of(0, 5, **more))
    before = everything(first, run.id)
    first.close()
    second = open_store(url)
    assert everything(second, run.id) == before
    assert run.id in {active.id for active in second.active()}
    second.record(run.id, slice_of(5, 7))
    assert same(second.curves(run.id), curve(0, 7))
    second.close()


CHILD = """
import sys
import numpy as np
from explorer.runs.records import Curves, Progress, Validation
from explorer.runs.store import open_store

store, run_id, first = open_store(sys.argv[1]), sys.argv[2], 0
while True:
    end = first + 5
    k = np.arange(first, end, dtype=np.float32)
    curves = Curves(*(line * 1000 + k for line in np.float32([1, 2, 3, 5, 7])))
    state = (b"state %d" % end).ljust(54000, b".")
    measured = (Validation(end, 1.0, 0.0),)
    store.record(run_id, Progress(first, curves, end, end / 10, measured, state=state))
    print(end, flush=True)
    first = end
"""


@pytest.mark.parametrize("slices", [1, 13, 47])
def test_a_killed_process_loses_no_recorded_slice(
    store: Store, url: str, slices: int
) -> None:
    run = store.create(CONFIG, 1)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, url, run.id],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert child.stdout is not None
    said = [child.stdout.readline() for _ in range(slices)]
    child.kill()
    said += child.stdout.readlines()
    child.stdout.close()
    assert child.wait() == -9
    recorded = max(int(line) for line in said if line.endswith("\n"))
    reopened = open_store(url)
    step = reopened.get(run.id).step
    # One slice more may have been written before it could be said.
    assert step in (recorded, recorded + 5)
    assert same(reopened.curves(run.id), curve(0, step))
    assert [v.step for v in reopened.validations(run.id)] == [*range(5, step + 1, 5)]
    state = (b"state %d" % step).ljust(54000, b".")
    assert reopened.state(run.id) == Checkpoint(step, state)
    reopened.close()


def test_eight_threads_write_and_read_at_once(store: Store) -> None:
    runs = [store.create(CONFIG, 1) for _ in range(4)]
    errors: list[BaseException] = []
    done = threading.Event()

    def write(run: Run) -> None:
        for first in range(0, 150, 5):
            assert store.record(run.id, slice_of(first, first + 5))

    def read(run: Run) -> None:
        while not done.is_set():
            step = store.get(run.id).step
            curves = store.curves(run.id)
            n = len(curves.losses)
            assert n % 5 == 0
            assert n >= step
            assert same(curves, curve(0, n))
            state = store.state(run.id)
            assert state is None or state.state == b"state %d" % state.step
            assert run.id in {r.id for r in store.runs()}

    def noted(work: object, run: Run) -> None:
        try:
            work(run)  # type: ignore[operator]
        except BaseException as error:
            errors.append(error)

    writers = [threading.Thread(target=noted, args=(write, run)) for run in runs]
    readers = [threading.Thread(target=noted, args=(read, run)) for run in runs]
    for thread in writers + readers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    assert errors == []
    for run in runs:
        assert same(store.curves(run.id), curve(0, 150))


def test_one_run_told_by_many_threads_keeps_every_command(
    store: Store, run: Run
) -> None:
    def tell(k: int) -> None:
        for _ in range(11):
            store.set_status(run.id, "paused", command=Command(k, "pause"))

    threads = [threading.Thread(target=tell, args=(k,)) for k in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [c.step for c in store.commands(run.id)] == [
        k for k in range(7) for _ in range(11)
    ]


def test_runs_may_be_deleted_while_they_are_written(store: Store) -> None:
    runs = [store.create(CONFIG, 1) for _ in range(20)]
    errors: list[BaseException] = []

    def write() -> None:
        try:
            for first in range(0, 15, 5):
                for run in runs:
                    if first <= len(store.curves(run.id).losses):
                        store.record(run.id, slice_of(first, first + 5))
        except BaseException as error:
            errors.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    for run in runs:
        store.delete(run.id)
    writer.join()
    assert errors == []
    assert not {run.id for run in runs} & {run.id for run in store.runs()}


# Addresses


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("runs.sqlite3", "but got 'runs.sqlite3'. Leave it empty"),
        ("/tmp/runs.sqlite3", "but got '/tmp/runs.sqlite3'. Leave it empty"),
        ("sqlite:runs", "but got 'sqlite:runs'"),
        ("nosuchbase://ann@host/name", "but got 'nosuchbase://ann@host/name'"),
        ("postgresql+nosuch://host/name", "but got 'postgresql\\+nosuch://host/name'"),
        ("postgresql://ann@host:port/name", "but got 'postgresql://ann@host:port"),
        ("sqlite://", "'sqlite://' names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:////no/such/folder/runs.sqlite3", "unable to open database file"),
    ],
)
def test_a_wrong_address_is_one_clear_sentence(
    address: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATABASE", address)
    with pytest.raises(ExplorerError, match=words) as caught:
        open_store()
    assert str(caught.value).startswith("EXPLORER_DATABASE must be a database address")
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_a_wrong_address_is_shown_short_and_without_its_password() -> None:
    with pytest.raises(ExplorerError, match=r"ann:\*\*\*@host'") as caught:
        open_store("postgres//ann:s3cret:s3cret@host")
    assert "s3cret" not in str(caught.value)
    with pytest.raises(ExplorerError) as caught:
        open_store("x" * 5000)
    assert "x" * 61 not in str(caught.value)


def test_a_missing_driver_is_named() -> None:
    with pytest.raises(ExplorerError, match="no module 'oracledb'"):
        open_store("oracle+oracledb://ann@host/name")


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Not a database at all. " * 50)
    with pytest.raises(ExplorerError, match="file is not a database"):
        open_store(f"sqlite:///{file}")
    assert file.read_text() == "Not a database at all. " * 50


def test_a_newer_database_is_refused_untouched(fresh: Callable[[], str]) -> None:
    address = fresh()
    engine = create_engine(address)
    with engine.begin() as connection:
        schema.meta.create(connection)
        newer = insert(schema.meta).values(schema_version=schema.SCHEMA + 1)
        connection.execute(newer)
    words = (
        f"up to version {schema.SCHEMA}, but this one has version {schema.SCHEMA + 1}"
    )
    with pytest.raises(ExplorerError, match=f"{words}. Update the program"):
        open_store(address)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["meta"]
    engine.dispose()


def test_an_older_database_is_brought_up_to_date(fresh: Callable[[], str]) -> None:
    """Version 1 had no notes of commands, 2 no measures and no rivals, 3 no owners."""
    address = fresh()
    store = open_store(address)
    run = store.create(CONFIG, 1)
    told = Command(3, "learning_rate", 0.5)
    store.set_status(run.id, "paused", command=told)
    before = slice_of(0, 5, validations=(Validation(5, 0.5, 0.5),))
    store.record(run.id, before)
    store.close()
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE commands DROP COLUMN note")
        connection.exec_driver_sql("ALTER TABLE validations DROP COLUMN measures")
        four = np.stack(before.curves[:4]).astype("<f4").tobytes()
        connection.execute(update(schema.chunks).values({"values": four}))
        for name in ("owner", "group_id"):
            connection.exec_driver_sql(f"DROP INDEX ix_runs_{name}")
        for name in ("owner", "group_id", "name", "tags", "pinned", "deleted"):
            connection.exec_driver_sql(f"ALTER TABLE runs DROP COLUMN {name}")
        for name in ("members", "groups", "contents", "keys"):
            connection.exec_driver_sql(f"DROP TABLE {name}")
        connection.exec_driver_sql("UPDATE meta SET schema_version = 1")
    engine.dispose()
    store = open_store(address)
    assert store.get(run.id) == replace(run, step=5, seconds=0.5)
    assert store.shelf.of("") == [store.get(run.id)]
    held = Command(4, "hold", None, '{"value": 1}')
    store.set_status(run.id, "paused", command=held)
    judged = Validation(7, 0.25, 0.7, {"accuracy": 0.5})
    store.record(run.id, slice_of(5, 7, validations=(judged,)))
    store.close()
    store = open_store(address)  # the second time there is nothing to do
    assert store.validations(run.id) == [*before.validations, judged]
    assert same(
        Curves(*store.curves(run.id)[:4], before.curves[4]).until(5), before.curves
    )
    assert np.isnan(store.curves(run.id).rivals[:5]).all()
    assert same(store.curves(run.id, 5), curve(5, 7))
    assert store.commands(run.id) == [told, held]
    store.close()


def test_without_an_address_the_folder_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "my runs? 100%"
    monkeypatch.delenv("EXPLORER_DATABASE", raising=False)
    monkeypatch.setenv("EXPLORER_DATA", str(folder))
    open_store().close()
    assert (folder / "explorer.sqlite3").is_file()
    monkeypatch.delenv("EXPLORER_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    open_store().close()
    assert list((tmp_path / "home").rglob("sequence-explorer/explorer.sqlite3"))


def test_a_folder_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.delenv("EXPLORER_DATABASE", raising=False)
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "file"))
    with pytest.raises(ExplorerError, match="EXPLORER_DATA must be a folder"):
        open_store()


def test_sqlite_is_set_up_for_many_readers_and_one_writer(tmp_path: Path) -> None:
    engine = schema.open_database(f"sqlite:///{tmp_path}/runs.sqlite3")
    expected = {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1}
    with engine.connect() as connection:
        for name, value in expected.items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() >= 5000
    engine.dispose()


def test_several_processes_may_open_a_new_store_at_once_without_torch(
    fresh: Callable[[], str],
) -> None:
    opening = (
        "import sys; from explorer.runs.store import open_store; "
        "open_store(sys.argv[1]).close(); assert 'torch' not in sys.modules"
    )
    command = [sys.executable, "-c", opening, fresh()]
    children = [subprocess.Popen(command, cwd=ROOT) for _ in range(4)]
    assert [child.wait() for child in children] == [0, 0, 0, 0]
