"""Files that people brought, in `cases`: each with its right values or its sentence."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from explorer.__main__ import main
from explorer.data import content, files, own_series
from explorer.data.choices import Choices
from explorer.data.conll import read_tags
from explorer.data.own_series import OwnSeriesSettings
from explorer.data.tokens import words
from explorer.data.typed import pasted_numbers
from explorer.errors import ExplorerError

CASES = Path(__file__).parent / "cases"

SAME_EVERYWHERE = [20.283, 20.411, 21.432]
NEW_YEAR = "2022-01-01T00:00"

SERIES: dict[str, tuple[dict[str, Any], list[float], str]] = {
    "ampm.csv": ({}, SAME_EVERYWHERE, NEW_YEAR),
    "blank_lines.csv": ({}, [20.386, 21.264, 21.656], NEW_YEAR),
    "crcrlf_single.csv": ({}, [20.701, 20.631, 21.754], ""),
    "currency.csv": ({}, [20.28, 20.41, 21.43], NEW_YEAR),
    "date_and_time_newest_first.csv": ({}, [22.545, 22.673], "2022-01-11T01:00"),
    "day_mean_tz.csv": ({}, [1, 1, 1], NEW_YEAR),
    "eight_digit_ids.csv": ({}, SAME_EVERYWHERE, ""),
    "epoch_s.csv": ({}, SAME_EVERYWHERE, NEW_YEAR),
    "excel_sep.csv": ({}, SAME_EVERYWHERE, NEW_YEAR),
    "flat_tail.csv": ({}, [20, 20.829, 21.636], ""),
    "fred_dot.csv": ({}, [20.28, 20.41, 21.43], NEW_YEAR),
    "german.csv": ({"column": "Druck"}, [1014.1, 1020.5], NEW_YEAR),
    "german_header_commas.csv": ({"column": "Temp, innen"}, [20.3, 20.4], NEW_YEAR),
    "german_thousands.csv": ({}, [912, 918, 964], NEW_YEAR),
    "headerless_date.csv": ({}, SAME_EVERYWHERE, NEW_YEAR),
    "newest_first.csv": ({}, [22.545, 22.673], "2022-08-30T00:00"),
    "oldest_first_reference.csv": ({}, SAME_EVERYWHERE, NEW_YEAR),
    "one_known_val.csv": ({}, [20, 20.829, 21.636], "0.0"),
    "paste_decimal_comma.txt": ({}, [20, 20.8, 21.6], ""),
    "power_like.txt": ({}, [20.386, 21.264, 21.656], "2022-01-01T17:24"),
    "preamble.csv": ({}, SAME_EVERYWHERE, NEW_YEAR),
    "series.tsv": ({}, [20.386, 21.264, 21.656], NEW_YEAR),
    "thousands_quoted.csv": (
        {"column": "Price"},
        [4509.07, 4534.55],
        "2022-08-30T00:00",
    ),
    "trailing_missing.csv": ({}, [20.028, 21.204, 21.357], NEW_YEAR),
    "two_stores.csv": ({"only": ("store", "1")}, [20.28], NEW_YEAR),
    "weekly_desc_us.csv": ({}, [2257.0, 2221.0], "2020-08-17T00:00"),
    "yfinance.csv": ({"column": "Close"}, [141.977602, 142.873551], "2022-01-01"),
    "zero_inflated.csv": ({}, [5, 0, 0], ""),
}
"""What must be said of a table, its first values, and when it begins."""

ASKED = {
    "german.csv": "has 2 columns of numbers: 'Wert', 'Druck'",
    "german_header_commas.csv": "2 columns of numbers: 'Temp, innen', 'Temp, außen'",
    "thousands_quoted.csv": "4 columns of numbers: 'Price', 'Open', 'Vol.', 'Change %'",
    "two_stores.csv": "rows have the time of another, the first in row 3",
    "yfinance.csv": "5 columns of numbers: 'Close', 'High', 'Low', 'Open', 'Volume'",
}
"""The sentence where nothing is said of it."""

TEXTS = {
    "curly_cp1252.txt": "The miller’s “old” mill — it ran.",
    "hindi.txt": "नदी पुरानी चक्की के पास बहती थी।",
    "nfd.txt": "café naïve résumé",
}
"""How a text begins."""

TAGS = {
    "iob.conll": [
        [["Anna", "Smith", "sleeps"], ["B-PER", "I-PER", "O"]],
        [["Berlin"], ["B-LOC"]],
    ],
}
"""The sentences of a file of tags."""

REFUSED = {
    "one_symbol.txt": "is made of 'a' alone",
}


def raw(name: str) -> bytes:
    return (CASES / name).read_bytes()


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))


def test_every_case_is_in_a_table() -> None:
    assert {path.name for path in CASES.iterdir()} == {
        *SERIES,
        *TEXTS,
        *TAGS,
        *REFUSED,
    }


@pytest.mark.parametrize("name", SERIES)
def test_a_series(name: str) -> None:
    said, first, begins = SERIES[name]
    assert files.kind_of(raw(name), name) == "series"
    if name in ASKED:
        with pytest.raises(ExplorerError) as caught:
            files.read_series(raw(name), name)
        assert ASKED[name] in str(caught.value)
    series = files.read_series(raw(name), name, Choices(**said)).series
    np.testing.assert_allclose(series.values[: len(first)], first)
    if begins:
        assert series.times is not None
        assert str(series.times[0]).startswith(begins)
        assert (np.diff(series.times) > 0).all()


@pytest.mark.parametrize("name", TEXTS)
def test_a_text(name: str) -> None:
    assert files.kind_of(raw(name), name) == "text"
    text = files.read_text(raw(name), name)
    assert text.startswith(TEXTS[name])
    assert words(text)[:2] == words(TEXTS[name])[:2]


@pytest.mark.parametrize("name", TAGS)
def test_tags(name: str) -> None:
    assert files.kind_of(raw(name), name) == "tags"
    found = read_tags(raw(name), name)
    assert found.examples["sentences"] == TAGS[name]
    assert "at least 10 different sentences, but this has 2" in str(found.too_few)


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal(name: str) -> None:
    with pytest.raises(ExplorerError, match=REFUSED[name]):
        files.read_text(raw(name), name)


def test_pasted_decimal_commas_are_decimals() -> None:
    found = pasted_numbers(raw("paste_decimal_comma.txt").decode()).values
    assert len(found) == 150
    np.testing.assert_array_equal(found[:3], [20, 20.8, 21.6])


def test_day_means_are_those_of_the_place() -> None:
    series = files.read_series(raw("day_mean_tz.csv"), "a.csv").series
    settings = OwnSeriesSettings(
        digest=content.put_series(*series), resample="time", span="day", window=8
    ).model_copy(update={"validation_share": 0.4})
    shown = own_series.make(settings, 0).series
    assert shown is not None
    np.testing.assert_array_equal(shown.values[:3], [1, 2, 3])


def test_what_clipping_makes_constant_is_the_cause() -> None:
    series = files.read_series(raw("zero_inflated.csv"), "a.csv").series
    settings = OwnSeriesSettings(
        digest=content.put_series(*series), outliers="iqr", window=8
    )
    with pytest.raises(ExplorerError, match="takes all values other than 0"):
        own_series.make(settings, 0)


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("flat_tail.csv", "forward"),
        ("trailing_missing.csv", "forward"),
        ("one_known_val.csv", "mask"),
    ],
)
def test_a_part_that_does_not_move_has_no_r2(name: str, missing: str) -> None:
    told = ["train", "--data", str(CASES / name), "--model", "rnn", "--steps", "2"]
    result = CliRunner().invoke(
        main, [*told, "--set", f"data.missing={missing}", "--json"]
    )
    found = json.loads(result.stdout)
    assert found["metrics"]["r2"] is None
    assert math.isfinite(found["metrics"]["mae"])
