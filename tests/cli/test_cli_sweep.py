"""The command `sweep`: what it prints and how it refuses."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from explorer.__main__ import main
from explorer.runs.store import open_store
from explorer.training.trainer import Trainer


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))


def call(*words: str) -> Result:
    few = ("--model", "rnn", "--steps", "25", "--trials", "7")
    return CliRunner().invoke(main, ["sweep", *few, *words])


RATE = ("--space", "training.learning_rate=0.0001:0.1")
SIZE = ("--space", "model.hidden_size=4,8")


def test_one_json_object_with_what_was_promised() -> None:
    result = call(*RATE, *SIZE, "--sampler", "random", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert "7/7" in result.stderr
    assert found["trials"] == 7
    states = ("finished", "pruned", "diverged", "failed")
    assert sum(found[state] for state in states) == 7
    assert found["why"] is None
    assert found["steps_trained"] + found["steps_saved"] == 7 * 25
    assert found["times_floor"] == found["best_value"] / found["floor"]
    assert 0.0001 <= found["best_settings"]["training.learning_rate"] <= 0.1
    assert found["best_settings"]["model.hidden_size"] in (4, 8)
    store = open_store()
    best = store.get(found["best_run"])
    runs = store.shelf.of_group(found["sweep"])
    assert store.groups.get(found["sweep"]).facts["status"] == "finished"
    lowest = min(v.loss for v in store.validations(best.id) if v.step)
    assert lowest == found["best_value"]
    assert sum(run.step for run in runs) == found["steps_trained"]
    store.close()
    again = json.loads(call(*RATE, *SIZE, "--sampler", "random", "--json").stdout)
    assert again["best_value"] == found["best_value"]


WILD = (
    *("--space", "training.learning_rate=9:10", "--set", "training.optimizer=sgd"),
    *("--set", "training.clip=0", "--sampler", "random", "--pruner", "none"),
)


def test_a_sweep_whose_trials_all_diverged_says_why() -> None:
    found = json.loads(call(*WILD, "--trials", "2", "--json").stdout)
    assert (found["diverged"], found["pruned"], found["failed"]) == (2, 0, 0)
    assert found["steps_saved"] == 0
    assert found["best_value"] is None
    assert found["why"].startswith("None of 2 trials came to its end: 2 diverged")
    assert "Try a learning rate of" in found["why"]
    assert "gradient clipping" in found["why"]
    said = call(*WILD, "--trials", "2").stdout
    assert found["why"][:60] in said


def test_a_sweep_that_meets_an_error_of_the_program_says_which(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError("out of paper")

    monkeypatch.setattr(Trainer, "advance", broken)
    found = json.loads(call(*SIZE, "--trials", "2", "--json").stdout)
    assert found["failed"] == 2
    assert "RuntimeError: out of paper" in found["why"]


def test_folds_a_grid_and_plain_words() -> None:
    result = call(*SIZE, "--sampler", "grid", "--folds", "2", "--pruner", "none")
    assert result.exit_code == 0, result.output
    lines = dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
    assert lines["trials"] == "2"
    assert lines["steps_trained"] == "100"
    assert lines["floor"] == lines["times_floor"] == "None"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "varies 1 to 4 settings"),
        (("--space", "training.steps=1:9"), "cannot vary 'training.steps'"),
        (("--space", "model.hiden_size=4:8"), "Did you mean 'model.hidden_size'?"),
        ((*SIZE, "--trials", "201"), "from 2 to 200"),
        ((*SIZE, "--sampler", "best"), "grid, random, tpe"),
        ((*SIZE, "--pruner", "best"), "none, median, hyperband"),
        ((*SIZE, "--data", "casino", "--folds", "2"), "cut from one sequence"),
        ((*SIZE, "--model", "lsmt"), "Did you mean 'lstm'?"),
    ],
)
def test_bad_input_gets_one_sentence(words: tuple[str, ...], message: str) -> None:
    result = call(*words, "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert message in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
