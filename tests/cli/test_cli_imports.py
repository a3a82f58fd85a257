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
said = CliRunner().invoke(main, sys.argv[1:]).output
print(json.dumps([said, sorted(sys.modules)]))
"""

SLOW = {
    *("dask", "distributed", "nbformat", "numba", "optuna", "pandas", "plotly"),
    *("pyarrow", "sacrebleu", "scipy", "sqlalchemy", "statsmodels", "streamlit"),
}


def call_alone(*words: str) -> tuple[str, set[str]]:
    """What a command says in a process of its own, and what it imports for that."""
    command = [sys.executable, "-c", ALONE, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    said, modules = json.loads(done.stdout)
    return said, set(modules)


def test_help_imports_no_command() -> None:
    said, modules = call_alone("--help")
    assert all(f"  {name} " in said for name in COMMANDS)
    assert not modules & {*SLOW, "torch", "numpy", "pydantic", "explorer.catalog"}


def test_a_refusal_imports_nothing_that_trains() -> None:
    said, modules = call_alone("train", "--model", "lstmm")
    assert "Did you mean 'lstm'?" in said
    assert not modules & {*SLOW, "explorer.training.trainer", "explorer.runs.store"}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_of_a_command_what_itself_says(name: str) -> None:
    command = main.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    assert command.name == name
    assert command.get_short_help_str(limit=200) == COMMANDS[name].does
