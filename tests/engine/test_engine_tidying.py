"""Old runs are thinned behind what trains, as far as the limits say."""

import time
from pathlib import Path

import pytest

from explorer.config.run import RunConfig
from explorer.engine import tidying
from explorer.engine.asking import CHECK_PRIORITY
from explorer.engine.limits import LIMITS
from explorer.engine.tidying import Tidying, asking_workers
from explorer.engine.worker import facts_of_first
from explorer.errors import ExplorerError
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
    thread = Tidying(store, told.append, lambda _config, _state: None)
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


def test_a_run_waits_until_a_worker_says_what_its_seed_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LIMITS, "whole_megabytes=0,old_run_kilobytes=0")
    monkeypatch.setattr(tidying, "BREATH", 0.0)
    monkeypatch.setattr(tidying, "EVERY", 0.01)
    store, told = open_store(f"sqlite:///{tmp_path}/runs.sqlite3"), list[str]()
    run, asked = store.create(CONFIG, 1), list[RunConfig]()
    kept = tuple(Checkpoint(k, b"state") for k in (0, 8))
    store.record(run.id, slice_of(0, 8, checkpoints=kept, status="finished"))

    def seeded(config: RunConfig, _state: bytes) -> bytes:
        asked.append(config)
        if len(asked) < 3:
            raise ExplorerError("no worker")
        return b"facts"

    thread = Tidying(store, told.append, seeded)
    deadline = time.monotonic() + 30
    while not told and time.monotonic() < deadline:
        time.sleep(0.01)
    thread.close()
    assert (told, asked) == ([run.id], [CONFIG] * 3)
    assert store.checkpoint(run.id, 0) == Checkpoint(0, b"facts")
    store.close()


def test_workers_are_asked_behind_live_runs_and_never_without_the_data(
    tmp_path: Path,
) -> None:
    store, asked = open_store(f"sqlite:///{tmp_path}/runs.sqlite3"), list[object]()

    class Asker:
        def ask(self, *question: object, priority: int) -> bytes:
            asked.append((*question, priority))
            return b"facts"

    seeded = asking_workers(store, Asker())  # type: ignore[arg-type]
    own = CONFIG.model_copy(update={"data_settings": {"digest": "a" * 64}})
    assert seeded(own, b"state") is None
    assert not asked
    assert seeded(CONFIG, b"state") == b"facts"
    assert asked == [(facts_of_first, (CONFIG,), b"state", CHECK_PRIORITY)]
    store.close()
