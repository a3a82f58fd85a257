"""Every kind of times with the moments that they mean."""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pytest

from explorer.data import own_series
from explorer.data.choices import Choices
from explorer.data.content import put_series
from explorer.data.files import read_series
from explorer.data.own_series import OwnSeriesSettings
from explorer.errors import ExplorerError
from tests.data.kinds import (
    COMMA,
    DAYS,
    HOURS,
    ISO,
    MONTHS,
    POINT,
    QUARTERS,
    VALUES,
    WEEKS,
    N,
    read,
    table,
)

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


def test_a_column_that_looks_like_times_and_is_none_is_named() -> None:
    bad = [*ISO[:70], "31 February 2022", *ISO[71:]]
    (remark,) = (str(words) for words in read(table("date,v", bad, POINT)).remarks)
    assert "row 72 in column 'date' of 'a.csv' says '31 February 2022'" in remark


@pytest.fixture(autouse=True)
def _store(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))


@pytest.mark.parametrize("time", ["timestamp", "dates"])
def test_times_without_rows_are_refused_as_too_few_values(time: str) -> None:
    """They may be days of a spreadsheet or counts: none says a day."""
    with pytest.raises(ExplorerError, match=r"column 'x' of 'a\.csv' has 0"):
        read_series(f"{time},x\n".encode(), "a.csv", Choices("x", time), "")
