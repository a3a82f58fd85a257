"""What is recorded outlives restarts, kills, and many who write at once."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from explorer.runs.records import Checkpoint, Command, Run, Validation
from explorer.runs.store import Store, open_store
from tests.runs.slices import CONFIG, curve, everything, same, slice_of

ROOT = Path(__file__).parents[2]


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
    curves = Curves(*(line * 1000 + k for line in np.float32([1, 2, 3, 5, 7, 11])))
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


def test_slices_of_many_runs_are_kept_as_if_one_by_one(store: Store) -> None:
    """Some were there before, one overlaps, one has ended, and one is gone."""
    given = [
        [slice_of(0, 5), slice_of(5, 12)],
        [slice_of(0, 5, checkpoints=(Checkpoint(0, b"0"),)), slice_of(5, 9)],
        [slice_of(0, 5), slice_of(3, 12, curves=curve(3, 12, shift=0.5))],
        [slice_of(0, 5, status="stopped"), slice_of(5, 7, state=b"later")],
    ]
    single = [store.create(CONFIG, 1) for _ in given]
    together = [store.create(CONFIG, 1) for _ in given]
    gone = store.create(CONFIG, 1)
    store.delete(gone.id)
    for run, slices in zip(single, given, strict=True):
        for each in slices:
            store.record(run.id, each)
    for turn in range(2):
        told = {run.id: each[turn] for run, each in zip(together, given, strict=True)}
        there = store.record_all(told | {gone.id: slice_of(0, 5)})
        assert there == {run.id for run in together}
    for one, other in zip(single, together, strict=True):
        assert kept(store, one) == kept(store, other)


def kept(store: Store, run: Run) -> object:
    """All that a run has."""
    now = store.get(run.id)
    return (
        (now.step, now.seconds, now.status),
        [values.tobytes() for values in store.curves(run.id)],
        store.state(run.id),
        store.checkpoint_steps(run.id),
    )


def test_a_slice_that_cannot_be_kept_keeps_no_other(store: Store) -> None:
    first, second = (store.create(CONFIG, 1) for _ in range(2))
    with pytest.raises(ValueError, match="after 0 known steps"):
        store.record_all({first.id: slice_of(0, 5), second.id: slice_of(5, 9)})
    assert store.get(first.id).step == 0
