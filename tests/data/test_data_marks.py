"""Units and flags beside numbers: taken off, said, or refused where they are mixed."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from explorer.__main__ import main
from explorer.data import files, reading
from explorer.data.marks import marks_of
from explorer.errors import ExplorerError
from explorer.ui.language import translator

ZH = translator("zh")
N = 300
VALUES = np.round(20 + 5 * np.sin(np.arange(N) / 7), 1)
DAYS = np.datetime64("2022-01-01") + np.arange(N)


def table(cells: Sequence[str]) -> bytes:
    rows = [f"{day};{cell}" for day, cell in zip(DAYS, cells, strict=True)]
    return "\n".join(["day;v", *rows]).encode()


def written(form: Callable[[int, float], str]) -> list[str]:
    return [form(k, float(v)) for k, v in enumerate(VALUES)]


MARKED: dict[str, tuple[list[str], str]] = {
    "kg": (written(lambda k, v: f"{v} kg"), "'kg'"),
    "kg attached": (written(lambda k, v: f"{v}kg"), "'kg'"),
    "kg, decimal commas": (written(lambda k, v: f"{v} kg".replace(".", ",")), "'kg'"),
    "degrees": (written(lambda k, v: f"{v} °C"), "'°C'"),
    "degrees but in one": (written(lambda k, v: f"{v}{' °C' * (k > 0)}"), "'°C'"),
    "cubic metres": (written(lambda k, v: f"{v} m³/s"), "'m3/s'"),
    "one power, written in two ways": (
        written(lambda k, v: f"{v} {('W/m²', 'W/m2')[k % 2]}"),
        "'W/m2'",
    ),
    "a price of energy": (written(lambda k, v: f"{v} €/MWh"), "'€/MWh'"),
    "a Chinese unit": (written(lambda k, v: f"{v}公斤"), "'公斤'"),
    "amperes": (written(lambda k, v: f"{v} A"), "'A'"),
    "grades": (written(lambda k, v: f"{v} {'ABC'[k % 3]}"), "'A', 'C', 'B'"),
    "provisional and broken": (
        written(lambda k, v: f"{v}{(' p', ' b')[k % 2] * (k > 100)}"),
        "'b', 'p'",
    ),
    "provisional and estimated": (
        written(lambda k, v: f"{v}{' ep' * (k > 3)}"),
        "'ep'",
    ),
    "estimated, before": (written(lambda k, v: f"{'e ' * (k % 9 == 0)}{v}"), "'e'"),
    "a star": (written(lambda k, v: f"{v}{'*' * (k % 9 == 0)}"), "'*'"),
    "a note": (written(lambda k, v: f"{v} {'(1)' * (k % 9 == 0)}"), "'(1)'"),
    "a raised note": (written(lambda k, v: f"{v}{'¹' * (k % 9 == 0)}"), "'¹'"),
}


@pytest.mark.parametrize("name", MARKED)
def test_marks_are_taken_off_and_told(name: str) -> None:
    cells, marks = MARKED[name]
    assert files.kind_of(table(cells), "a.csv") == "series"
    taken = files.read_series(table(cells), "a.csv")
    np.testing.assert_allclose(taken.series.values, VALUES)
    assert f"Taken off the numbers: {marks}." in map(str, taken.remarks)
    page = reading.read(table(cells), "a.csv").taken
    assert page is not None
    assert f"数字旁已去掉：{marks}。" in [r.text(ZH) for r in page.remarks]


MISSING = [":", "..", "x", "(D)", "c", ": u", "F"]


@pytest.mark.parametrize("cell", MISSING)
def test_a_flag_without_a_number_is_a_gap(cell: str) -> None:
    cells = written(lambda k, v: cell if k % 9 == 3 else f"{v}{' p' * (k > 100)}")
    taken = files.read_series(table(cells), "a.csv")
    expected = np.where(np.arange(N) % 9 == 3, np.nan, VALUES)
    np.testing.assert_allclose(taken.series.values, expected)
    said = f"Taken for missing: '{cell}', 33 times."
    assert (said in map(str, taken.remarks)) == (cell not in (":", ".."))


MIXED: dict[str, tuple[list[str], str]] = {
    "kg and g": (written(lambda k, v: f"{v} {('kg', 'g')[k % 2]}"), "kg, g"),
    "m and km": (written(lambda k, v: f"{v} {('m', 'km')[k > 60]}"), "m, km"),
    "V and mV": (written(lambda k, v: f"{v} {('V', 'mV')[k > 60]}"), "V, mV"),
}


@pytest.mark.parametrize("name", MIXED)
def test_mixed_units_are_refused_by_their_names(name: str) -> None:
    cells, units = MIXED[name]
    with pytest.raises(ExplorerError) as caught:
        files.read_series(table(cells), "a.csv")
    assert f"has several: {units}. Write all numbers in" in str(caught.value)
    error = reading.read(table(cells), "a.csv").error
    assert error is not None
    assert f"多种：{units}" in error.words.text(ZH)


@pytest.mark.parametrize(
    "cells",
    [
        ["12a", "12b", "13c", "14a"],
        ["12 A", "13 B", "14 C"],
        ["10 AM", "11 PM"],
        ["1st", "2nd", "3rd"],
        ["1 Main Street", "2 Main Street"],
        ["3 pears", "4 apples", "5 plums"],
        ["12 x 30", "13 x 30"],
        ["A12", "A13"],
    ],
)
def test_words_and_codes_are_no_numbers(cells: list[str]) -> None:
    assert not marks_of(dict.fromkeys(cells)).taken_off


def test_the_command_line_tells_what_was_taken_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    where = tmp_path / "kg.csv"
    where.write_bytes(table(MARKED["kg"][0]))
    words = ["train", "--data", str(where), "--model", "rnn", "--steps", "1"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert "Taken off the numbers: 'kg'." in result.output
