"""Runs and their insides on the command line: the very arrays that the page draws."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from explorer.__main__ import main
from explorer.inspection.base import Request, Subject, look, views
from explorer.runs.records import View
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
    facts = json.loads(result.stdout)
    assert facts["step"] == 8
    assert facts["residual"] < 1e-6
    store = open_store()
    trainer = Trainer(store.get(run).config, store.checkpoint(run, 8).state)
    store.close()
    view = look(Subject.of(trainer), Request("raster"))
    for name, values in view.arrays.items():
        array = facts["arrays"][name]
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


def test_a_number_is_a_window_or_a_text_as_is_said() -> None:
    run = trained(data="fables")
    words = ("--view", "raster", "--json")
    window = call("inspect", run, *words, "--example", "4")
    assert len(json.loads(window.stdout)["notes"]["labels"]) == 48
    typed = call("inspect", run, *words, "--text", "4")
    assert typed.exit_code == 2
    assert "The vocabulary of this run has no “4”" in typed.stderr
    both = call("inspect", run, *words, "--example", "4", "--text", "4")
    assert "both --example and --text were given" in both.stderr


@pytest.mark.parametrize("view", list(views()))
def test_every_view_can_be_printed_or_says_why_not(view: str) -> None:
    result = call("inspect", trained(), "--view", view, "--json")
    if result.exit_code == 0:
        assert json.loads(result.stdout)["view"] == view
    else:
        assert "nothing to show of lstm" in result.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--view", "nonsense"), "Unknown view 'nonsense'. Known: "),
        (("--view", "raster", "--step", "25"), "the nearest is 20"),
        (("--view", "raster", "--example", "4000"), "held-out windows"),
        (("--view", "raster", "--set", "order=odd"), "order must be one of"),
        (("--view", "raster", "--set", "nonsense"), "--set needs"),
        (("--view", "raster", "--text", "9" * 6000), "characters, but has 6000."),
    ],
)
def test_bad_input_gets_one_sentence(words: tuple[str, ...], message: str) -> None:
    result = call("inspect", trained(), *words)
    assert result.exit_code == 2
    (line,) = result.stderr.strip().splitlines()
    assert message in line


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


def test_what_is_not_a_number_is_null(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.array([[2.0, np.nan, 5.0], [3.0, np.inf, 7.0]], np.float32)
    broken = View("raster", 20, {"values": values.T}, {"residual": np.nan, "low": -1.0})
    monkeypatch.setattr("explorer.cli.inspect.look", lambda *_: broken)
    result = call("inspect", trained(), "--view", "raster", "--json")
    facts = json.loads(result.stdout, parse_constant=refuse)
    assert facts["residual"] is None
    assert facts["notes"] == {"residual": None, "low": -1.0}
    assert facts["arrays"]["values"]["shape"] == [3, 2]
    assert facts["arrays"]["values"]["values"] == [[2, 3], [None, None], [5, 7]]


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
def test_a_limit_is_a_whole_number_from_one(limit: str) -> None:
    result = call("runs", "--limit", limit)
    assert result.exit_code == 2
    assert "'--limit'" in result.stderr


def test_an_unknown_run_is_refused() -> None:
    result = call("inspect", "made-up", "--view", "raster")
    assert result.exit_code == 2
    assert "There is no run" in result.stderr
