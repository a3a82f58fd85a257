"""Sweeps beside live runs, and what a kill leaves of them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from explorer.catalog import choosing
from explorer.engine.service import Engine
from explorer.engine.visitor import Visitor
from explorer.errors import ExplorerError
from explorer.runs.records import Run
from explorer.runs.store import open_store
from explorer.sweeping.plan import Plan, SweepSettings
from explorer.sweeping.space import read_range
from explorer.sweeping.study import rungs
from tests.engine.elsewhere import ROOT
from tests.engine.test_engine_runs import same_as_uncut, wait

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def plan(trials: int = 6, steps: int = 200, **said: object) -> Plan:
    settings = {"model.hidden_size": 8, "training.steps": steps, "data.window": 16}
    base = choosing.make_config("sine", "rnn", settings)
    texts = ("training.learning_rate=0.001:0.1", "model.hidden_size=4:16")
    space = tuple(read_range(base, text) for text in texts)
    return Plan(base, space, SweepSettings.read({"trials": trials} | said))


HOST = """
import time
from explorer.engine.service import Engine
from tests.engine.test_engine_sweeps import plan

if __name__ == "__main__":
    engine = Engine()
    group = engine.sweeps.start(plan(trials=6, steps=300), "ann", {})
    def standing():
        trials = engine.sweeps.trials(group.id)
        going = [t for t in trials if t.state == "training" and t.steps > 60]
        return going
    while not standing():
        time.sleep(0.02)
    print(group.id, flush=True)
    time.sleep(600)
"""


def killed_in_the_middle(folder: Path) -> str:
    """The id of a sweep whose server was killed while trials were under way."""
    host = folder / "host.py"
    host.write_text(HOST)
    more = {"EXPLORER_DATA": str(folder), "EXPLORER_WORKERS": "2"}
    with subprocess.Popen(
        [sys.executable, str(host)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **more, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    ) as child:
        assert child.stdout is not None
        group_id = child.stdout.readline().strip()
        os.kill(child.pid, signal.SIGKILL)
    assert group_id
    return group_id


@pytest.mark.slow
def test_a_killed_server_goes_on_with_its_sweep_and_its_trials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    group_id = killed_in_the_middle(tmp_path)
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    monkeypatch.setenv("EXPLORER_WORKERS", "2")
    before = open_store()
    started = {run.id: run.step for run in before.shelf.of_group(group_id)}
    assert before.groups.get(group_id).facts["status"] == "running"
    before.close()
    engine = Engine()
    try:
        wait(lambda: engine.ready, 300)
        ann, bob = Visitor(engine, "ann"), Visitor(engine, "bob")
        with pytest.raises(ExplorerError, match="1 sweeps running at one time"):
            ann.sweeps.start(plan())
        for told in (bob.sweeps.stop, bob.sweeps.go_on, bob.sweeps.delete):
            with pytest.raises(ExplorerError, match="is another's"):
                told(group_id)
        ann.sweeps.stop(group_id)
        assert _status(engine, group_id) == "stopped"
        wait(
            lambda: "training" not in {run.status for run in _runs(engine, group_id)},
            120,
        )
        ann.sweeps.go_on(group_id)
        wait(lambda: _status(engine, group_id) == "finished", 300)
        trials = engine.sweeps.trials(group_id)
        assert len(trials) == 6
        assert {t.state for t in trials} <= {"finished", "pruned"}
        runs = {run.id: run for run in _runs(engine, group_id)}
        assert set(started) <= set(runs)
        assert len(runs) == 6  # what was under way went on, and was not begun anew
        for trial in trials:
            run = runs[trial.runs[0]]
            assert run.status == ("stopped" if trial.state == "pruned" else "finished")
            every = rungs(300)
            assert trial.state == "finished" or run.step % every == 0
        interrupted = [runs[i] for i, step in started.items() if 0 < step < 300]
        assert interrupted
        whole = [run for run in interrupted if run.status == "finished"]
        for run in whole[:1]:
            same_as_uncut(engine.store, run)
        ann.sweeps.delete(group_id)
        assert _runs(engine, group_id) == []
        with pytest.raises(ExplorerError, match="There is nothing under the id"):
            engine.sweeps.trials(group_id)
        _a_sweep_by_folds_and_one_that_is_too_large(engine)
    finally:
        engine.close()


def _a_sweep_by_folds_and_one_that_is_too_large(engine: Engine) -> None:
    folds = engine.sweeps.start(plan(2, 30, folds=2), "ann", {})
    large = engine.sweeps.start(plan(2, 30), "bob", {"most_parameters": 10})
    full = engine.sweeps.start(plan(2, 30), "cy", {"most_bytes": 0})
    for group in (folds, large):
        wait(lambda group=group: _status(engine, group.id) == "finished")  # type: ignore[misc]
    for trial in engine.sweeps.trials(folds.id):
        assert len(trial.runs) == 2
        both = [engine.store.validations(run_id) for run_id in trial.runs]
        assert [engine.store.get(r).config.fold for r in trial.runs] == ["1/2", "2/2"]
        for step, loss in trial.measured.items():
            each = [v.loss for known in both for v in known if v.step == step]
            np.testing.assert_allclose(loss, np.mean(each))
    assert {t.state for t in engine.sweeps.trials(large.id)} == {"failed"}
    assert _status(engine, full.id) == "stopped"
    why = engine.store.groups.get(full.id).facts["why"]
    assert "room on this server is full" in why["template"]


def _status(engine: Engine, group_id: str) -> str:
    return str(engine.store.groups.get(group_id).facts["status"])


def _runs(engine: Engine, group_id: str) -> list[Run]:
    return engine.store.shelf.of_group(group_id)
