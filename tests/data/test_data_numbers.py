"""What a country writes is read back: numbers, dates, delimiters, quotes, encodings."""

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from io import StringIO

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from explorer.data import files
from explorer.data.choices import Choices
from explorer.data.numbers import NumberForm, read_numbers
from explorer.data.time_forms import first_of
from explorer.data.time_reading import find_times
from explorer.errors import ExplorerError

SIGNS = st.sampled_from(
    [(".", ""), (",", ""), (".", ","), (",", "."), (".", "'"), (",", "\u202f")]
)


NINES = {str(10**n - 1) for n in range(2, 10)}
WHOLE = st.integers(-(10**9), 10**9).filter(
    lambda number: str(abs(number)).rstrip("0") not in NINES
)
"""Numbers without 999 and its like, which may stand for nothing."""


def written(value: float, form: tuple[str, str], digits: int) -> str:
    decimal, thousands = form
    plain = f"{value:,.{digits}f}".replace(",", "\0").replace(".", decimal)
    return plain.replace("\0", thousands)


@settings(max_examples=50, deadline=None)
@example((".", "'"), 0, [0, 0, 1000], "'{}", "-{}")
@given(
    form=SIGNS,
    digits=st.sampled_from([0, 1, 2, 4, 6]),
    whole=st.lists(WHOLE, min_size=3, max_size=40),
    around=st.sampled_from(["{}", "${}", "{} €", "{}%", "CHF {}", " {} ", "'{}"]),
    below=st.sampled_from(["-{}", "({})", "−{}", "{}-"]),
)
def test_numbers_of_a_country(
    form: tuple[str, str], digits: int, whole: list[int], around: str, below: str
) -> None:
    """Three decimals may be thousands, and no decimals leave the sign open.

    A column of nothing but 1.020 and its like is read as decimals.
    """
    alike = all(1000 <= abs(each) < 10**6 for each in whole)
    assume(not (alike and form[1] == "." and not digits))
    values = [each / 10**digits for each in whole]
    cells = [around.format(written(abs(value), form, digits)) for value in values]
    cells = [
        below.format(cell.strip("'")) if value < 0 else cell
        for cell, value in zip(cells, values, strict=True)
    ]
    read = read_numbers(cells)
    assert not read.wrong.any()
    forms = read.rivals or (read.form,)
    found = [read_numbers(cells, None, each.decimal).values for each in forms]
    assert any(np.array_equal(each, values) for each in found)
    if digits and form[1]:
        assert len({tuple(each) for each in found}) <= 2
    if digits:
        np.testing.assert_array_equal(read.values, values)


@pytest.mark.parametrize(
    ("cells", "form", "open_"),
    [
        (["912", "1.020", "998"], NumberForm(",", "."), False),
        (["20.283", "21.411"], NumberForm("."), False),
        (["0.123", "1.020"], NumberForm("."), False),
        (["12345", "1.020"], NumberForm("."), False),
        (["1.020", "1,5"], NumberForm(",", "."), False),
        (["1.234.567", "5"], NumberForm(",", "."), False),
        (["1,020", "2,040"], NumberForm(".", ","), True),
        (["1.020", "2,040"], NumberForm(".", ","), True),
        (["0", "1.020"], NumberForm(",", "."), True),
        (["1 020", "998"], NumberForm(".", " "), False),
    ],
)
def test_the_form_of_a_column(cells: list[str], form: NumberForm, open_: bool) -> None:
    read = read_numbers(cells)
    assert bool(read.rivals) == open_
    assert read.form == form


def test_one_odd_cell_does_not_decide() -> None:
    numbers = read_numbers(["12B", "5", "6", "7%", "0", "1.5 kg"])
    assert list(numbers.wrong) == [True, False, False, True, False, True]


FORMS = ("%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%d", "%d-%b-%Y", "%b %d, %Y")
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p")


@settings(max_examples=50, deadline=None)
@given(
    form=st.sampled_from(FORMS),
    clock=st.sampled_from(CLOCKS),
    begin=st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)),
    step=st.sampled_from([timedelta(hours=1), timedelta(days=1), timedelta(days=9)]),
    count=st.integers(2, 90),
    newest_first=st.booleans(),
)
def test_dates_of_a_country(
    form: str,
    clock: str,
    begin: datetime,
    step: timedelta,
    count: int,
    newest_first: bool,
) -> None:
    begin = datetime(begin.year, begin.month, begin.day, begin.hour if clock else 0)
    times = [begin + k * (step if clock else timedelta(days=1)) for k in range(count)]
    times = times[::-1] if newest_first else times
    found = find_times([f"{time:{form + clock}}" for time in times], "when")
    assert found is not None
    if found.rivals:
        assert form in ("%m/%d/%Y", "%d/%m/%Y")
        cells = [f"{time:{form + clock}}" for time in times]
        found = find_times(cells, "when", first_of(form))
        assert found is not None
    np.testing.assert_array_equal(found.values, np.array(times, "datetime64[ms]"))


MONTHS = {
    "German": "Januar Februar März April Mai Juni Juli August September Oktober "
    "November Dezember",
    "French": "janvier février mars avril mai juin juillet août septembre octobre "
    "novembre décembre",
    "Polish": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września "
    "października listopada grudnia",
    "Russian": "января февраля марта апреля мая июня июля августа сентября октября "
    "ноября декабря",
}


def in_words(time: datetime, language: str) -> str:
    return f"{time.day} {MONTHS[language].split()[time.month - 1]} {time.year}"


def epoch(time: datetime) -> float:
    return (time - datetime(1970, 1, 1)).total_seconds()


MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WRITERS: dict[str, tuple[timedelta, Callable[[datetime], str]]] = {
    "epoch in seconds": (MINUTE, lambda t: f"{epoch(t):.0f}"),
    "epoch in milliseconds": (MINUTE, lambda t: f"{1e3 * epoch(t):.0f}"),
    "run together": (DAY, lambda t: f"{t:%Y%m%d}"),
    "run together, with a clock": (MINUTE, lambda t: f"{t:%Y%m%d%H%M}"),
    "two digits of a year": (DAY, lambda t: f"{t:%m/%d/%y}"),
    "a clock of two halves": (MINUTE, lambda t: f"{t:%m/%d/%Y %I:%M:%S %p}"),
    "small halves": (MINUTE, lambda t: f"{t:%m/%d/%Y %I:%M %p}".lower()),
    "a zone": (MINUTE, lambda t: f"{t:%Y-%m-%dT%H:%M:%S}+08:00"),
    "greenwich": (MINUTE, lambda t: f"{t:%Y-%m-%dT%H:%M:%SZ}"),
    "a weekday": (DAY, lambda t: f"{t:%a, %d %b %Y}"),
    "the mail": (MINUTE, lambda t: f"{t:%a, %d %b %Y %H:%M:%S} +0200"),
    "a log": (MINUTE, lambda t: f"{t:%Y-%m-%d %H:%M:%S},250"),
    "Chinese": (DAY, lambda t: f"{t.year}年{t.month}月{t.day}日"),
    "days of the year": (DAY, lambda t: f"{t:%Y-%j}"),
    **{name: (DAY, partial(in_words, language=name)) for name in MONTHS},
}


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(sorted(WRITERS)),
    begin=st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)),
    every=st.integers(1, 40),
    newest_first=st.booleans(),
)
def test_times_of_a_program(
    name: str, begin: datetime, every: int, newest_first: bool
) -> None:
    unit, write = WRITERS[name]
    begin = begin.replace(second=0, microsecond=0)
    begin = begin if unit == MINUTE else datetime(begin.year, begin.month, begin.day)
    times = [begin + k * every * unit for k in range(60)][:: -1 if newest_first else 1]
    cells = list(map(write, times))
    found = find_times(cells, "date")
    assert found is not None
    if found.rivals:
        found = find_times(cells, "date", "month-first")
        assert found is not None
    more = timedelta(milliseconds=250) if name == "a log" else timedelta(0)
    expected = np.array([time + more for time in times], "datetime64[ms]")
    np.testing.assert_array_equal(found.values, expected)


@settings(max_examples=60, deadline=None)
@given(
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    decimal=st.sampled_from([".", ","]),
    name=st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"]), min_size=1),
    seed=st.integers(0, 99),
)
def test_tables_of_a_program(
    delimiter: str,
    quoting: int,
    line_end: str,
    encoding: str,
    decimal: str,
    name: str,
    seed: int,
) -> None:
    values = np.random.default_rng(seed).normal(20, 5, 120).round(2)
    days = [f"{datetime(2023, 5, 1) + timedelta(days=k):%Y-%m-%d}" for k in range(120)]
    file = StringIO()
    writer = csv.writer(
        file, delimiter=delimiter, quoting=quoting, lineterminator=line_end
    )
    writer.writerow(["day", f"v {name}"])
    cells = [f"{value:.2f}".replace(".", decimal) for value in values]
    writer.writerows(zip(days, cells, strict=True))
    raw = file.getvalue().encode(encoding)
    series = files.read_series(raw, "a.csv").series
    np.testing.assert_array_equal(series.values, values)
    assert str(series.times[0]).startswith("2023-05-01")


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(["cp1252", "gb18030", "big5", "shift_jis"]), st.integers(0, 9))
def test_a_said_encoding(encoding: str, seed: int) -> None:
    header = {"cp1252": "température", "shift_jis": "温度", "big5": "溫度"}
    name = header.get(encoding, "温度")
    values = np.random.default_rng(seed).normal(size=120).round(4)
    raw = "\n".join([name, *map(str, values)]).encode(encoding)
    taken = files.read_series(raw, "a.csv", Choices(), encoding)
    assert taken.series.label == name
    np.testing.assert_array_equal(taken.series.values, values)


def test_no_form_of_a_name_is_taken_for_numbers() -> None:
    with pytest.raises(ExplorerError, match="none among 'when', 'who'"):
        files.read_series(b"when,who\n" + b"monday,ann\n" * 150, "a.csv")
