"""Runs and their insides on the command line: the very arrays that the page draws."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from explorer.__main__ import main
from explorer.inspection.base import Request, Subject, look, views
from explorer.runs.store import open_store
from explorer.training.trainer import Trainer


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def trained(model: str = "lstm", data: str = "sine") -> str:
    words = ("--model", model, "--data", data, "--steps", "20", "--json")
    return str(json.loads(call("train", *words).stdout)["run"])


def test_a_trained_run_is_listed_and_can_be_looked_into() -> None:
    run = trained()
    (line,) = call("runs", "--json").stdout.splitlines()
    listed = json.loads(line)
    assert (listed["run"], listed["status"], listed["step"]) == (run, "finished", 20)
    assert run in call("runs").stdout
    result = call("inspect", run, "--view", "raster", "--step", "8", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["step"] == 8
    assert told["residual"] < 1e-6
    store = open_store()
    trainer = Trainer(store.get(run).config, store.checkpoint(run, 8).state)
    store.close()
    view = look(Subject.of(trainer), Request("raster"))
    for name, values in view.arrays.items():
        array = told["arrays"][name]
        assert tuple(array["shape"]) == values.shape
        assert len(array["axes"]) == values.ndim
        np.testing.assert_allclose(array["values"], values, rtol=1e-6, atol=1e-7)


def test_examples_and_options_reach_the_view() -> None:
    run = trained(data="fables")
    words = ("--view", "raster", "--json")
    typed = call("inspect", run, *words, "--example", "the fox")
    assert "".join(json.loads(typed.stdout)["notes"]["labels"]) == "the fo"
    third = call("inspect", run, *words, "--example", "3", "--set", "order=unit")
    order = json.loads(third.stdout)["arrays"]["order"]["values"]
    assert order == list(range(32))


@pytest.mark.parametrize("view", list(views()))
def test_every_view_can_be_printed_or_says_why_not(view: str) -> None:
    result = call("inspect", trained(), "--view", view, "--json")
    if result.exit_code == 0:
        assert json.loads(result.stdout)["view"] == view
    else:
        assert "nothing to show of lstm" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--view", "nonsense"), "Unknown view 'nonsense'. Known: "),
        (("--view", "raster", "--step", "25"), "the nearest is 20"),
        (("--view", "raster", "--example", "4000"), "held-out windows"),
        (("--view", "raster", "--set", "order=odd"), "order must be one of"),
        (("--view", "raster", "--set", "nonsense"), "--set needs"),
    ],
)
def test_bad_input_gets_one_sentence(words: tuple[str, ...], said: str) -> None:
    result = call("inspect", trained(), *words)
    assert result.exit_code == 2
    (line,) = result.stderr.strip().splitlines()
    assert said in line


def test_an_unknown_run_is_refused() -> None:
    result = call("inspect", "made-up", "--view", "raster")
    assert result.exit_code == 2
    assert "There is no run" in result.stderr
