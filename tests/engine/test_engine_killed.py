"""A server that is killed, and started again: its runs go on by themselves."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from explorer.engine.service import Engine
from explorer.runs.commands import STOP
from explorer.runs.store import open_store
from explorer.training.trainer import Budget, advance
from tests.engine.elsewhere import ROOT
from tests.engine.test_engine_runs import pytestmark, same_as_uncut, until_ended

__all__ = ["pytestmark"]

HOST = """
import sys, time
from explorer.engine import welcoming
from explorer.engine.service import Engine
from tests.engine.test_engine_runs import small

if __name__ == "__main__":
    welcoming.to_warm_up = list
    engine = Engine()
    for seed in range(3 - engine.resumed):
        engine.start(small(seed, steps=int(sys.argv[1])))
    before = {run.id: run.step for run in engine.store.runs()}
    while any(engine.store.get(run).step < step + 60 for run, step in before.items()):
        time.sleep(0.02)
    print(*before, flush=True)
    time.sleep(600)
"""
"""Three runs, of this server or of the one before, and word when all have got on."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "host.py").write_text(HOST)
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    monkeypatch.setenv("EXPLORER_WORKERS", "1")
    monkeypatch.delenv("EXPLORER_SCHEDULER", raising=False)
    return tmp_path


@contextmanager
def server(folder: Path, steps: int) -> Iterator[list[str]]:
    """One that trains three runs of so many steps, until it is killed."""
    with subprocess.Popen(
        [sys.executable, str(folder / "host.py"), str(steps)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    ) as child:
        assert child.stdout is not None
        try:
            yield child.stdout.readline().split()
        finally:
            os.kill(child.pid, signal.SIGKILL)


def test_a_killed_server_goes_on_by_itself(folder: Path) -> None:
    with server(folder, 900) as ids:
        assert len(ids) == 3
    before = open_store()
    shown = {run_id: before.curves(run_id) for run_id in ids}
    assert all(before.get(run_id).status == "training" for run_id in ids)
    before.close()
    engine = Engine()
    try:
        assert engine.resumed == 3
        for run_id in ids:
            run = until_ended(engine, engine.store.get(run_id))
            assert run.status == "finished"
            same_as_uncut(engine.store, run)
            now = engine.store.curves(run_id).losses[: len(shown[run_id].losses)]
            np.testing.assert_array_equal(now, shown[run_id].losses)
    finally:
        engine.close()


@pytest.mark.slow
def test_a_server_that_is_killed_twelve_times_loses_no_step(folder: Path) -> None:
    moments, known = random.Random(7), []
    for _time in range(12):
        with server(folder, 20_000) as ids:
            known.append(sorted(ids))
            time.sleep(moments.uniform(0, 0.5))
    assert len(known[0]) == 3
    assert known == 12 * [known[0]]
    engine = Engine()
    try:
        assert engine.resumed == 3
        for run_id in known[0]:
            engine.send(run_id, STOP())
            run = until_ended(engine, engine.store.get(run_id))
            assert run.status == "stopped"
            assert run.step >= 12 * 60
            _state, uncut = advance(run.config, None, Budget(steps=run.step))
            kept = engine.store.curves(run_id)
            np.testing.assert_array_equal(kept.losses, uncut.curves.losses)
    finally:
        engine.close()
