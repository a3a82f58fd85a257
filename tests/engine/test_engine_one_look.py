"""Looks leave the workers time to train, however many ask for them."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from explorer.catalog import choosing
from explorer.engine import looks as looks_module
from explorer.engine.asking import Asker
from explorer.engine.jobs import Looked, Wanted
from explorer.engine.looks import Looks
from explorer.runs.records import Checkpoint, Curves, Progress, View
from explorer.runs.store import open_store


class Counting:
    """An asker that notes how many ask at one time, and says what each look took."""

    def __init__(self, seconds: float = 0.02) -> None:
        self.seconds = seconds
        self.lock, self.inside, self.most, self.all = threading.Lock(), 0, 0, 0

    def ask(self, _f: Any, _c: Any, _state: bytes, wanted: Sequence[Wanted]) -> Any:
        with self.lock:
            self.inside, self.all = self.inside + 1, self.all + 1
            self.most = max(self.most, self.inside)
        time.sleep(0.02)
        with self.lock:
            self.inside -= 1
        return Looked([View(want.view, 0) for want in wanted], self.seconds)


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_no_more_looks_are_under_way_than_workers(tmp_path: Path, workers: int) -> None:
    store, asker = open_store(f"sqlite:///{tmp_path}/runs.sqlite3"), Counting()
    looks = Looks(store, cast(Asker, asker), lambda: workers)
    run = store.create(choosing.make_config(), 1)
    kept = (Checkpoint(0, b"zero"),)
    store.record(run.id, Progress(0, Curves.empty(), 0, 0.0, checkpoints=kept))

    def look(number: int) -> None:
        looks.at(run.id, 0, (Wanted(f"view {number}"),))

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(look, range(12)))
    assert asker.all == 12
    assert asker.most == max(1, workers)
    looks.close()
    store.close()


@pytest.mark.parametrize("trains", [True, False])
def test_what_trains_is_left_time_by_all_who_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trains: bool
) -> None:
    now, waited = [5.0], list[float]()

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        now[0] += seconds

    clock = SimpleNamespace(monotonic=lambda: now[0], sleep=sleep)
    monkeypatch.setattr(looks_module, "time", clock)
    monkeypatch.setattr(looks_module, "SHARE", 0.25)
    monkeypatch.setattr(looks_module, "AT_ONCE", 2.0)
    store, asker = open_store(f"sqlite:///{tmp_path}/runs.sqlite3"), Counting(3.0)
    looks = Looks(store, cast(Asker, asker), lambda: 2, lambda: trains)
    run = store.create(choosing.make_config(), 1)
    kept = (Checkpoint(0, b"zero"),)
    store.record(run.id, Progress(0, Curves.empty(), 0, 0.0, checkpoints=kept))

    def look(number: int) -> None:
        looks.at(run.id, 0, (Wanted(f"view {number}"),))

    for number in (*range(5), 4, 3):  # what is ready waits for nothing
        look(number)
    # Each takes 1.5 seconds of both workers, and a second gives a quarter back.
    assert waited == ([0.0, 0.0, 4.0, 6.0, 6.0] if trains else 5 * [0.0])
    now[0] += 60.0
    look(5)
    look(6)
    look(7)
    assert waited[-3:] == ([0.0, 0.0, 4.0] if trains else 3 * [0.0])
    looks.close()
    store.close()


def test_what_is_kept_ready_has_a_bound_in_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks_module, "MOST_BYTES", 100)
    store, asker = open_store(f"sqlite:///{tmp_path}/runs.sqlite3"), Counting()
    looks = Looks(store, cast(Asker, asker), lambda: 1)

    def keep(view: str, size: int) -> list[str]:
        arrays = {"a": np.zeros(size, np.uint8)}
        looks.keep("run", 0, Wanted(view), View(view, 0, arrays))
        return [kept.view for _run, _step, kept in looks._views]

    assert keep("a", 60) == ["a"]
    assert keep("a", 70) == ["a"]
    assert keep("b", 30) == ["a", "b"]
    assert keep("c", 1) == ["b", "c"]
    assert keep("d", 101) == []
    looks.close()
    store.close()
