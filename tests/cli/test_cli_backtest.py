"""A backtest on the command line: the very numbers of the page."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from explorer.__main__ import main
from explorer.inspection.base import Request, Subject, look
from explorer.runs.records import Simple, SimpleMethod
from explorer.runs.store import open_store
from explorer.training.trainer import Trainer


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def trained(*words: str) -> str:
    made = call("train", "--model", "gru", "--steps", "5", *words, "--json")
    return str(json.loads(made.stdout)["run"])


def test_a_backtest_prints_what_the_view_says(monkeypatch: pytest.MonkeyPatch) -> None:
    method = SimpleMethod("ETS(A,N,N)", 0.25, np.zeros(1))
    monkeypatch.setattr(
        "explorer.cli.backtest.simple_methods", lambda config: Simple((method,))
    )
    run = trained("--data", "sine", "--set", "data.length=400")
    words = ("backtest", run, "--horizon", "3", "--origins", "11")
    found = json.loads(call(*words, "--json").stdout)
    store = open_store()
    state = store.state(run)
    assert state is not None
    subject = Subject.of(Trainer(store.get(run).config, state.state))
    store.close()
    view = look(subject, Request("backtest", '{"horizon": 3, "origins": 11}'))
    assert (found["calibrated"], found["scored"], found["step"]) == (11, 11, 5)
    assert found["simple_methods"] == {"ETS(A,N,N)": 0.25}
    for name, values in view.arrays.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-6)
    lines = call(*words).stdout.splitlines()
    assert "calibrated from 11 origins, scored from 11" in lines[0]
    assert [line.split()[0] for line in lines[2:5]] == ["1", "2", "3"]
    assert lines[-1].startswith("ETS(A,N,N): mean squared error 0.25 one step ahead")
    assert "ETS" not in call(*words, "--no-methods").stdout


def test_a_backtest_judges_the_series_that_is_named() -> None:
    run = trained("--data", "river", "--set", "data.length=400")
    words = ("backtest", run, "--horizon", "2", "--no-methods")
    first, named, usual = (
        json.loads(call(*words, "--json", *more).stdout)
        for more in (("--series", "1"), ("--series", "Gauge 3"), ())
    )
    assert named == usual
    assert first["series"] == "Gauge 1, upstream (cm)"
    assert first["mae"] != usual["mae"]
    assert "Gauge 2 (cm), after 5 steps" in call(*words, "--series", "2").stdout
    for came in ("0", "4", "Gauge 9"):
        refused = call(*words, "--series", came).stderr
        assert "(Gauge 1, upstream, Gauge 2, Gauge 3), or its number" in refused
        assert came in refused
    alone = trained("--data", "sine", "--set", "data.length=400")
    assert "forecasts one alone" in call("backtest", alone, "--series", "1").stderr


def test_what_forecasts_no_series_is_refused() -> None:
    run = trained("--data", "shapes")
    refused = call("backtest", run)
    assert refused.exit_code == 2
    assert "forecasts a series" in refused.stderr
    assert "whole numbers" in call("backtest", trained(), "--origins", "x").stderr
