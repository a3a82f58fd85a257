"""`export` and `import`: a run leaves the store as a zip and comes back as another."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from explorer.__main__ import main


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_a_run_goes_out_and_comes_back(tmp_path: Path) -> None:
    words = ("--model", "rnn", "--steps", "3", "--json")
    run = json.loads(call("train", *words).stdout)["run"]
    path = str(tmp_path / "run.zip")
    assert call("export", run, path).exit_code == 0
    came = json.loads(call("import", path, "--json").stdout)
    assert (came["status"], came["step"]) == ("finished", 3)
    assert came["run"] != run
    view = ("--view", "inside", "--json")
    first, second = (call("inspect", r, *view) for r in (run, came["run"]))
    assert json.loads(first.stdout)["arrays"] == json.loads(second.stdout)["arrays"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("export", "nobody", "x.zip"), "no run 'nobody'"),
        (("import", "no/such.zip"), "No such file"),
        (("import", __file__), "could not be opened"),
    ],
)
def test_what_cannot_be_is_one_line(words: tuple[str, ...], message: str) -> None:
    result = call(*words)
    assert result.exit_code == 2
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("Error: ")
    assert message in line
