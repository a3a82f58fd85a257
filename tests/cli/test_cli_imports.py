"""What a command imports: help and a refusal do not wait for what they do not use."""

import json
import subprocess
import sys

import pytest

from explorer.cli.commands import COMMANDS, main

ALONE = """
import json, sys
from click.testing import CliRunner
from explorer.__main__ import main
for words in sys.argv[1:]:
    said = CliRunner().invoke(main, words.split()).output
    print(json.dumps([said, sorted(sys.modules)]))
"""

SLOW = {
    *("dask", "distributed", "nbformat", "numba", "optuna", "pandas", "plotly"),
    *("pyarrow", "sacrebleu", "scipy", "sqlalchemy", "statsmodels", "streamlit"),
}


TRAINS = {"torch", "explorer.training.trainer", "explorer.runs.store"}


def call_alone(*lines: str) -> list[tuple[str, set[str]]]:
    """What commands say in a process of their own, and what is imported by then."""
    command = [sys.executable, "-c", ALONE, *lines]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return [(said, set(modules)) for said, modules in found]


def test_help_imports_no_command() -> None:
    ((said, modules),) = call_alone("--help")
    assert all(f"  {name} " in said for name in COMMANDS)
    assert not modules & {*SLOW, "torch", "numpy", "pydantic", "explorer.catalog"}


REFUSED = {
    "--model lstmm": "Did you mean 'lstm'?",
    "--data sinee": "Did you mean 'sine'?",
    "--set data.periode=9": "Did you mean 'period'?",
    "--set data.period=-3": "Nearest: 4.",
    "--set training.step=9": "Did you mean 'steps'?",
    "--steps 20001": "Nearest: 20000.",
    "--seed -1": "seed must be a whole number",
    "--fold 3/2": "fold must name one of 2 to 9 folds",
    "--start /": "start must be the id of a run",
    "--model lstmm --preset speedrun": "Did you mean 'lstm'?",
    "--set steps:9": "--set needs group.name=value",
    "--as text": "--as says how a file is read",
    "--data nowhere.csv": "Check the path.",
    "--modell lstm": "Did you mean '--model'?",
}


def test_a_refusal_imports_nothing_that_trains() -> None:
    done = call_alone(*(f"train {words}" for words in REFUSED))
    for (said, modules), (words, why) in zip(done, REFUSED.items(), strict=True):
        assert why in said
        assert not modules & {*SLOW, *TRAINS}, words


def test_a_sweep_that_is_refused_imports_nothing_that_trains() -> None:
    refused = ("sweep --model lstmm", "sweep --trials 1", "sweep --seed x")
    for said, modules in call_alone(*refused):
        assert said.startswith("Error: ")
        assert not modules & TRAINS, said


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_of_a_command_what_itself_says(name: str) -> None:
    command = main.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    assert command.name == name
    assert command.get_short_help_str(limit=200) == COMMANDS[name].does
