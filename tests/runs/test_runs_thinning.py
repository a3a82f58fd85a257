"""Old runs keep few moments: which runs, which moments, and nothing else is lost."""

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.config.run import RunConfig
from explorer.errors import ExplorerError
from explorer.runs import schema
from explorer.runs.packing import (
    has_memory,
    packed_curves,
    packed_measures,
    packed_state,
    weights_alone,
)
from explorer.runs.records import Checkpoint, Command, Curves, Run, Validation
from explorer.runs.store import Store, open_store
from explorer.runs.thinning import ROWS, RULE
from tests.runs.slices import CONFIG, curve, everything, same, slice_of

ROOT = Path(__file__).parents[2]
KEPT = 0, 1, 2, 4, 8, 16, 24, 32, 37
"""Steps at which the runs of these tests keep their state; the last is their end."""


def state(step: int, weights: int = 30) -> bytes:
    """Weights that cannot be packed much, and twice as much memory."""
    drawn = np.random.default_rng(step).integers(0, 2**32, 3 * weights, np.uint32)
    parts = np.split(drawn.view(np.float32), 3)
    names = "model.w", "optimizer.0.0.first", "optimizer.0.0.second"
    facts = {"facts": f'{{"step": {step}}}'}
    return safetensors.numpy.save(dict(zip(names, parts, strict=True)), metadata=facts)


MEASURES = {k: {"mae": k / 7, "r2": -k / 3} for k in KEPT}


def beside(curves: Curves, measures: dict[int, dict[str, float]]) -> int:
    """Bytes that a run takes besides its states."""
    packed = packed_curves(np.stack(curves)), packed_measures(measures)
    return (
        ROWS + sum(map(len, packed)) - (0 if any(measures.values()) else len(packed[1]))
    )


def growing(step: int) -> bytes:
    """A state that takes the more the later it is."""
    return state(step, 10 + step // 2)


def finished(store: Store, owner: str = "", best: int = 24, **more: Any) -> Run:
    """A run that has ended, in two chunks, with what a run has."""
    run = store.create(CONFIG, 1, owner=owner)
    kept = tuple(Checkpoint(k, state(k)) for k in KEPT)
    seen = tuple(Validation(k, 1.0 + abs(k - best), k / 10, MEASURES[k]) for k in KEPT)
    store.record(run.id, slice_of(0, 20, checkpoints=kept[:6], validations=seen[:6]))
    last = {"checkpoints": kept[6:], "validations": seen[6:], "state": state(37)}
    last |= {"commands": (Command(20, "learning_rate", 0.5),), "status": "finished"}
    store.record(run.id, slice_of(20, 37, **(last | more)))
    return store.get(run.id)


def due(store: Store, owner: str, whole: int) -> list[str]:
    """Whose turn it is among one person's runs; tests share a database."""
    mine = {run.id for run in store.shelf.of(owner)}
    return [run_id for run_id in store.thinning.due(whole, 10_000) if run_id in mine]


def test_an_old_run_keeps_its_curves_its_end_and_some_moments(store: Store) -> None:
    run = finished(store)
    validations, commands = store.validations(run.id), store.commands(run.id)
    size = store.shelf.sizes("")[run.id]
    assert store.thinning.thin(run.id, beside(curve(0, 37), MEASURES) + 2600)
    thinned = store.get(run.id)
    assert thinned == replace(run, thinned=True)
    assert same(store.curves(run.id), curve(0, 37))
    assert same(store.curves(run.id, 19), curve(19, 37))
    assert store.validations(run.id) == validations
    assert store.commands(run.id) == commands
    assert store.state(run.id) == Checkpoint(37, state(37))
    steps = store.checkpoint_steps(run.id)
    assert {0, 24, 37} < set(steps) < set(KEPT)
    for step in steps[:-1]:
        assert store.checkpoint(run.id, step).state == weights_alone(state(step))
    assert store.checkpoint(run.id, 37).state == state(37)
    assert store.best_state(run.id) == store.checkpoint(run.id, 24)
    assert store.shelf.sizes("")[run.id] < size / 3


def test_without_room_the_end_keeps_its_weights_alone(store: Store) -> None:
    runs = [finished(store) for _ in range(2)]
    alone = [packed_state(weights_alone(state(k))) for k in (0, 24, 37)]
    fits = beside(curve(0, 37), MEASURES) + sum(map(len, alone[:2]))
    fits += len(packed_state(state(37)))
    for run, most in zip(runs, (fits, fits - 1), strict=True):
        assert store.thinning.thin(run.id, most)
        assert store.checkpoint_steps(run.id) == [0, 24, 37]
    ends = [store.state(run.id) for run in runs]
    assert ends == [Checkpoint(37, state(37)), Checkpoint(37, weights_alone(state(37)))]
    assert [has_memory(end.state) for end in ends if end] == [True, False]


def test_a_first_moment_that_a_seed_makes_is_kept_as_its_facts(store: Store) -> None:
    run, asked = finished(store), []

    def seeded(config: RunConfig, first: bytes) -> bytes:
        asked.append((config, first))
        return b"made by a seed"

    assert store.thinning.thin(run.id, 1, seeded)
    assert asked == [(CONFIG, weights_alone(state(0)))]
    assert store.checkpoint(run.id, 0) == Checkpoint(0, b"made by a seed")
    other = finished(store)
    assert store.thinning.thin(other.id, 1, lambda _config, _state: None)
    assert store.checkpoint(other.id, 0).state == weights_alone(state(0))


@pytest.mark.parametrize("best", [0, 37])
def test_a_first_moment_that_is_the_best_or_the_end_is_kept(
    store: Store, best: int
) -> None:
    run = store.create(CONFIG, 1)
    kept = (Checkpoint(0, state(0)), *[Checkpoint(k, state(k)) for k in [best] if best])
    seen = (Validation(0, 1.0 + best, 0.0), Validation(best, 1.0, 1.0))[: len(kept)]
    end = state(best) if best else state(0)
    record = slice_of(0, best, checkpoints=kept, validations=seen, state=end)
    store.record(run.id, replace(record, status="stopped"))
    assert store.thinning.thin(run.id, 1, lambda _config, _state: b"facts")
    first = b"facts" if best else weights_alone(state(0))
    assert store.checkpoint(run.id, 0).state == first
    assert store.checkpoint(run.id, best).state == weights_alone(state(best))


def test_where_nobody_says_what_a_seed_makes_a_run_stays_whole(store: Store) -> None:
    run = finished(store)
    before = everything(store, run.id)

    def nobody(_config: RunConfig, _state: bytes) -> bytes:
        raise ExplorerError("no worker")

    with pytest.raises(ExplorerError, match="no worker"):
        store.thinning.thin(run.id, 1, nobody)
    assert everything(store, run.id) == before


def test_measures_that_come_again_or_lack_names_are_told_apart(store: Store) -> None:
    run = store.create(CONFIG, 1)
    measures = [{}, {"mae": float("nan")}, {"mae": 0.1, "r2": 1 / 3}, {"r2": 1e-300}]
    seen = tuple(Validation(k, float(k), 0.0, each) for k, each in enumerate(measures))
    store.record(run.id, slice_of(0, 4, validations=seen, status="finished"))
    before = repr(store.validations(run.id))
    assert store.thinning.thin(run.id, 1)
    assert repr(store.validations(run.id)) == before
    again = Validation(2, 5.0, 1.0, {"mae": 0.2})
    store.record(run.id, slice_of(2, 4, validations=(again,)))
    assert store.validations(run.id)[2] == again
    assert repr(store.validations(run.id)[1]) == repr(seen[1])


def test_what_an_earlier_rule_thinned_has_its_turn_again(store: Store) -> None:
    """It kept the end whole, and the measures beside their losses."""
    run = finished(store, "eve")
    numbers = store.validations(run.id), store.commands(run.id)
    assert store.thinning.thin(run.id, 10**6)
    with store._writer.begin() as connection:
        connection.execute(schema.runs.update().values(rule=RULE - 1))
    assert store.get(run.id).thinned
    assert due(store, "eve", 0) == [run.id]
    assert store.thinning.thin(run.id, 1)
    assert due(store, "eve", 0) == []
    assert (store.validations(run.id), store.commands(run.id)) == numbers
    assert same(store.curves(run.id), curve(0, 37))
    assert store.checkpoint_steps(run.id) == [0, 24, 37]
    assert store.state(run.id) == Checkpoint(37, weights_alone(state(37)))


def test_it_is_thinned_once(store: Store) -> None:
    run = finished(store)
    assert store.thinning.thin(run.id, 20_000)
    before = everything(store, run.id)
    assert not store.thinning.thin(run.id, 1)
    assert everything(store, run.id) == before
    assert run.id not in store.thinning.due(0, 10_000)


def test_a_fork_takes_over_what_a_thinned_moment_has(store: Store) -> None:
    run = finished(store)
    store.thinning.thin(run.id, 1)
    fork = store.create(CONFIG, 1, parent=(run.id, 24))
    assert store.state(fork.id) == Checkpoint(24, weights_alone(state(24)))
    assert same(store.curves(fork.id), curve(0, 24))
    assert not fork.thinned
    last = store.create(CONFIG, 1, parent=(run.id, None))
    assert store.state(last.id) == Checkpoint(37, weights_alone(state(37)))
    assert same(store.curves(last.id), curve(0, 37))
    assert store.validations(last.id) == store.validations(run.id)


def test_steps_that_are_trained_again_meet_a_packed_curve(store: Store) -> None:
    run = finished(store)
    store.thinning.thin(run.id, 1)
    store.record(run.id, slice_of(30, 37, status="finished"))
    assert same(store.curves(run.id), curve(0, 37))
    assert store.state(run.id) == Checkpoint(37, b"state 37")


def test_the_newest_stay_whole_until_they_take_so_much(store: Store) -> None:
    runs = [finished(store, "ann") for _ in range(5)]
    size = store.shelf.sizes("ann")[runs[0].id]
    oldest_first = [run.id for run in runs]
    assert due(store, "ann", 5 * size) == []
    assert due(store, "ann", 5 * size - 1) == oldest_first[:1]
    assert due(store, "ann", 2 * size) == oldest_first[:3]
    assert due(store, "ann", 0) == oldest_first
    finished(store, "bob")  # nobody else's count
    assert due(store, "ann", 5 * size) == []
    store.thinning.thin(oldest_first[0], 1)
    assert due(store, "ann", 2 * size) == oldest_first[1:3]


def test_live_pinned_and_deleted_runs_are_left_alone(store: Store) -> None:
    pinned, deleted = finished(store, "cat"), finished(store, "cat")
    live = finished(store, "cat", status="training")
    paused = finished(store, "cat", status="paused")
    store.shelf.describe(pinned.id, "", (), pinned=True)
    store.shelf.throw_away(deleted.id)
    left = [pinned.id, live.id, paused.id]
    before = [everything(store, run_id) for run_id in left]
    assert store.thinning.due(0, 10_000).count(deleted.id) == 0
    assert due(store, "cat", 0) == []
    assert not any(store.thinning.thin(run_id, 1) for run_id in [*left, deleted.id])
    assert [everything(store, run_id) for run_id in left] == before
    size = store.shelf.sizes("cat")[pinned.id]
    ended, newest = finished(store, "cat"), finished(store, "cat")
    assert due(store, "cat", size) == [ended.id]
    store.shelf.describe(newest.id, "", (), pinned=True)
    assert due(store, "cat", size) == []  # what is pinned takes no room
    assert due(store, "cat", size - 1) == [ended.id]


def test_a_run_that_changes_while_it_is_packed_is_left_alone(store: Store) -> None:
    run = finished(store)

    def slow(_config: RunConfig, _state: bytes) -> None:
        store.shelf.describe(run.id, "mine", (), pinned=True)

    assert not store.thinning.thin(run.id, 1, slow)
    assert len(store.checkpoint_steps(run.id)) == len(KEPT)


def test_a_run_without_states_is_packed_too(store: Store) -> None:
    run = store.create(CONFIG, 1)
    store.record(run.id, slice_of(0, 9, state=None, status="stopped"))
    assert store.thinning.thin(run.id, 1)
    assert same(store.curves(run.id), curve(0, 9))
    assert store.checkpoint_steps(run.id) == []
    never = store.create(CONFIG, 1, "stopped")
    assert store.thinning.thin(never.id, 1)
    assert len(store.curves(never.id).losses) == 0


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.sets(st.integers(0, 500), min_size=1, max_size=12),
    best=st.integers(0, 500),
    most=st.integers(ROWS, ROWS + 15_000),
    ends=st.booleans(),
)
def test_first_best_and_last_stay_and_the_bound_holds(
    store: Store, steps: set[int], best: int, most: int, ends: bool
) -> None:
    run, end = store.create(CONFIG, 1, owner="dot"), max(steps)
    store.record(
        run.id,
        slice_of(
            0,
            end,
            checkpoints=tuple(Checkpoint(k, growing(k)) for k in sorted(steps)),
            validations=tuple(Validation(k, abs(k - best), 0.0) for k in steps),
            state=growing(end) if ends else None,
            status="finished",
        ),
    )
    lowest = min(sorted(steps), key=lambda k: abs(k - best))
    assert store.thinning.thin(run.id, most)
    stay = store.checkpoint_steps(run.id)
    assert {min(steps), lowest, end} <= set(stay) <= steps
    taken, whole = beside(curve(0, end), {}), growing(end)
    ends = store.checkpoint(run.id, end).state
    assert ends in (whole, weights_alone(whole))
    for step in stay:
        expected = ends if step == end else weights_alone(growing(step))
        assert store.checkpoint(run.id, step).state == expected
        taken += len(packed_state(expected))
    fixed = set(stay) == {min(steps), lowest, end} and ends != whole
    assert fixed or taken <= most
    more = len(packed_state(whole)) - len(packed_state(ends))
    assert taken + more > most or ends == whole


THIN = """
import sys
from explorer.runs.store import open_store
store = open_store(sys.argv[1])
for run_id in store.thinning.due(0):
    print(store.thinning.thin(run_id, 1), flush=True)
"""


def test_one_who_is_killed_leaves_each_run_whole_or_thinned(
    fresh: Callable[[], str],
) -> None:
    store = open_store(address := fresh())
    runs = [finished(store).id for _ in range(12)]
    command = [sys.executable, "-c", THIN, address]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as thinning:
        assert thinning.stdout is not None
        for _ in range(3):
            assert thinning.stdout.readline() == b"True\n"
        thinning.send_signal(signal.SIGKILL)
    thinned = [store.get(run_id).thinned for run_id in runs]
    assert thinned.count(True) >= 3
    for run_id, few in zip(runs, thinned, strict=True):
        assert same(store.curves(run_id), curve(0, 37))
        assert store.checkpoint_steps(run_id) == ([0, 24, 37] if few else list(KEPT))
        end = weights_alone(state(37)) if few else state(37)
        assert store.state(run_id) == Checkpoint(37, end)
        assert [v.measures for v in store.validations(run_id)] == [*MEASURES.values()]
    left = store.thinning.due(0)
    assert left == [r for r, few in zip(runs, thinned, strict=True) if not few]
    store.close()


def test_what_was_thinned_leaves_the_disk(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/runs.sqlite3")
    heavy = tuple(Checkpoint(k, state(k, 5000)) for k in KEPT)
    for _ in range(6):
        run = finished(store, checkpoints=heavy, state=state(37, 5000))
    store.room.give_back()
    before = (tmp_path / "runs.sqlite3").stat().st_size
    for run_id in store.thinning.due(0):
        store.thinning.thin(run_id, 1)
    store.room.give_back()
    assert (tmp_path / "runs.sqlite3").stat().st_size < before / 3
    assert store.state(run.id) == Checkpoint(37, weights_alone(state(37, 5000)))
    store.close()
