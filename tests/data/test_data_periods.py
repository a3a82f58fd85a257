"""Halves, quarters, months, weeks and split years, in one column or in two."""

from collections.abc import Callable
from datetime import datetime

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.data.time_reading import find_times
from tests.data.kinds import DAYS, ISO, POINT, VALUES, WEEKS, N, read, table

ISO_WEEKS = [t.isocalendar()[:2] for t in WEEKS]
MONDAYS = np.array(WEEKS, "datetime64[D]")
ROMAN = ["", "I", "II", "III", "IV"]


def begins(since: int, months: int) -> np.ndarray:
    return np.datetime64(f"{since}-01", "M") + months * np.arange(N)


def written(form: str, since: int, a_year: int) -> list[str]:
    """{0} is the year, {1} the part of it, {2} the year in two digits, {3} Roman."""
    parts = [(since + k // a_year, 1 + k % a_year) for k in range(N)]
    return [form.format(y, p, f"{y % 100:02}", ROMAN[p % 5]) for y, p in parts]


def years(form: str, since: int = 1870) -> list[str]:
    """{0} is the year, {1} the next one, {2} and {3} the same in two digits."""
    each = range(since, since + N)
    return [form.format(y, y + 1, f"{y % 100:02}", f"{(y + 1) % 100:02}") for y in each]


HALVES = ["{0}H{1}", "{0} H{1}", "{0}-S{1}", "H{1} {0}", "{1}H{0}", "H{1}/{2}"]
HALVES += ["{1}. Halbjahr {0}"]
QUARTERS = ["{0}Q{1}", "{0}-Q{1}", "{0}.Q{1}", "{0} q{1}", "{0}:{1}", "{0}Q0{1}"]
QUARTERS += ["Q{1} {0}", "Q{1}-{2}", "Q{1}/{2}", "Q{1} {2}", "Q{1}'{2}", "{1}Q{2}"]
QUARTERS += ["{1}. Quartal {0}", "{0} {1}. quarter", "{1}-й квартал {0}"]
QUARTERS += ["{3} kw. {0}", "{0} {3}", "{3}/{0}", "{0}年 第{1}四半期"]
MONTHS = ["{0}M{1:02}", "{0}-M{1:02}", "{0}M{1}", "{0}:{1:02}", "M{1:02} {0}"]

YEARS = ["{0}/{3}", "{0}-{3}", "{0}–{3}", "{0}-{1}", "{0}/{1}", "FY{0}"]
YEARS += ["FY {0}/{3}", "Season {0}-{3}", "{0}年度"]

SPANS: dict[str, tuple[list[str], np.ndarray]] = {
    **{form: (written(form, 1970, 2), begins(1970, 6)) for form in HALVES},
    **{form: (written(form, 1970, 4), begins(1970, 3)) for form in QUARTERS},
    **{form: (written(form, 2000, 12), begins(2000, 1)) for form in MONTHS},
    **{form: (years(form), begins(1870, 12)) for form in YEARS},
    "from 1955 on": (written("Q{1}/{2}", 1955, 4), begins(1955, 3)),
    "seasons from 1940 on": (years("{2}/{3}", 1940)[:100], begins(1940, 12)[:100]),
    "fiscal years from 1919 on": (years("FY{2}", 1919)[:100], begins(1919, 12)[:100]),
    "weeks": ([f"{y}-W{w:02}" for y, w in ISO_WEEKS], MONDAYS),
    "weeks, Swedish": ([f"{y}W{w:02}" for y, w in ISO_WEEKS], MONDAYS),
    "weeks, German": ([f"KW {w}. {y}" for y, w in ISO_WEEKS], MONDAYS),
    "weeks in short years": ([f"W{w:02}/{y % 100}" for y, w in ISO_WEEKS], MONDAYS),
    "weeks in words": ([f"Week {w}, {y}" for y, w in ISO_WEEKS], MONDAYS),
    "weeks, Chinese": ([f"{y}年第{w}周" for y, w in ISO_WEEKS], MONDAYS),
    "weeks in digits": ([f"{y}{w:02}" for y, w in ISO_WEEKS], MONDAYS),
    "weeks in digits and a dash": ([f"{y}-{w:02}" for y, w in ISO_WEEKS], MONDAYS),
    "days in decimals": ([f"{t:%Y%m%d}.0" for t in DAYS], np.array(DAYS, "M8[D]")),
}


@pytest.mark.parametrize("name", SPANS)
def test_spans_of_a_year(name: str) -> None:
    cells, begun = SPANS[name]
    for step in (1, -1):
        found = find_times(cells[::step], "when")
        assert found is not None
        np.testing.assert_array_equal(found.values.astype(begun.dtype), begun[::step])


@pytest.mark.parametrize("name", ["Q{1}-{2}", "{0}/{3}", "weeks"])
def test_a_table_newest_first(name: str) -> None:
    cells, begun = SPANS[name]
    series = read(table("when;v", cells[::-1], POINT[::-1], by=";")).series
    assert series.times is not None
    np.testing.assert_array_equal(series.times.astype(begun.dtype), begun)
    np.testing.assert_array_equal(series.values, VALUES)


COLUMNS: dict[str, tuple[str, str, int]] = {
    "quarters": ("Year,Quarter", "{0},{1}", 4),
    "quarters with a letter": ("year,qtr", "{0},Q{1}", 4),
    "halves": ("Jahr,Halbjahr", "{0},{1}", 2),
    "codes of months": ("Year,Period", "{0},M{1:02}", 12),
    "codes of quarters": ("year,period", "{0},Q0{1}", 4),
    "codes of halves": ("Year,Period", "{0},S0{1}", 2),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_year_and_its_part_in_two_columns(name: str) -> None:
    head, form, a_year = COLUMNS[name]
    times = read(table(f"{head},v", written(form, 1970, a_year), POINT)).series.times
    assert times is not None
    np.testing.assert_array_equal(
        times.astype("datetime64[M]"), begins(1970, 12 // a_year)
    )


def test_a_year_and_its_week_in_two_columns() -> None:
    cells = [f"{year},{week}" for year, week in ISO_WEEKS]
    times = read(table("year,week,v", cells, POINT)).series.times
    assert times is not None
    np.testing.assert_array_equal(times.astype("datetime64[D]"), MONDAYS)


@pytest.mark.parametrize(("code", "parts"), [("M", 12), ("Q0", 4), ("S0", 2)])
def test_the_mean_of_a_year_is_none_of_its_parts(code: str, parts: int) -> None:
    rows = []
    for k, value in enumerate(POINT):
        year, part = 1970 + k // parts, 1 + k % parts
        rows.append(f"X,{year},{f'{code}{part:02}'[:1]}{part:02},{value}")
        if part == parts:
            rows.append(f"X,{year},{code[:1]}{parts + 1:02},999")
    found = read("Series ID,Year,Period,Value\n" + "\n".join(rows), column="Value")
    np.testing.assert_array_equal(found.series.values, VALUES)
    said = f"Left out: rows of means of whole years ({N // parts})."
    assert said in map(str, found.remarks)


def test_names_like_codes_of_years_stay() -> None:
    names = [f"M{1 + k % 13:02}" for k in range(N)]
    series = read(table("bus,date,v", names, ISO, POINT)).series
    np.testing.assert_array_equal(series.values, VALUES)


@pytest.mark.parametrize("cell", ["2019-Q5", "2019-S03", "2019/21", "T1-70", "2019W54"])
def test_what_is_no_span_is_named(cell: str) -> None:
    cells = written("{0}Q{1}", 1970, 4)
    found = read(table("when;v", [*cells[:70], cell, *cells[71:]], POINT, by=";"))
    assert found.series.times is None
    assert any(
        f"row 72 in column 'when' of 'a.csv' says '{cell}'" in str(remark)
        for remark in found.remarks
    )


def quarter(time: datetime) -> int:
    return 1 + (time.month - 1) // 3


Span = tuple[int, Callable[[datetime], str]]
WRITERS: dict[str, Span] = {
    "months": (1, lambda t: f"{t.year}M{t.month:02}"),
    "months, counted": (1, lambda t: f"{t.year}:{t.month:02}"),
    "quarters": (3, lambda t: f"{t.year}Q{quarter(t)}"),
    "quarters, the year last": (3, lambda t: f"Q{quarter(t)} {t.year}"),
    "quarters, two digits of a year": (3, lambda t: f"Q{quarter(t)}/{t:%y}"),
    "quarters, German": (3, lambda t: f"{quarter(t)}. Quartal {t.year}"),
    "quarters, French": (3, lambda t: f"T{quarter(t)} {t.year}"),
    "halves": (6, lambda t: f"{t.year} H{1 + t.month // 7}"),
    "halves, analysts'": (6, lambda t: f"{1 + t.month // 7}H{t:%y}"),
    "split years": (12, lambda t: f"{t.year}/{(t.year + 1) % 100:02}"),
    "split years, in full": (12, lambda t: f"{t.year}-{t.year + 1}"),
    "fiscal years": (12, lambda t: f"FY {t.year}/{(t.year + 1) % 100:02}"),
    "fiscal years, two digits": (12, lambda t: f"FY{t:%y}"),
    "seasons": (12, lambda t: f"{t:%y}/{(t.year + 1) % 100:02}"),
}


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(sorted(WRITERS)),
    begin=st.integers(0, 80),
    count=st.integers(3, 60),
    newest_first=st.booleans(),
)
def test_spans_of_an_office(
    name: str, begin: int, count: int, newest_first: bool
) -> None:
    """Two digits of a year are read back where the last year is from 1969 to 2068."""
    months, write = WRITERS[name]
    first = np.datetime64("1930-01") + 12 * begin
    begun = (first + months * np.arange(count))[:: -1 if newest_first else 1]
    short = any(word in name for word in ("digits", "analysts", "seasons"))
    assume(not short or np.datetime64("1969") <= begun.max() < np.datetime64("2069"))
    found = find_times([write(t.item()) for t in begun.astype("datetime64[s]")], "when")
    assert found is not None
    assert not found.rivals
    np.testing.assert_array_equal(found.values.astype("datetime64[M]"), begun)


@settings(max_examples=30, deadline=None)
@given(
    form=st.sampled_from(
        ["{0}-W{1:02}", "{0}W{1:02}", "W{1:02}/{0}", "KW {1}. {0}", "{0}年第{1}周"]
    ),
    week=st.integers(0, 3000),
    count=st.integers(2, 60),
    newest_first=st.booleans(),
)
def test_weeks_of_a_country(
    form: str, week: int, count: int, newest_first: bool
) -> None:
    mondays = np.datetime64("1990-01-01") + 7 * (week + np.arange(count))
    mondays = mondays[:: -1 if newest_first else 1]
    cells = [form.format(*day.isocalendar()) for day in mondays.tolist()]
    found = find_times(cells, "when")
    assert found is not None
    np.testing.assert_array_equal(found.values, mondays.astype("datetime64[ms]"))
