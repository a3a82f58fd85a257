"""Every kind of file with its right values, or the sentence that asks or refuses."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import numpy as np
import pytest

from explorer.data import files, own_series, own_text, parsing
from explorer.data.choices import Choices
from explorer.data.content import put_series, put_text
from explorer.data.own_series import OwnSeriesSettings
from explorer.data.own_text import OwnTextSettings
from explorer.data.tokens import words
from explorer.data.typed import pasted_numbers, split_numbers
from explorer.errors import ExplorerError
from explorer.ui.language import translator

N = 150
VALUES = np.round(20 + 5 * np.sin(np.arange(N) / 7), 2)
BIG = np.round(VALUES * 100)  # some below 2,000, some above
DAYS = [datetime(2022, 1, 1) + timedelta(days=k) for k in range(N)]
HOURS = [datetime(2022, 1, 1) + timedelta(hours=k) for k in range(N)]
MONTHS = [datetime(2000 + k // 12, 1 + k % 12, 1) for k in range(N)]
QUARTERS = [datetime(1950 + k // 4, 1 + 3 * (k % 4), 1) for k in range(N)]
WEEKS = [datetime(2018, 1, 1) + timedelta(days=7 * k) for k in range(N)]
ISO = [f"{day:%Y-%m-%d}" for day in DAYS]
POINT = [f"{v:.2f}" for v in VALUES]
COMMA = [v.replace(".", ",") for v in POINT]


def local(value: float, decimal: str, thousands: str, digits: int = 2) -> str:
    """A number as a country writes it."""
    plain = f"{value:,.{digits}f}".replace(",", "\0").replace(".", decimal)
    return plain.replace("\0", thousands)


def table(head: str, *columns: Sequence[object], by: str = ",") -> str:
    rows = [by.join(map(str, row)) for row in zip(*columns, strict=True)]
    return "\n".join([*([head] if head else []), *rows]) + "\n"


def quoted(cells: Sequence[str]) -> list[str]:
    return [f'"{cell}"' for cell in cells]


def read(text: str, name: str = "a.csv", **said: object) -> files.Taken:
    return files.read_series(text.encode(), name, Choices(**said))


PLAIN = table("date,v", ISO, POINT)
NUMBERS: dict[str, tuple[str, np.ndarray]] = {
    "decimal commas": (table("d;v", ISO, COMMA, by=";"), VALUES),
    "decimal commas, quoted": (table("d,v", ISO, quoted(COMMA)), VALUES),
    "commas in the header": (table("d;v, inside", ISO, COMMA, by=";"), VALUES),
    "three decimals": (table("d,v", ISO, [f"{v:.3f}" for v in VALUES]), VALUES),
    "three decimals, commas": (
        table("d;v", ISO, [local(v, ",", ".", 3) for v in VALUES], by=";"),
        VALUES,
    ),
    "thousands, German": (
        table("d;v", ISO, [local(v // 2, ",", ".", 0) for v in BIG], by=";"),
        BIG // 2,
    ),
    "thousands, American": (
        table("d,v", ISO, quoted([local(v, ".", ",") for v in BIG / 2])),
        BIG / 2,
    ),
    "thousands, Swiss": (table("d,v", ISO, [local(v, ".", "’") for v in BIG]), BIG),
    "thousands, French": (
        table("d;v", ISO, [local(v, ",", "\u202f") for v in BIG], by=";"),
        BIG,
    ),
    "thousands, Indian": (
        table("d;v", ISO, [f"12,34,{v:.0f}" for v in VALUES * 10 + 100], by=";"),
        1234000 + np.array([float(f"{v:.0f}") for v in VALUES * 10 + 100]),
    ),
    "currency before": (table("d,v", ISO, [f"${v}" for v in POINT]), VALUES),
    "currency after": (
        table("d;v", ISO, [f"{local(v, ',', '.')} €" for v in BIG], by=";"),
        BIG,
    ),
    "percent": (table("d,v", ISO, [f"{v} %" for v in POINT]), VALUES),
    "millions": (table("d,v", ISO, [f"{v}M" for v in POINT]), VALUES * 1e6),
    "real minus": (
        table("d,v", ISO, [f"{v - 20:.2f}".replace("-", "−") for v in VALUES]),
        VALUES - 20,
    ),
    "accountants' nothing": (
        table("d,v", ISO, [f"$ {v}" if v > 16 else "$ -" for v in VALUES]),
        np.where(VALUES > 16, VALUES, 0),
    ),
    "parentheses": (
        table("d,v", ISO, [f"({20 - v:.2f})" if v < 20 else v - 20 for v in VALUES]),
        VALUES - 20,
    ),
    "exponents": (table("d,v", ISO, [f"{v:.4E}" for v in VALUES]), VALUES),
}

FRAMES: dict[str, str] = {
    "pipes": PLAIN.replace(",", "|"),
    "tabs": PLAIN.replace(",", "\t"),
    "blanks": PLAIN.replace(",", "   "),
    "said by Excel": "sep=;\n" + PLAIN.replace(",", ";"),
    "comments above": "# station 12\n# unit: C\n" + PLAIN,
    "a title": "My station\n\n" + PLAIN,
    "a padded title": "My station,\nNumber: 12,\n" + PLAIN,
    "names and values above": "Station,12\nLatitude,48.2\n" + PLAIN,
    "a row of units": PLAIN.replace("date,v\n", "date,v\nyyyy-mm-dd,°C\n"),
    "units without a time": PLAIN.replace("date,v\n", "date,v\n,[mm]\n"),
    "a footer": PLAIN + "\nSource: a bank; revised\n",
    "a sum below": PLAIN + "Total,3000.00\n",
    "notes below": PLAIN + "\nNotes:\n1 provisional, to be revised\n",
    "commas at the end": PLAIN.replace("\n", ",\n"),
    "commas at the end of rows": PLAIN.replace("\n", ",,\n").replace("v,,", "v", 1),
    "blank lines": PLAIN.replace("\n", "\n\n"),
    "three line ends": PLAIN.replace("\n", "\r\r\n"),
    "old Macintosh": PLAIN.replace("\n", "\r"),
    "all quoted": table('"date","v"', quoted(ISO), quoted(POINT)),
    "a line end in a name": PLAIN.replace("date,v", 'date,"v\n(C)"'),
    "no names": PLAIN.replace("date,v\n", ""),
    "names once more": PLAIN.replace(ISO[70], "date,v\n" + ISO[70]),
    "labels without a name": table("date,v", range(1, N + 1), ISO, POINT),
    "an index": table(",date,v", range(N), ISO, POINT),
    "words in most columns": table(
        "date;a;b;c;v", ISO, ["x"] * N, ["y"] * N, ["z"] * N, COMMA, by=";"
    ),
    "a download": table("Price,Close\nTicker,A\nDate,", ISO, POINT),
}

TIMES: dict[str, tuple[str, list[datetime]]] = {
    "%Y-%m-%dT%H:%M:%SZ": ("", HOURS),
    "%Y-%m-%d %H:%M:%S UTC": ("", HOURS),
    "%Y-%m-%d %H:%M CEST": ("", HOURS),
    "%m/%d/%Y %I:%M %p": ("month-first", HOURS),
    "%d-%b-%Y %I:%M:%S%p": ("", HOURS),
    "%d.%m.%Y, %H:%M": ("day-first", HOURS),
    "%d/%b/%Y:%H:%M:%S": ("", HOURS),
    "%Y%m%d%H": ("", HOURS),
    "%Y%m%d%H%M": ("", HOURS),
    "%m/%d/%y": ("", DAYS),
    "%d.%m.%y": ("", DAYS),
    "%Y%m%d": ("", DAYS),
    "%a, %d %b %Y": ("", DAYS),
    "%B %d, %Y": ("", DAYS),
    "%Y%m": ("", MONTHS),
    "%b %Y": ("", MONTHS),
    "%b-%y": ("", MONTHS),
    "%m/%Y": ("", MONTHS),
    "%G-W%V": ("", WEEKS),
    "KW %V/%G": ("", WEEKS),
    "%d. %m. %Y": ("", DAYS),
    "%d.%m.%Y %H.%M": ("day-first", HOURS),
    "%d.%m.%Y %H:%M Uhr": ("day-first", HOURS),
    "%d.%m.%Y %H:%M - %d.%m.%Y %H:%M": ("day-first", HOURS),
    "%Y-%m-%dT%H:%MZ/%Y-%m-%dT%H:%MZ": ("", HOURS),
    "%Y年%m月%d日": ("", DAYS),
    "%Y年%m月%d日%H时": ("", HOURS),
    "%Y年%m月%d日 %p %I:%M": ("", HOURS),
    "%Y년 %m월 %d일": ("", DAYS),
    "%d/%m/%Y %H:%M": ("", HOURS),
}
HALVES = str.maketrans({"A": "上", "P": "下", "M": "午"})


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers(name: str) -> None:
    text, values = NUMBERS[name]
    np.testing.assert_allclose(read(text).series.values, values, rtol=1e-12)


@pytest.mark.parametrize("name", FRAMES)
def test_what_stands_around_a_table(name: str) -> None:
    series = read(FRAMES[name]).series
    np.testing.assert_array_equal(series.values, VALUES)
    np.testing.assert_array_equal(series.times, np.array(DAYS, "datetime64[ms]"))


@pytest.mark.parametrize("form", TIMES)
@pytest.mark.parametrize("newest_first", [False, True])
def test_times(form: str, newest_first: bool) -> None:
    first, times = TIMES[form]
    written = [f"{time:{form}}" for time in times]
    if "年" in form:
        written = [time.translate(HALVES) for time in written]
    rows = list(zip(written, POINT, strict=True))
    rows = rows[::-1] if newest_first else rows
    series = read(table("when;v", *zip(*rows, strict=True), by=";"), first=first).series
    np.testing.assert_array_equal(series.values, VALUES)
    np.testing.assert_array_equal(series.times, np.array(times, "datetime64[ms]"))


@pytest.mark.parametrize("per_second", [1, 1000, 10**6])
def test_counts_since_1970(per_second: int) -> None:
    begin = datetime(1970, 1, 1)
    counts = [int((time - begin).total_seconds()) * per_second for time in HOURS]
    taken = read(table("timestamp,v", counts, POINT))
    assert taken.series.label == "v"
    np.testing.assert_array_equal(taken.series.times, np.array(HOURS, "datetime64[ms]"))


@pytest.mark.parametrize("form", ["{0}-Q{1}", "{0}Q{1}", "{0}:Q{1}", "Q{1} {0}"])
def test_quarters(form: str) -> None:
    written = [form.format(time.year, 1 + time.month // 3) for time in QUARTERS]
    times = read(table("when,v", written, POINT)).series.times
    np.testing.assert_array_equal(times, np.array(QUARTERS, "datetime64[ms]"))


@pytest.mark.parametrize(
    ("columns", "cells"),
    [
        ("Date;Time", lambda t: (f"{t:%d/%m/%Y}", f"{t:%H:%M:%S}")),
        ("date;hour", lambda t: (f"{t:%Y-%m-%d}", t.hour)),
        ("Year;Month;Day;Hour", lambda t: (t.year, t.month, t.day, t.hour)),
    ],
)
def test_times_in_several_columns(
    columns: str, cells: Callable[[datetime], tuple[object, ...]]
) -> None:
    rows = [(*cells(t), v) for t, v in zip(HOURS, POINT, strict=True)][::-1]
    asked = {"first": "day-first"} if "Time" in columns else {}
    for time in (None, columns.split(";")[0]):
        text = table(f"{columns};v", *zip(*rows, strict=True), by=";")
        series = read(text, column="v", time=time, **asked).series
        np.testing.assert_array_equal(series.values, VALUES)
        np.testing.assert_array_equal(series.times, np.array(HOURS, "datetime64[ms]"))


def test_years_and_names_of_months() -> None:
    years, names = ([f"{time:{form}}" for time in MONTHS] for form in ("%Y", "%b"))
    times = read(table("Year,Month,v", years, names, POINT)).series.times
    np.testing.assert_array_equal(times, np.array(MONTHS, "datetime64[ms]"))


MONTH_NAMES = {
    "German": "Januar Februar März April Mai Juni Juli August September Oktober "
    "November Dezember",
    "French": "janvier février mars avril mai juin juillet août septembre octobre "
    "novembre décembre",
    "Spanish": "enero febrero marzo abril mayo junio julio agosto septiembre octubre "
    "noviembre diciembre",
}


@pytest.mark.parametrize("language", MONTH_NAMES)
@pytest.mark.parametrize("form", ["{1} {2}", "{0}. {1} {2}", "Mo, {0} {1} {2}"])
def test_months_by_name(language: str, form: str) -> None:
    names = MONTH_NAMES[language].split()
    written = [form.format(t.day, names[t.month - 1], t.year) for t in MONTHS]
    times = read(table("when;v", written, COMMA, by=";")).series.times
    np.testing.assert_array_equal(times, np.array(MONTHS, "datetime64[ms]"))


def test_a_day_that_ends_at_24() -> None:
    ends = [time + timedelta(hours=1) for time in HOURS]
    days, clocks = ([f"{time:{form}}" for time in HOURS] for form in ("%Y-%m-%d", "%H"))
    clocks = [f"{int(clock) + 1:02}:00" for clock in clocks]
    texts = (
        table("Date,Time,v", days, clocks, POINT),
        table("Date,Hour,v", days, [clock[:2] for clock in clocks], POINT),
        table("t,v", map(" ".join, zip(days, clocks, strict=True)), POINT),
    )
    for text in texts:
        series = read(text, column="v").series
        np.testing.assert_array_equal(series.times, np.array(ends, "datetime64[ms]"))


@pytest.mark.parametrize("minutes", [60, 30, 15])
@pytest.mark.parametrize("newest_first", [False, True])
def test_the_hour_that_autumn_repeats_is_kept_twice_and_said(
    minutes: int, newest_first: bool
) -> None:
    begin, change = datetime(2022, 10, 29, 12), datetime(2022, 10, 30, 3)
    times = [begin + timedelta(minutes=minutes * k) for k in range(N)]
    clocks = [t if t < change else t - timedelta(hours=1) for t in times]
    rows = list(zip([f"{t:%Y-%m-%d %H:%M}" for t in clocks], POINT, strict=True))
    rows = rows[::-1] if newest_first else rows
    taken = read(table("t,v", *zip(*rows, strict=True)))
    np.testing.assert_array_equal(taken.series.values, VALUES)
    said = "Clocks were put back (1): that hour is there twice."
    assert said in map(str, taken.remarks)
    summer = [t.replace("-10-", "-07-") for t, _v in rows]
    with pytest.raises(ExplorerError, match="Say what becomes of them"):
        read(table("t,v", summer, [v for _t, v in rows]))


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (["12"] * N, "column 'other' of 'a.csv' is always 12"),
        ([f"{k:02}e{k % 10}" for k in range(N)], "it says '00e0'"),
        (["0x1f"] * N, "it says '0x1f'"),
    ],
)
def test_columns_that_are_no_series_are_said_not_asked(
    column: list[str], said: str
) -> None:
    taken = read(table("date,other,v", ISO, column, POINT))
    assert taken.series.label == "v"
    assert any(said in str(remark) for remark in taken.remarks)


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ("Tag;Größe °C", "cp1252"),
        ("Día;Máximo", "cp1252"),
        ("Tag;Betrag in €", "cp1252"),
        ("Tag;v", "utf-16-le"),
        ("Tag;v", "utf-16-be"),
    ],
)
def test_encodings_that_a_table_tells(head: str, encoding: str) -> None:
    raw = table(head, ISO, COMMA, by=";").encode(encoding)
    series = files.read_series(raw, "a.csv").series
    assert series.label == head.split(";")[1]
    np.testing.assert_array_equal(series.values, VALUES)


@pytest.mark.parametrize(
    "cell",
    ["k.A.", "#NV", "缺测", "#N/A", "--", ".", "NULL", "n/a", "-", "NaN", "<NA>"],
)
def test_cells_that_hold_nothing(cell: str) -> None:
    values = read(
        PLAIN.replace(f"{ISO[5]},{POINT[5]}", f"{ISO[5]},{cell}")
    ).series.values
    assert list(np.flatnonzero(np.isnan(values))) == [5]


def test_a_download_of_two() -> None:
    head = "Price,Close,Close,Open,Open\nTicker,A,B,A,B\nDate,,,,"
    text = table(head, ISO, POINT, POINT[::-1], POINT, POINT)
    assert parsing.read_table(text.encode(), "a.csv").names[:3] == [
        *("Date", "Close A", "Close B")
    ]
    np.testing.assert_array_equal(
        read(text, column="Close B").series.values, VALUES[::-1]
    )


@pytest.mark.parametrize("head", ["v\n", ""])
def test_one_column_of_decimal_commas(head: str) -> None:
    series = read(head + "\n".join(COMMA)).series
    np.testing.assert_array_equal(series.values, VALUES)


def test_rows_of_the_same_time_are_turned_round_with_the_others() -> None:
    days = [day for day in ISO[: N // 2] for _ in range(2)][::-1]
    series = read(table("date,v", days, POINT[::-1]), same="all").series
    np.testing.assert_array_equal(series.values, VALUES)


def test_an_id_is_no_time() -> None:
    series = read(table("id,v", range(20000000, 20000000 + N), POINT)).series
    assert series.label == "v"
    assert series.times is None


def test_the_clock_of_the_place_is_kept() -> None:
    """Day means of a place eight hours ahead; and an hour that comes twice."""
    times = [f"{time:%Y-%m-%d %H:%M:%S}+08:00" for time in HOURS]
    days = [time.day for time in HOURS]
    own = read(table("time,v", times, days)).series
    digest = put_series(*own)
    said = {"digest": digest, "resample": "time", "span": "day"}
    with pytest.raises(ExplorerError, match="after preparation there are 6 and 1"):
        own_series.make(OwnSeriesSettings(**said, window=8), 0)
    autumn = [datetime(2022, 10, 29) + timedelta(hours=k / 2) for k in range(N)]
    ahead = [2 if time < datetime(2022, 10, 30, 1) else 1 for time in autumn]
    berlin = [
        f"{time + timedelta(hours=h):%Y-%m-%dT%H:%M:%S}+0{h}:00"
        for time, h in zip(autumn, ahead, strict=True)
    ]
    series = read(table("time,v", berlin[::-1], POINT[::-1])).series
    np.testing.assert_array_equal(series.values, VALUES)
    assert series.times is not None
    assert (np.diff(series.times) >= np.timedelta64(0)).all()
    assert str(series.times[0]).startswith("2022-10-29T02:00")


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


def test_a_column_that_looks_like_times_and_is_none_is_named() -> None:
    bad = [*ISO[:70], "31 February 2022", *ISO[71:]]
    (remark,) = (str(words) for words in read(table("date,v", bad, POINT)).remarks)
    assert "row 72 in column 'date' of 'a.csv' says '31 February 2022'" in remark


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.tsv", PLAIN, "series"),
        ("a.txt", PLAIN.replace(",", ";"), "series"),
        ("a.txt", PLAIN.replace(",", "\t"), "series"),
        ("a.txt", "\n".join(POINT), "series"),
        ("a.txt", "The fox, the cat,\nand the owl, at last.\n" * 20, "text"),
        ("a.txt", "3.14159265358979" * 20, "text"),
        ("a.conll", "Anna\tB-PER\nSmith\tI-PER\nsleeps\tO\n\n" * 20, "text"),
    ],
)
def test_a_table_or_a_text(name: str, text: str, kind: str) -> None:
    assert files.kind_of(text.encode(), name) == kind


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1,5\n2,7\n3,1", [1.5, 2.7, 3.1]),
        ("1,5; 2,7; 3,1", [1.5, 2.7, 3.1]),
        ("1,2,3", [1, 2, 3]),
        ("1.5, 2.7, 3.1", [1.5, 2.7, 3.1]),
        ("1.5,2.7,3.1", [1.5, 2.7, 3.1]),
        ("1.234,5 2,5", [1234.5, 2.5]),
        ("−1 (2) $3", [-1, -2, 3]),
    ],
)
def test_pasted(text: str, numbers: list[float]) -> None:
    many = text + ("," if text.count(",") == 2 and " " not in text else "\n")
    count = len(split_numbers(text))
    found = pasted_numbers(many * 100).values
    assert len(found) == 100 * count
    np.testing.assert_array_equal(found[:count], numbers)


HINDI = "नदी पुरानी चक्की के पास बहती थी। "


def test_words_keep_their_marks() -> None:
    assert words(HINDI) == [*HINDI.split()[:-1], "थी", "।"]
    apart = "cafe\u0301 nai\u0308ve " * 20
    text = files.read_text(apart.encode(), "a.txt")
    assert set(words(text)) == {"café", "naïve"}
    assert set(words(apart)) == {"cafe\u0301", "nai\u0308ve"}


@pytest.mark.parametrize("text", ["สวัสดีครับ ผมชื่อสมชาย", "ខ្ញុំស្រឡាញ់", "吾輩は猫である"])
def test_scripts_without_spaces_have_no_words(text: str) -> None:
    with pytest.raises(ExplorerError, match="in a script without them"):
        words(text)


def test_three_line_ends_are_one() -> None:
    text = "The fox and the cat.\n" * 20
    assert files.read_text(text.replace("\n", "\r\r\n").encode(), "a.txt") == text


def test_curly_quotes_of_windows() -> None:
    text = "The miller’s “old” mill — it ran. Don’t. " * 20
    assert files.read_text(text.encode("cp1252"), "a.txt") == text


@pytest.mark.parametrize("tokens", ["character", "word"])
def test_one_symbol(tokens: str, tmp_path: object) -> None:
    text = "a" * 300 if tokens == "character" else "fox " * 300
    settings = OwnTextSettings(digest=put_text(text), tokens=tokens)
    with pytest.raises(ExplorerError, match="two different symbols"):
        own_text.make(settings, 0)
    with pytest.raises(ExplorerError, match="is made of 'a' alone"):
        files.read_text(b"a" * 300, "a.txt")


def test_what_clipping_and_differences_make_constant() -> None:
    sparse = np.where(np.arange(N) % 6, 0.0, 5 + np.arange(N) / 6)
    digest = put_series(sparse, "v")
    with pytest.raises(ExplorerError, match="takes all values other than 0 for outl"):
        own_series.make(OwnSeriesSettings(digest=digest, outliers="iqr", window=8), 0)
    digest = put_series(np.arange(float(N)), "v")
    with pytest.raises(ExplorerError, match=r"Changes must vary .* are all 1"):
        own_series.make(
            OwnSeriesSettings(digest=digest, change="difference", window=8), 0
        )


@pytest.fixture(autouse=True)
def _store(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
