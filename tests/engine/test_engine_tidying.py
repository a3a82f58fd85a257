"""Old runs are thinned behind what trains, as far as the limits say."""

import time
from pathlib import Path

import pytest

from explorer.engine import tidying
from explorer.engine.limits import LIMITS
from explorer.engine.tidying import Tidying
from explorer.runs.records import Checkpoint
from explorer.runs.store import Store, open_store
from tests.runs.slices import CONFIG, slice_of


def runs_of_a_megabyte(store: Store, count: int) -> list[str]:
    """So many runs that ended, oldest first."""
    kept = tuple(Checkpoint(k, bytes(250_000)) for k in (1, 2, 4, 8))
    made = [store.create(CONFIG, 1).id for _ in range(count)]
    for run_id in made:
        store.record(run_id, slice_of(0, 8, checkpoints=kept, status="finished"))
    return made


@pytest.mark.parametrize(("whole", "left"), [("2", 2), ("100", 5)])
def test_runs_beyond_the_limit_are_thinned_and_told_of(
    whole: str, left: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LIMITS, f"whole_megabytes={whole},old_run_kilobytes=0")
    monkeypatch.setattr(tidying, "BREATH", 0.0)
    monkeypatch.setattr(tidying, "EVERY", 0.01)
    store, told = open_store(f"sqlite:///{tmp_path}/runs.sqlite3"), list[str]()
    made = runs_of_a_megabyte(store, 5)
    thread = Tidying(store, told.append)
    deadline = time.monotonic() + 30
    while len(told) < 5 - left and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.1)  # in which it looks again
    thread.close()
    assert told == made[: 5 - left]
    assert [store.get(run_id).thinned for run_id in made] == [
        run_id in told for run_id in made
    ]
    store.close()
