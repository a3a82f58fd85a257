"""The command line decides about a file as the page does, and takes what is said."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from explorer.__main__ import main
from explorer.cli.arguments import FileOptions, own_data
from explorer.data.content import get_examples, get_series, get_text
from explorer.errors import ExplorerError
from tests.midi_files import track, tune
from tests.midi_files import written as midi
from tests.recordings import recordings, texts
from tests.wav_files import tone
from tests.wav_files import written as wav

N = 150
DAYS = [str(np.datetime64("2022-01-01") + k) for k in range(N)]
VALUES = np.round(20 + 5 * np.sin(np.arange(N) / 7), 2)
NOTHING = FileOptions(*[None] * len(FileOptions._fields))


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))


def table(folder: Path, name: str, by: str = ",", days: list[str] = DAYS) -> Path:
    path = folder / name
    rows = (f"{day}{by}{value}" for day, value in zip(days, VALUES, strict=True))
    path.write_text("\n".join([f"date{by}v", *rows]), encoding="utf-8")
    return path


def taken(path: Path, **said: str) -> tuple[str, str]:
    return own_data(path, NOTHING._replace(**said))


@pytest.mark.parametrize(
    ("name", "by"), [("a.csv", ","), ("a.tsv", "\t"), ("a.txt", ";"), ("a.dat", "|")]
)
def test_a_table_is_a_series_whatever_it_is_called(
    tmp_path: Path, name: str, by: str
) -> None:
    data, digest = taken(table(tmp_path, name, by))
    series = get_series(digest)
    assert (data, series.label) == ("own_series", "v")
    np.testing.assert_array_equal(series.values, VALUES)
    np.testing.assert_array_equal(series.times, np.array(DAYS, "datetime64[ms]"))


def test_newest_first_is_the_same_as_oldest_first(tmp_path: Path) -> None:
    path = table(tmp_path, "a.csv")
    lines = path.read_text().split("\n")
    turned = tmp_path / "b.csv"
    turned.write_text("\n".join([lines[0], *lines[:0:-1]]))
    assert taken(path) == taken(turned)
    in_order = get_series(taken(turned, time="")[1])
    assert in_order.times is None
    np.testing.assert_array_equal(in_order.values, VALUES[::-1])


def test_columns_are_given_beside_a_series(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = (
        f"{d},{v},{k % 7},{v + 1}"
        for k, (d, v) in enumerate(zip(DAYS, VALUES, strict=True))
    )
    path.write_text("\n".join(["date,v,weekday,next", *rows]), encoding="utf-8")
    asked = NOTHING._replace(column="v", others=("next",), known=("weekday",))
    others = get_series(own_data(path, asked)[1]).others
    assert [(o.name, o.known) for o in others] == [("next", False), ("weekday", True)]
    np.testing.assert_array_equal(others[1].values, np.arange(N) % 7)
    options = "--column", "v", "--known", "next", "--set", "data.window=2000"
    told = ran("train", "--data", str(path), *options)
    assert "A leak: 'next' is said to be known in advance" in told.stderr
    said = ran("train", "--data", str(path), "--as", "text", "--with", "v").stderr
    assert "--with says nothing of a file that is read as text" in said


def test_a_table_can_be_read_as_a_text_and_a_text_not_as_a_table(
    tmp_path: Path,
) -> None:
    path = table(tmp_path, "a.csv")
    data, digest = taken(path, kind="text")
    assert data == "own_text"
    assert get_text(digest) == path.read_text()
    prose = tmp_path / "a.txt"
    prose.write_text("The fox and the cat. " * 20)
    assert taken(prose)[0] == "own_text"
    with pytest.raises(ExplorerError, match="needs a column of numbers"):
        taken(prose, kind="series")
    with pytest.raises(
        ExplorerError, match="--column says nothing of a file that is read as text"
    ):
        taken(prose, column="v")


def test_an_encoding_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    text = "La température à Genève était élevée. " * 20
    path.write_bytes(text.encode("cp1252"))
    with pytest.raises(ExplorerError, match="Say its encoding"):
        taken(path)
    for name in ("cp1252", "windows-1252", "latin-1"):
        assert get_text(taken(path, encoding=name)[1]) == text
    with pytest.raises(ExplorerError, match="Unknown --encoding 'klingon'"):
        taken(path, encoding="klingon")


@pytest.mark.parametrize(
    ("said", "match"),
    [
        ({"kind": "sries"}, "Unknown --as 'sries'. Known: .* Did you mean 'series'"),
        ({"dates": "day"}, "Unknown --dates 'day'. Known: day-first, month-first"),
        ({"same": "median"}, "Unknown --same 'median'. Known: all, first, last, mean"),
        ({"decimal": ";"}, "Unknown --decimal ';'"),
        ({"only": "shop"}, "--only needs column=cell, but got 'shop'"),
        ({"only": "shop=1"}, "Unknown column of 'a.csv' 'shop'. Known: date, v"),
        ({"only": "v=1"}, "Unknown cell of column 'v' of 'a.csv' '1'"),
        ({"time": "day"}, "Unknown column of 'a.csv' 'day'"),
    ],
)
def test_what_is_said_of_a_file_is_checked(
    tmp_path: Path, said: dict[str, str], match: str
) -> None:
    with pytest.raises(ExplorerError, match=match):
        taken(table(tmp_path, "a.csv"), **said)


def test_what_is_asked_can_be_said(tmp_path: Path) -> None:
    months = [f"01/{1 + k % 12:02}/{2000 + k // 12}" for k in range(N)]
    path = table(tmp_path, "a.csv", days=months)
    with pytest.raises(ExplorerError, match="--dates month-first or --dates day-first"):
        taken(path)
    times = get_series(taken(path, dates="day-first")[1]).times
    assert times is not None
    assert str(times[1]).startswith("2000-02-01")
    path = table(tmp_path, "b.csv", days=[*DAYS[:100], *DAYS[:50]])
    several = "50 rows have the time of another.*--same last or --same all"
    with pytest.raises(ExplorerError, match=several):
        taken(path)
    means = get_series(taken(path, same="mean")[1]).values
    np.testing.assert_allclose(means[0], (VALUES[0] + VALUES[100]) / 2)
    assert len(means) == 100


def test_a_question_names_the_options_that_answer_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [
        f'{day},{shop},"{k + more},0{k % 10}0"'
        for k, day in enumerate(DAYS, 1)
        for shop, more in (("north wing", 0), ("south", 5))
    ]
    path.write_text("\n".join(["date,shop,v", *rows]))
    with pytest.raises(ExplorerError, match=r"meant \(--decimal , or --decimal \.\)"):
        taken(path)
    with pytest.raises(ExplorerError, match="--same all or --only 'shop=north wing'"):
        taken(path, decimal=",")
    taken(path, decimal=",", only="shop=north wing")


def ran(command: str, *words: str) -> Result:
    return CliRunner().invoke(main, [command, "--model", "rnn", *words])


def test_the_commands_take_what_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = (f"{k},{v},{2 * v}" for k, v in zip(DAYS, VALUES, strict=True))
    path.write_text("\n".join(["date,a,b", *rows]))
    few = ("--data", str(path), "--steps", "2", "--set", "data.window=8", "--json")
    for command in (("train",), ("sweep", "--trials", "2", "--space")):
        space = ("model.hidden_size=4,8",) if len(command) > 1 else ()
        bad = ran(*command, *space, *few)
        assert bad.exit_code == 2
        assert "Say which one is meant (--column)" in bad.stderr
        good = ran(*command, *space, *few, "--column", "b")
        assert good.exit_code == 0, good.output
        assert "Times are those of 'date'." in good.stderr
    assert json.loads(good.stdout)["trials"] == 2
    refused = ran("train", "--time", "date")
    assert "--time says how a file is read, but --data is 'sine'" in refused.stderr


def test_tags_are_guessed_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("".join(f"Anna B-PER\nsaw O\nit{k} O\n\n" for k in range(12)))
    data, digest = taken(path)
    assert data == "own_tags"
    assert len(get_examples("tags", digest)["sentences"]) == 12
    told = capsys.readouterr().err
    assert "Read as tags; say --as" in told
    assert "12 sentences of 36 tokens" in told
    assert taken(path, kind="text")[0] == "own_text"
    with pytest.raises(
        ExplorerError, match=r"--time says nothing of a file .* as tags"
    ):
        taken(path, time="v")
    with pytest.raises(ExplorerError, match="Unknown column '3'"):
        taken(path, column="3")


def test_notes_are_guessed_and_trained_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "song.bin"
    path.write_bytes(midi(track(tune(20), "Low"), track(tune(96), "High")))
    data, digest = taken(path)
    assert data == "own_notes"
    assert len(get_examples("notes", digest)["words"]) == 96 + 24
    assert "Read as notes; say --as" in capsys.readouterr().err
    with pytest.raises(ExplorerError, match="at least 40 notes"):
        taken(path, kind="notes", column="1")
    with pytest.raises(ExplorerError, match="--encoding says nothing of a file"):
        taken(path, encoding="utf-8")
    few = ("--data", str(path), "--steps", "2", "--set", "data.window=16", "--json")
    good = ran("train", *few, "--model", "gru", "--column", "2 High")
    assert good.exit_code == 0, good.output
    assert json.loads(good.stdout)["data"] == "own_notes"
    refused = ran("train", "--data", str(table(tmp_path, "a.csv")), "--as", "notes")
    assert "A MIDI file begins with MThd" in refused.stderr


def test_sound_is_guessed_and_trained_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "song.bin"
    path.write_bytes(wav(tone(5.0)))
    data, digest = taken(path)
    assert data == "own_sound"
    assert len(get_examples("sound", digest)["levels"]) == 311
    assert "Read as sound; say --as" in capsys.readouterr().err
    with pytest.raises(ExplorerError, match="--column says nothing of a file"):
        taken(path, column="1")
    few = ("--data", str(path), "--steps", "2", "--set", "data.band=4", "--json")
    good = ran("train", *few, "--model", "gru")
    assert good.exit_code == 0, good.output
    assert json.loads(good.stdout)["data"] == "own_sound"
    refused = ran("train", "--data", str(table(tmp_path, "a.csv")), "--as", "sound")
    assert "A WAV file begins with RIFF" in refused.stderr


def test_recordings_are_guessed_and_trained_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "words.zip"
    path.write_bytes(recordings(texts(12)))
    data, digest = taken(path)
    assert data == "own_recordings"
    assert get_examples("recordings", digest)["texts"] == texts(12)
    told = capsys.readouterr().err
    assert "Read as recordings with their texts; say --as" in told
    assert "12 recordings of" in told
    assert taken(path, kind="recordings", given="file", column="text")[1] == digest
    with pytest.raises(ExplorerError, match="--decimal says nothing of a file"):
        taken(path, decimal=",")
    few = ("--data", str(path), "--steps", "2", "--set", "data.together=3", "--json")
    good = ran("train", *few, "--model", "lstm")
    assert good.exit_code == 0, good.output
    result = json.loads(good.stdout)
    assert result["data"] == "own_recordings"
    assert set(result["baselines"]) == {"uniform", "no look"}
    path.write_bytes(recordings(texts(9)))
    refused = ran("train", "--data", str(path), "--model", "lstm")
    assert "at least 10 different recordings, but this has 9" in refused.stderr
    refused = ran(
        "train", "--data", str(table(tmp_path, "a.csv")), "--as", "recordings"
    )
    assert "could not be opened as one" in refused.stderr
