"""The contract of the store: what was recorded is there, once, in order, for good.

Every test runs on SQLite and on a PostgreSQL that was started for it; those on
PostgreSQL are skipped where there is none and none can be installed.
"""

import math
import re
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.exc import IntegrityError

from explorer.errors import ExplorerError, Words
from explorer.runs import schema
from explorer.runs.records import (
    ENDED,
    Checkpoint,
    Command,
    Curves,
    Run,
    Status,
    Validation,
)
from explorer.runs.store import Store
from tests.runs.slices import CONFIG, curve, everything, same, slice_of

pytestmark = pytest.mark.quick

# Runs


def test_a_new_run_is_as_it_was_made(store: Store) -> None:
    before = datetime.now(UTC)
    run = store.create(CONFIG, 4513, status="paused")
    assert (run.config, run.parameters, run.status) == (CONFIG, 4513, "paused")
    assert (run.step, run.seconds, run.message) == (0, 0.0, None)
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
    paused = store.set_status(run.id, "paused", Words("Waiting."), Command(5, "pause"))
    assert (paused.status, paused.message) == ("paused", Words("Waiting."))
    assert store.get(run.id) == paused
    assert store.set_status(run.id, "training").message is None
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
@settings(max_examples=60)
def test_unknown_and_malformed_ids_get_one_sentence(store: Store, run_id: str) -> None:
    for ask in (
        store.get,
        lambda i: store.set_status(i, "paused"),
        lambda i: store.create(CONFIG, 1, parent=(i, 0)),
        lambda i: store.checkpoint(i, 0),
    ):
        with pytest.raises(ExplorerError) as caught:
            ask(run_id)
        before, shown, after = str(caught.value).split("'")
        assert before == "There is no run "
        assert after == " here. Check the link, or start a new run."
        assert len(shown) == min(60, len(run_id))
        assert re.fullmatch("[A-Za-z0-9_?-]*", shown)
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
        message=Words("Going well."),
    )
    assert store.record(run.id, progress) is True
    assert everything(store, run.id) == (
        replace(run, step=5, seconds=0.5, message=Words("Going well.")),
        [line.tolist() for line in curve(0, 5)],
        [Validation(0, 1.5, 0.0), Validation(5, 0.25, 0.5)],
        [Command(0, "learning_rate", 0.02)],
        Checkpoint(5, b"state 5"),
        [Checkpoint(0, b"zero"), Checkpoint(2, b"two")],
    )


def test_curves_are_exact_read_only_float32(store: Store, run: Run) -> None:
    numbers = np.random.default_rng(3).standard_normal((6, 13)).astype(np.float32)
    numbers[:, 3] = np.nan, np.inf, -np.inf, np.finfo(np.float32).tiny, -0.0, 1.0
    store.record(run.id, slice_of(0, 13, curves=Curves(*numbers)))
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
    store.record(run.id, slice_of(5, 7, status=status, message=Words("The end.")))
    store.record(run.id, slice_of(0, 5))
    ended = store.get(run.id)
    assert (ended.status, ended.message, ended.step) == (status, Words("The end."), 7)


@given(st.data())
@settings(max_examples=40)
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
        message=Words("A sample."),
    )
    parts = (
        curve(0, 11),
        [Validation(0, 1.0, 0.0), Validation(11, 0.5, 1.1)],
        [Command(3, "learning_rate", 0.1)],
        [Checkpoint(7, b"seven"), Checkpoint(0, b"zero")],
    )
    for _ in range(2):  # the second time it takes the place of the first
        store.import_runs([(shipped, *parts)])
        assert store.get(shipped.id) == shipped
        assert same(store.curves(shipped.id), parts[0])
        assert store.validations(shipped.id) == parts[1]
        assert store.commands(shipped.id) == parts[2]
        assert store.checkpoint_steps(shipped.id) == [0, 7]
        assert store.state(shipped.id) == Checkpoint(7, b"seven")
    with pytest.raises(ValueError, match="malformed run id"):
        store.import_runs([(replace(shipped, id="no good"), *parts)])
