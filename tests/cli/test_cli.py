"""The command line: what it prints, what it writes, and how it refuses."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
from click.testing import CliRunner, Result

from explorer.__main__ import main
from explorer.catalog import building, choosing, specs
from explorer.config.run import RunConfig
from explorer.errors import ExplorerError
from explorer.runs.messages import unexpected
from explorer.runs.records import Simple, SimpleMethod
from explorer.runs.store import open_store
from explorer.training.objectives import evaluate
from explorer.training.simple import METHODS
from explorer.training.trainer import Trainer
from tests.pairs import AS_TWO

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def trained(*words: str) -> dict[str, object]:
    result = call("train", *words, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def refused(*words: str) -> str:
    """The one line on standard error; nothing on standard output."""
    result = call("train", *words, "--json")
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("Error: ")
    return line


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("text", "fables"),
        ("series", "sine"),
        ("translation", "reverse"),
        ("tex", "tex"),
    ],
)
def test_a_kind_of_data_means_its_first_dataset(word: str, name: str) -> None:
    assert specs.data_named(word) == name


def test_data_is_asked_for_by_its_kind() -> None:
    done = trained("--data", "translation", "--set", "training.steps=1")
    assert done["config"]["data"] == "reverse"  # type: ignore[index]


def test_simple_methods_stand_beside_a_forecast(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They begin once there is a curve, and the sentence says whether one wins."""
    from explorer.cli import trained as done

    monkeypatch.delenv(METHODS, raising=False)
    line = np.zeros(1)
    begun = list[str]()

    def found(config: RunConfig) -> Simple:
        begun.append(config.data)
        return Simple((SimpleMethod("ETS(A,N,N)", 0.001, line),))

    monkeypatch.setattr(done, "simple_methods", found)
    short = "--data", "sine", "--steps", "2"
    summary = trained(*short)
    assert summary["simple_methods"] == {"ETS(A,N,N)": 0.001}
    assert "A simple method wins: ETS(A,N,N)" in str(summary["simple_verdict"])
    plain = call("train", *short).stdout
    assert "simple_methods       ETS(A,N,N) 0.001" in plain
    assert f"train_loss           {summary['train_loss']:.4g}\n" in plain
    assert "simple_methods" not in trained("--data", "shapes", "--steps", "2")
    assert begun == ["sine", "sine"]

    def failing(config: RunConfig) -> Simple:
        raise ExplorerError("It was too slow.")

    monkeypatch.setattr(done, "simple_methods", failing)
    result = call("train", *short)
    assert result.exit_code == 0
    assert "Simple methods are left out: It was too slow." in result.stderr
    assert "simple_methods" not in result.stdout


def test_the_list_names_everything_that_is_discovered() -> None:
    found = json.loads(call("list", "--json").stdout)
    assert list(found["models"]) == list(specs.models())
    offered = [d.name for d in specs.datasets().values() if d.offered]
    assert list(found["datasets"]) == offered
    plain = call("list").stdout
    words = plain.split()
    assert all(name in words for name in (*found["models"], *offered))


@pytest.mark.parametrize(("model", "data"), AS_TWO)
def test_every_model_trains_on_every_dataset(model: str, data: str) -> None:
    found = trained("--model", model, "--data", data, "--steps", "3")
    assert found["status"] == "finished"
    assert found["steps"] == 3
    assert np.isfinite(found["validation_loss"])
    made = found["task"] == "generate"  # nothing to measure it against
    assert made or set(found["baselines"])  # type: ignore[call-overload]


@pytest.mark.quick
def test_the_result_holds_what_was_promised() -> None:
    found = trained("--model", "rnn", "--steps", "20", "--seed", "7")
    promised = "model data task parameters steps seconds steps_per_second train_loss"
    promised += " validation_loss floor baselines metrics status"
    assert set(promised.split()) <= set(found)
    assert found["seed"] == 7
    assert found["parameters"] == 1153
    again = trained("--model", "rnn", "--steps", "20", "--seed", "7")
    assert again["train_loss"] == found["train_loss"]
    config = RunConfig.from_json(json.dumps(found["config"]))
    assert config == choosing.make_config("sine", "rnn", {"training.steps": 20}, seed=7)


def test_a_folder_that_cannot_be_written_is_refused_before_anything_trains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr("explorer.cli.trained._trained", None)
    said = refused("--steps", "2", "--export", str(tmp_path / "file" / "folder"))
    assert "needs a folder that can be written" in said


def test_exported_weights_give_the_same_loss(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    words = ("--model", "gru", "--data", "language", "--steps", "12")
    found = trained(*words, "--export", str(folder))
    config = RunConfig.from_json((folder / "config.json").read_text())
    model = building.build_model(config)
    model.load_state_dict(safetensors.torch.load_file(folder / "weights.safetensors"))
    data = building.make_data(config)
    assert evaluate(model, data, data.validation) == found["validation_loss"]
    with (folder / "curves.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["step"] for row in rows] == [str(k) for k in range(13)]
    assert float(rows[-1]["validation_loss"]) == found["validation_loss"]


def test_a_diverged_run_says_so() -> None:
    found = trained("--set", "training.learning_rate=10", "--steps", "30")
    assert found["status"] == "diverged"
    assert "learning rate" in str(found["message"])


RISING = ("--data", "digits", "--model", "gru", "--set", "training.learning_rate=0.02")


def test_a_run_that_stops_early_says_so_and_offers_its_best_moment(
    tmp_path: Path,
) -> None:
    small = ("--set", "data.length=400", "--set", "data.window=16", "--steps", "400")
    early = ("--set", "training.patience=3", "--export", str(tmp_path))
    found = trained(*RISING, *small, *early)
    assert (found["status"], found["stopped_early"]) == ("finished", True)
    best, run = found["best_step"], str(found["run"])
    assert f"It was lowest at step {best}, whose weights" in str(found["message"])
    assert found["best_validation_loss"] < found["validation_loss"]  # type: ignore[operator]
    model = building.build_model(choosing.make_config("digits", "gru"))
    config = RunConfig.from_json((tmp_path / "config.json").read_text())
    data = building.make_data(config)
    for name, key in (("weights", ""), ("weights_best", "best_")):
        stored = safetensors.torch.load_file(tmp_path / f"{name}.safetensors")
        model.load_state_dict(stored)
        loss = evaluate(model, data, data.validation)
        assert loss == pytest.approx(found[f"{key}validation_loss"])
    for step, seen in (("best", best), ("last", found["steps"])):
        words = ("inspect", run, "--view", "prediction", "--step", step, "--json")
        assert json.loads(call(*words).stdout)["step"] == seen
    assert "best or last" in call(*words[:-2], "worst").stderr
    said = call("export", run, str(tmp_path / "run.zip")).stdout
    assert f"of step {found['steps']} (last)" in said
    assert f"of step {best} (lowest held-out loss)" in said
    again = [
        trained(*RISING, *small[:4], "--steps", "1", "--start", s)
        for s in (run, f"{run}@best")
    ]
    store = open_store()
    first = [store.validations(str(each["run"]))[0].loss for each in again]
    store.close()
    assert first == pytest.approx(
        [found["validation_loss"], found["best_validation_loss"]]
    )


def test_an_error_of_the_program_is_said_and_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError("out of paper")

    monkeypatch.setattr(Trainer, "advance", broken)
    result = call("train", "--steps", "3", "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "RuntimeError: out of paper" in result.stderr.splitlines()[-1]
    store = open_store()
    (run,) = store.runs()
    store.close()
    assert run.status == "failed"
    assert run.message == unexpected(RuntimeError("out of paper"))


def test_own_text_and_own_series(tmp_path: Path) -> None:
    text = tmp_path / "own.txt"
    text.write_text("the cat sat on the mat. " * 80, encoding="utf-8")
    found = trained("--data", str(text), "--model", "gru", "--steps", "4")
    assert (found["data"], found["task"]) == ("own_text", "next_token")
    table = tmp_path / "own.csv"
    rows = "\n".join(f"{k},{np.sin(k / 4):.4f}" for k in range(400))
    table.write_text(f"day,height\n{rows}\n")
    words = ("--data", str(table), "--column", "height", "--steps", "4")
    assert trained(*words)["data"] == "own_series"
    assert "Did you mean 'height'" in refused("--data", str(table), "--column", "hight")


GOOD = "\n".join(str(np.sin(k)) for k in range(300))


@pytest.mark.parametrize(
    ("name", "raw", "message"),
    [
        ("empty.csv", b"", "empty"),
        ("short.csv", b"x\n1\n2\n3\n", "100"),
        ("words.csv", f"x\n{GOOD}\noops\n".encode(), "oops"),
        ("hollow.csv", b"x,y\n" + 300 * b",1\n", "has 0"),
        ("latin.csv", "x\npreço\n".encode("latin-1"), "a column of numbers"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00" * 40, "binary"),
        ("empty.txt", b"", "empty"),
        ("short.txt", b"hello", "needs"),
    ],
)
def test_a_bad_file_gets_one_sentence(
    tmp_path: Path, name: str, raw: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    words = ["--column", "x"] if name == "hollow.csv" else []
    assert message.lower() in refused("--data", str(path), *words).lower()


@pytest.mark.quick
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--model", "lsmt"), "Did you mean 'lstm'?"),
        (("--data", "sinus"), "Did you mean 'sine'?"),
        (("--data", "/no/such.csv"), "No such file"),
        (("--set", "hidden"), "--set needs group.name=value"),
        (("--set", "model.hiden_size=3"), "Did you mean 'hidden_size'?"),
        (("--set", "model.hidden_size=0"), "from 1 to 512, but got '0'. Nearest: 1."),
        (("--set", "model.hidden_size=many"), "must be a whole number"),
        (("--set", "training.learning_rate=nan"), "must be a number"),
        (("--set", "training.optimizer=best"), "sgd, adam, adamw, muon"),
        (("--steps", "0"), "steps must be a whole number from 1"),
        (("--seed", "-1"), "seed must be a whole number"),
        (("--column", "x"), "--column says how a file is read"),
        (
            ("--model", "transformer", "--set", "model.hidden_size=30"),
            "Nearest: 28 or 32",
        ),
    ],
)
def test_bad_input_gets_one_sentence(words: tuple[str, ...], message: str) -> None:
    assert message in refused(*words)


def test_as_a_program() -> None:
    command = [sys.executable, "-m", "explorer", "train", "--model", "rnn"]
    good = subprocess.run(
        [*command, "--steps", "5", "--json"], capture_output=True, text=True, cwd=ROOT
    )
    assert good.returncode == 0
    assert json.loads(good.stdout)["status"] == "finished"
    assert "5/5" in good.stderr
    bad = subprocess.run(
        [*command, "--steps", "many"], capture_output=True, text=True, cwd=ROOT
    )
    assert bad.returncode == 2
    assert "Traceback" not in bad.stderr


def test_a_preset_is_taken_and_what_is_set_beside_it_wins() -> None:
    words = ("--model", "transformer", "--data", "fables", "--preset", "speedrun")
    config: Any = trained(*words, "--steps", "1", "--set", "model.layers=1")["config"]
    assert config["model_settings"]["queries"] == "normalised"
    assert config["model_settings"]["layers"] == 1
    assert config["training"]["optimizer"] == "muon"
    assert refused(*words[:-1], "sped") == (
        "Error: Unknown preset 'sped'. Known: speedrun. Did you mean 'speedrun'?"
    )
    assert "Unknown preset 'speedrun'" in refused("--preset", "speedrun")
