"""Tables of which something is asked, left out and said, or that are refused."""

import numpy as np
import pytest

from explorer.errors import ExplorerError
from explorer.ui.language import translator
from tests.data.kinds import (
    BIG,
    COMMA,
    DAYS,
    ISO,
    MONTHS,
    POINT,
    VALUES,
    N,
    local,
    quoted,
    read,
    table,
)

TWO = table("date,shop,v", np.repeat(ISO, 2), [1, 2] * N, np.repeat(POINT, 2))

TWO = "\n".join(
    line if k % 2 or not k else line[:-5] + f"{float(line[-5:]) * 3:.2f}"
    for k, line in enumerate(TWO.strip().split("\n"))
)


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ({"same": "mean"}, np.round(VALUES * 3, 2) / 2 + VALUES / 2),
        ({"same": "first"}, VALUES),
        ({"same": "last"}, np.round(VALUES * 3, 2)),
        ({"only": ("shop", "2")}, np.round(VALUES * 3, 2)),
        ({"only": ("shop", "1")}, VALUES),
    ],
)
def test_rows_of_the_same_time(said: dict[str, object], values: np.ndarray) -> None:
    np.testing.assert_allclose(read(TWO, **said).series.values, values)


def test_some_rows_are_written_as_all_of_them_are() -> None:
    """The other shop's cells tell decimals from thousands, and days from months."""
    days = [*(f"{t:%d/%m/%Y}" for t in MONTHS), *(f"{d:%d/%m/%Y}" for d in DAYS)]
    cells = [*(f"{v:.3f}" for v in VALUES / 10), *(f"{v:.1f}" for v in VALUES)]
    text = table("d,shop,v", days, ["1"] * N + ["2"] * N, cells)
    found = read(text, only=("shop", "1")).series
    np.testing.assert_allclose(found.values, VALUES / 10)
    assert found.times is not None
    assert str(found.times[1]).startswith("2000-02-01")


ASKED: dict[str, tuple[str, dict[str, object], str, str]] = {
    "thousands or decimals": (
        table("d,v", ISO, quoted([local(v, ".", ",", 0) for v in BIG])),
        {"decimal": "."},
        r"as 2; 2\.071; 2\.141 or as 2000; 2071; 2141\. Say which of them is meant "
        ".The first numbers are",
        r"2; 2\.071; 2\.141",
    ),
    "day or month": (
        table("d,v", [f"{t:%d/%m/%Y}" for t in MONTHS], POINT),
        {"first": "day-first"},
        "can be read in two ways. Say which one is meant .The first dates are",
        "前几个日期是",
    ),
    "rows of the same time": (
        TWO,
        {"same": "mean"},
        "150 rows have the time of another.*Say what becomes of them .Rows of the same "
        "time",
        "时间相同的行",
    ),
    "columns": (
        table("d,a,b", ISO, POINT, POINT),
        {"column": "a"},
        "has 2 columns of numbers: 'a', 'b'. Say which one is meant .Column",
        "列",
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_only_a_person_knows_is_asked(name: str) -> None:
    text, said, match, chinese = ASKED[name]
    with pytest.raises(ExplorerError, match=match) as caught:
        read(text)
    assert chinese.replace("\\", "") in caught.value.text(translator("zh"))
    read(text, **said)


REFUSED = {
    "several units in cells": (
        table("d,v", ISO, [f"{v} {'k' * (k % 9 > 0)}g" for k, v in enumerate(POINT)]),
        "one unit, but column 'v' of 'a.csv' has several: g, kg. Write all",
    ),
    "a unit in one cell": (
        table("d,v", ISO, [f"{v}{' m' * (k == 7)}" for k, v in enumerate(POINT)]),
        "row 9 in column 'v' of 'a.csv' says '.* m'",
    ),
    "decimal commas that part": (table("d,v", ISO, COMMA), "decimal commas look like"),
    "too large": (
        table("d,v", ISO, [f"{v}e90" for v in POINT]),
        "up to 1e.30 in size, but row 2 .* another unit",
    ),
    "too small": (
        table("d,v", ISO, [f"{v}e-200" for v in POINT]),
        "the largest in .* is 2.5e-199. Give it in another unit",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused(name: str) -> None:
    text, match = REFUSED[name]
    with pytest.raises(ExplorerError, match=match):
        read(text)


def test_what_was_left_out_is_said() -> None:
    text = "My station\n\n" + table(
        "date,city,v", [*ISO[:-1][::-1], "soon"], ["oslo"] * N, POINT
    )
    remarks = [str(words) for words in read(text + "\nSource: me\n").remarks]
    assert remarks == [
        "Left out: rows above the values (1), the first is 'My station'.",
        "Left out: rows below the values (2), the first is 'soon,oslo,23.24'.",
        "Times are those of 'date'.",
        "The newest row came first; now the oldest does.",
        "Not used: column 'city' of 'a.csv' is neither numbers nor times: it says "
        "'oslo'.",
    ]
