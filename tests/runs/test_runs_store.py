"""The store's contract: nothing that was recorded is lost, doubled or mixed up."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.config import RunConfig, TrainingSettings
from explorer.errors import ExplorerError
from explorer.runs import store as store_module
from explorer.runs.records import Checkpoint, Command, Curves, Progress, Validation
from explorer.runs.store import Store, open_store

CONFIG = RunConfig(
    data="sine",
    model="lstm",
    data_settings={"noise": 0.1},
    model_settings={"hidden_size": 7},
    training=TrainingSettings(),
    seed=3,
)


def curve(first: int, length: int) -> Curves:
    """A curve in which every number says which step it belongs to."""
    steps = np.arange(first, first + length, dtype=np.float32)
    return Curves(steps, steps + 0.25, steps + 0.5, steps + 0.75)


def progress(first: int, length: int, **more: object) -> Progress:
    end = first + length
    return Progress(first, curve(first, length), end, float(end), **more)  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/runs.sqlite3")


def test_a_run_comes_back_as_it_was_created(store: Store) -> None:
    run = store.create(CONFIG, 4513)
    assert store.get(run.id) == run
    assert run.config == CONFIG
    assert (run.status, run.step, run.parameters) == ("training", 0, 4513)
    assert [r.id for r in store.active()] == [run.id]


def test_ids_cannot_be_guessed_from_each_other(store: Store) -> None:
    ids = {store.create(CONFIG, 1).id for _ in range(20)}
    assert len(ids) == 20
    assert min(map(len, ids)) >= 16


@given(
    cuts=st.lists(st.integers(0, 60), min_size=1, max_size=6),
    overlaps=st.lists(st.integers(0, 9), min_size=7, max_size=7),
)
@settings(max_examples=25, deadline=None)
def test_any_cut_with_any_overlap_reads_back_as_one_curve(
    cuts: list[int], overlaps: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("store")
    store = open_store(f"sqlite:///{folder}/runs.sqlite3")
    run = store.create(CONFIG, 1)
    known = 0
    for end, overlap in zip([*sorted(cuts), 60], overlaps, strict=False):
        first = max(0, known - overlap)
        store.record(run.id, progress(first, max(0, end - first)))
        known = max(known, end)
    for stored, expected in zip(store.curves(run.id), curve(0, known), strict=True):
        np.testing.assert_array_equal(stored, expected)
    since = store.curves(run.id, since=known // 2)
    np.testing.assert_array_equal(since.losses, curve(0, known).losses[known // 2 :])
    store.close()


def test_a_gap_is_a_bug_and_changes_nothing(store: Store) -> None:
    run = store.create(CONFIG, 1)
    store.record(run.id, progress(0, 5))
    with pytest.raises(ValueError, match="steps 5 to 7 are missing"):
        store.record(run.id, progress(7, 2))
    assert store.get(run.id).step == 5
    assert len(store.curves(run.id).losses) == 5


def test_a_slice_brings_everything_at_once(store: Store) -> None:
    run = store.create(CONFIG, 1)
    store.record(
        run.id,
        progress(
            0,
            11,
            validations=(Validation(0, 2.5, 0.0), Validation(11, 1.25, 0.5)),
            checkpoints=(Checkpoint(0, b"a"), Checkpoint(11, b"b")),
            commands=(Command(0, "learning_rate", 0.01),),
            state=b"now",
            status="paused",
        ),
    )
    assert store.get(run.id).status == "paused"
    assert store.validations(run.id) == [
        Validation(0, 2.5, 0.0),
        Validation(11, 1.25, 0.5),
    ]
    assert store.commands(run.id) == [Command(0, "learning_rate", 0.01)]
    assert store.checkpoint_steps(run.id) == [0, 11]
    assert store.checkpoint(run.id, 11).state == b"b"
    assert store.state(run.id) == Checkpoint(11, b"now")
    assert store.active() == []


def test_a_deleted_run_takes_no_more_slices(store: Store) -> None:
    run = store.create(CONFIG, 1)
    store.record(run.id, progress(0, 3, checkpoints=(Checkpoint(0, b"x"),)))
    store.delete(run.id)
    assert store.record(run.id, progress(3, 3)) is False
    with pytest.raises(ExplorerError, match="There is no run"):
        store.get(run.id)


@given(name=st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_an_unknown_id_gets_one_short_sentence(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('s')}/runs.sqlite3")
    with pytest.raises(
        ExplorerError, match=r"There is no run '[\s\S]{0,60}' here"
    ) as e:
        store.get(name)
    assert len(str(e.value)) < 160
    store.close()


def test_a_fork_begins_where_its_parent_was(store: Store) -> None:
    parent = store.create(CONFIG, 5)
    store.record(
        parent.id,
        progress(
            0,
            20,
            checkpoints=(Checkpoint(0, b"0"), Checkpoint(8, b"8")),
            validations=(Validation(4, 1.0, 0.1), Validation(16, 0.5, 0.4)),
        ),
    )
    fork = store.create(CONFIG, 5, parent=(parent.id, 8))
    assert (fork.step, fork.parent, fork.parent_step) == (8, parent.id, 8)
    np.testing.assert_array_equal(store.curves(fork.id).losses, curve(0, 8).losses)
    assert store.validations(fork.id) == [Validation(4, 1.0, 0.1)]
    assert store.state(fork.id) == Checkpoint(8, b"8")
    with pytest.raises(ExplorerError, match="the nearest is 8"):
        store.create(CONFIG, 5, parent=(parent.id, 9))


def test_checkpoints_are_thinned_evenly(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "CHECKPOINT_BYTES", 50)
    run = store.create(CONFIG, 1)
    for step in range(0, 170, 10):
        slice_ = progress(step, 10, checkpoints=(Checkpoint(step, b"x" * 10),))
        store.record(run.id, slice_)
    kept = store.checkpoint_steps(run.id)
    assert kept[0] == 0
    assert kept[-1] == 160
    assert len(kept) == 5
    assert max(np.diff(kept)) <= 90


def test_what_was_written_is_there_after_closing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/runs.sqlite3"
    first = open_store(url)
    run = first.create(CONFIG, 1)
    first.record(run.id, progress(0, 9))
    first.close()
    again = open_store(url)
    assert again.get(run.id).step == 9
    assert len(again.curves(run.id).losses) == 9


WRITER = """
import sys
from tests.runs.test_runs_store import CONFIG, progress
from explorer.runs.store import open_store
store = open_store(sys.argv[1])
run = store.create(CONFIG, 1)
print(run.id, flush=True)
step = 0
while True:
    store.record(run.id, progress(step, 3))
    step += 3
    print(step, flush=True)
"""


def test_a_killed_writer_loses_no_finished_slice(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/runs.sqlite3"
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env=environment,
    ) as child:
        assert child.stdout is not None
        run_id = child.stdout.readline().strip()
        told = 0
        while told < 90:
            told = int(child.stdout.readline())
        os.kill(child.pid, signal.SIGKILL)
    store = open_store(url)
    known = store.curves(run_id).losses
    assert len(known) >= told
    np.testing.assert_array_equal(known, curve(0, len(known)).losses)


def test_eight_threads_do_not_disturb_each_other(store: Store) -> None:
    runs = [store.create(CONFIG, 1).id for _ in range(8)]
    problems: list[BaseException] = []

    def work(run_id: str) -> None:
        try:
            for step in range(0, 60, 3):
                store.record(run_id, progress(step, 3, state=b"s"))
                store.curves(run_id)
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(run_id,)) for run_id in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    for run_id in runs:
        np.testing.assert_array_equal(store.curves(run_id).losses, curve(0, 60).losses)


def test_a_long_curve_of_many_slices_reads_fast(store: Store) -> None:
    run = store.create(CONFIG, 1)
    for step in range(0, 20000, 40):
        store.record(run.id, progress(step, 40))
    began = time.perf_counter()
    assert len(store.curves(run.id).losses) == 20000
    assert time.perf_counter() - began < 1.0


@pytest.mark.parametrize(
    "url", ["nonsense", "sqlite:////no/such/folder/x.sqlite3", "what://is/this", "://"]
)
def test_a_bad_database_address_gets_one_sentence(url: str) -> None:
    with pytest.raises(ExplorerError, match="EXPLORER_DATABASE must be"):
        open_store(url)


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/runs.sqlite3"
    store = open_store(url)
    with store._engine.begin() as connection:
        connection.execute(store_module._meta.update().values(schema_version=99))
    store.close()
    with pytest.raises(ExplorerError, match="version 99"):
        open_store(url)
