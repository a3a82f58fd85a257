"""Nonsense in every option and variable: exit code 2 and a sentence, or a result."""

import os
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from explorer.__main__ import main
from explorer.cli import arguments
from explorer.config.settings import whole_number
from explorer.data import content
from explorer.engine import cluster
from explorer.engine.limits import read_limits
from explorer.errors import ExplorerError
from explorer.lessons import checking
from explorer.runs.opening import open_database
from tests import midi_files, recordings, wav_files

MEGABYTE = 10**6
NASTY = ["", " ", "\x1b[2J", "²", "--5", "-", "9" * 6000, "-1", "1e999", "nan"]
NASTY += ["=", "a=", "=1", "../x", "/dev/zero", "/", "x" * 5000, "数", "a\nb", "1:2:3"]
TEXTS = st.text(st.characters(exclude_characters="\0"), max_size=30)
VALUES = st.sampled_from(NASTY) | TEXTS | st.integers().map(str)
QUICK = settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(autouse=True, scope="module")
def _own_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_DATA", str(tmp_path_factory.mktemp("data")))
        patch.chdir(tmp_path_factory.mktemp("here"))
        yield


@pytest.fixture(scope="module")
def run() -> str:
    """A run that can be looked into."""
    words = ["--model", "rnn", "--steps", "2", "--set", "model.hidden_size=3", "--json"]
    done = call("train", *words)
    assert done.exit_code == 0, done.output
    return done.stdout.partition('"run": "')[2].partition('"')[0]


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def sound(done: Result) -> None:
    """It came to an end that was meant: a result, or a sentence for people."""
    assert done.exit_code in (0, 2), (done.exit_code, done.exception, done.output)
    if done.exit_code == 2:
        last = done.stderr.splitlines()[-1]
        assert last.startswith("Error: "), done.stderr
        assert last.isprintable()
        assert "Traceback" not in done.output


def commands(group: click.Group, *above: str) -> Iterator[tuple[str, click.Command]]:
    """Every command with all its words, those of groups too."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command, words = group.get_command(context, name), (*above, name)
        assert command is not None
        yield " ".join(words), command
        if isinstance(command, click.Group):
            yield from commands(command, *words)


OPTIONS = [
    (name, parameter.opts[0])
    for name, command in commands(main)
    for parameter in command.params
    if parameter.opts[0].startswith("--") and not getattr(parameter, "is_flag", False)
]
BEGINNINGS = {
    "train": ["--model", "rnn", "--steps", "2"],
    "sweep": ["--model", "rnn", "--steps", "2", "--trials", "1"],
    "inspect": ["--view", "prediction"],
    "backtest": ["--no-methods", "--horizon", "1", "--origins", "10"],
    "lessons check": ["first_loss"],
}
OF_A_RUN = ("inspect", "backtest", "export")


def test_every_command_has_its_options_tried() -> None:
    assert {name for name, _ in OPTIONS} >= {*BEGINNINGS, "runs"}
    assert len(OPTIONS) > 40


@pytest.fixture
def lesson_of_no_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a lesson's runs come to is known, so that none is trained."""
    monkeypatch.setattr(checking, "checked", lambda chosen, seed: None)
    known = {"figures": {}, "answer": 4.0, "holds": True}
    monkeypatch.setattr(checking, "summary", lambda chosen, seed, found: known)


@pytest.mark.usefixtures("lesson_of_no_runs")
@pytest.mark.parametrize(("command", "option"), OPTIONS, ids="".join)
def test_an_option_takes_any_words(command: str, option: str, run: str) -> None:
    named = [run] if command in OF_A_RUN else []
    first = [*BEGINNINGS.get(command, []), option]
    if command == "sweep" and option != "--space":
        first = ["--space", "training.learning_rate=0.001:0.01", *first]

    @QUICK
    @given(VALUES)
    def asked(value: str) -> None:
        if not lasts(option, value):
            sound(call(*command.split(), *named, *first, value))

    asked()


def lasts(option: str, value: str) -> bool:
    """Whether it asks for work in earnest, or for a file somewhere."""
    if option == "--export":
        return bool(value.strip(" /.x\n"))
    known = option in ("--steps", "--trials")
    return known and 2 < (whole_number(value) or 0) <= 10**6


SHORT = ("--model", "rnn", "--steps", "2")
SAID_OF_A_FILE = [typed for typed in arguments.TYPED.values() if typed != "--as"]
FILES = {
    "tags": b"Anna B-PER\nsees O\nBerlin B-LOC\n\n" * 40,
    "labels": b"text,label\na fox ran,good\nno fox came,bad\n",
    "pairs": b"from,to\na b,b a\nb c,c b\n",
    "series": b"when,what\n2024-01-02,3\n2024-02-01,4\n",
    "notes": midi_files.written(midi_files.track(midi_files.tune(8))),
    "sound": wav_files.written(wav_files.tone(0.5)),
    "recordings": recordings.recordings(["ab", "ba"]),
}


@pytest.mark.parametrize("kind", FILES)
def test_what_is_said_of_a_file_takes_any_words(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(FILES[kind])

    @QUICK
    @given(st.sampled_from(SAID_OF_A_FILE), VALUES)
    @example("--column", "9" * 6000)
    @example("--given", "²")
    def asked(option: str, value: str) -> None:
        sound(call("train", *SHORT, "--data", str(path), "--as", kind, option, value))

    asked()


@QUICK
@given(st.sampled_from(["model", "data", "training"]), VALUES, VALUES)
@example("training", "learning_rate", "9" * 6000)
@example("model", "hidden_size", "²")
def test_a_setting_takes_any_words(group: str, name: str, value: str) -> None:
    pair = f"{group}.{name}={value}"
    sound(call("train", "--model", "rnn", "--steps", "2", "--set", pair))


@QUICK
@given(st.sampled_from(["import", "inspect", "backtest", "lessons check"]), VALUES)
@example("import", "/dev/zero")
@example("import", "/")
def test_an_argument_takes_any_words(command: str, words: str) -> None:
    more = {"inspect": ["--view", "prediction"]}.get(command, [])
    sound(call(*command.split(), *more, "--", words))


@QUICK
@given(VALUES)
def test_a_run_and_a_path_to_export_take_any_words(words: str) -> None:
    sound(call("export", "--", words, "a.zip"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--horizon", "²"], "must be whole numbers"),
        (["--horizon", "9" * 6000], "must be whole numbers"),
        (["--horizon", "49"], "horizon"),
        (["--horizon", "-1"], "horizon"),
        (["--origins", "9"], "origins"),
        (["--bands", "owm"], "must be one of own, measured"),
        (["--step", "--5"], "--step must be"),
        (["--step", "9" * 6000], "--step must be"),
    ],
)
def test_a_backtest_says_what_is_wrong(words: list[str], said: str, run: str) -> None:
    done = call("backtest", run, "--no-methods", *words)
    sound(done)
    assert done.exit_code == 2
    assert said in done.stderr


def test_nothing_is_written_into_a_pipe(run: str, tmp_path: Path) -> None:
    os.mkfifo(pipe := tmp_path / "pipe")
    done = call("export", run, str(pipe))
    sound(done)
    assert "it is no ordinary file" in done.stderr


@pytest.mark.quick
@pytest.mark.parametrize("words", [("train", "--data"), ("import",)])
def test_what_has_no_end_is_not_read(words: tuple[str, ...], tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    for path in ("/dev/zero", str(pipe), str(tmp_path)):
        done = call(*words, path)
        sound(done)
        assert done.exit_code == 2


@pytest.mark.quick
def test_a_long_file_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.truncate(400 * MEGABYTE)
    tracemalloc.start()
    done = call("train", "--data", str(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "may take 32,000,000 bytes" in done.stderr
    assert peak < 3 * 32 * MEGABYTE


@pytest.mark.quick
def test_a_data_folder_that_cannot_be_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = tmp_path / "a.csv"
    series.write_text("x\n" + "\n".join(str(k % 7) for k in range(400)))
    file = tmp_path / "file"
    file.touch()
    for folder in (file, file / "in", Path("/proc/none"), tmp_path / ("x" * 300)):
        monkeypatch.setenv("EXPLORER_DATA", str(folder))
        for words in (["train", "--steps", "2", "--data", str(series)], ["runs"]):
            done = call(*words)
            assert done.exit_code == 2, (folder, words, done.output)
            (line,) = done.stderr.splitlines()
            assert "EXPLORER_DATA must be a folder that can be made" in line
        assert not content.there("0" * 64)


@QUICK
@given(VALUES)
@example("active_runs=²")
@example("active_runs=" + "9" * 6000)
def test_the_variables_take_any_words(words: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_WORKERS", words)
        patch.setenv("EXPLORER_LIMITS", words)
        for read in (cluster._worker_count, read_limits):
            with suppress(ExplorerError):
                assert read()


@QUICK
@example("postgresql://\x80")
@given(VALUES | VALUES.map("sqlite:///".__add__) | VALUES.map("postgresql://".__add__))
def test_a_database_takes_any_words(words: str) -> None:
    if "/" in words.partition(":///")[2]:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(content.folder().parent.parent)
        with suppress(ExplorerError):
            open_database(words or " ").dispose()
