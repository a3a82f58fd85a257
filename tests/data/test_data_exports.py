"""Small tables as sites, stations and watches give them out, with right values."""

from datetime import timedelta

import numpy as np
import pytest

from explorer.data import files
from explorer.data.choices import Choices
from tests.data.kinds import BIG, DAYS, HOURS, MONTHS, POINT, VALUES, N, read, table


def lines(head: str, *rows: str) -> str:
    return "\n".join([head, *rows]) + "\n"


WEATHER_LINK = lines(
    "\t\tTemp\tOut\nDate\tTime\tOut\tHum",
    *(
        f"{d.month}/{d.day:02}/{d:%y}\t{d.hour % 12 or 12}:{d:%M}"
        f"{'a' if d.hour < 12 else 'p'}\t{POINT[k]}\t{50 + k % 7}"
        for k, d in enumerate(HOURS)
    ),
)

WATCH = lines(
    "Activity,Date,Distance,Calories,Time,Pace",
    *(
        f'Run,{d:%Y-%m-%d %H:%M:%S},{POINT[k]},"1,{100 + k}",01:{k % 60:02}:10.{k % 10}'
        f",{5 + k % 2}:30"
        for k, d in reversed([*enumerate(DAYS)])
    ),
)

CHINA = lines(
    "数据库：月度数据\n时间：最近36个月",
    ",".join(["指标", *(f"{d.year}年{d.month}月" for d in reversed(MONTHS[:99]))]),
    ",".join(["居民消费价格指数", *reversed(POINT[:99])]),
    ",".join(["商品零售价格指数", *POINT[:99]]),
    "数据来源：国家统计局",
)

BUOY = lines(
    "#YY  MM DD hh mm WDIR WSPD\n#yr  mo dy hr mn degT m/s",
    *(
        f"{d:%Y %m %d %H %M} {200 + k % 9} {POINT[k]}"
        for k, d in reversed(
            [(k, HOURS[0] + timedelta(minutes=10 * k)) for k in range(N)]
        )
    ),
)

WORLD = lines(
    '"Data Source","World Development Indicators",\n\n"Last Updated","2023-07-25",\n',
    ",".join(['"Country Name","Country Code"', *(f'"{1890 + k}"' for k in range(N))]),
    ",".join(['"Aruba","ABW"', *(f'"{v}"' for v in POINT)]) + ",",
)

FIXED = lines(
    "Date        Value  Flag\n----------  -----  ----",
    *(f"{d:%Y-%m-%d}  {POINT[k]}  A" for k, d in enumerate(DAYS)),
)

BLANKS = lines(
    "YR MO DA HR  TEMP",
    *(
        f"{d:%Y} {d.month:2} {d.day:2} {d.hour:2} {POINT[k]}"
        for k, d in enumerate(HOURS)
    ),
)

INDIA = lines(
    "Account Name :\t_MR X\nDate\t:\t_1 Jan 2023\n",
    "Txn Date\tDescription\tRef No.\t Debit\tCredit\tBalance",
    *(
        f"{d.day} {d:%b %Y}\tTO TRANSFER\tX\t\t \t1,{10 + k % 80},{k:03}.00"
        for k, d in enumerate(DAYS)
    ),
    "**This is a computer generated statement",
)

OFFICE = lines(
    "Oxford\nLat 51.761 Lon -1.262, 63 metres amsl\nMissing data is marked by  ---.",
    "   yyyy  mm   tmax     sun\n              degC   hours",
    *(
        f"   {d.year}  {d.month:2}   {POINT[k]}{'*' if k % 20 == 3 else ''}"
        f"     {'---' if k < 20 else '100.1#'}"
        for k, d in enumerate(MONTHS)
    ),
)

EXPORTS: dict[str, tuple[str, dict[str, object], np.ndarray, str]] = {
    "a weather station": (WEATHER_LINK, {"column": "Out"}, VALUES, "2022-01-01T01:00"),
    "a watch": (WATCH, {"column": "Distance"}, VALUES, "2022-01-02T00:00"),
    "a watch, calories": (
        WATCH,
        {"column": "Calories"},
        1100.0 + np.arange(N),
        "2022-01-02T00:00",
    ),
    "an office of statistics": (
        CHINA,
        {"only": ("指标", "居民消费价格指数")},
        VALUES[:99],
        "2000-02",
    ),
    "a buoy": (BUOY, {"column": "WSPD"}, VALUES, "2022-01-01T00:10"),
    "a bank of data": (WORLD, {}, VALUES, "1891-01"),
    "fixed width": (FIXED, {}, VALUES, "2022-01-02"),
    "four columns of time": (BLANKS, {}, VALUES, "2022-01-01T01:00"),
    "a bank in India": (
        INDIA,
        {"column": "Balance"},
        100_000.0 + 1000 * (10 + np.arange(N) % 80) + np.arange(N),
        "2022-01-02",
    ),
    "a weather office": (OFFICE, {"column": "tmax"}, VALUES, "2000-02-01"),
    "years and months without names": (
        table(
            "",
            *zip(
                *[(d.year, d.month, v) for d, v in zip(MONTHS, POINT, strict=True)],
                strict=True,
            ),
            by="   ",
        ),
        {},
        VALUES,
        "2000-02-01",
    ),
    "a day of the week": (
        table(
            "日期,最高温",
            [f"{d:%Y-%m-%d} 周{'一二三四五六日'[d.weekday()]}" for d in DAYS],
            [f"{v}°" for v in POINT],
        ),
        {},
        VALUES,
        "2022-01-02",
    ),
    "months of short years": (
        table("Monat,Umsatz", [f"{d:%b %y}" for d in MONTHS], POINT),
        {},
        VALUES,
        "2000-02-01",
    ),
    "months and half years": (
        lines(
            "Series Id:,CUUR\n",
            f"Year,{','.join(f'{d:%b}' for d in MONTHS[:12])},HALF1,HALF2",
            *(
                f"{2000 + y},{','.join(POINT[12 * y : 12 * y + 12])},1,2"
                for y in range(12)
            ),
        ),
        {},
        VALUES[:144],
        "2000-02-01",
    ),
    "days of a spreadsheet": (
        table("Date,Value", range(44562, 44562 + N), POINT),
        {},
        VALUES,
        "2022-01-02T00:00",
    ),
    "hours worked": (
        table(
            "Tag,Stunden",
            [f"{d:%d.%m.%Y}" for d in DAYS],
            [f"{v // 60:.0f}:{v % 60:02.0f}" for v in BIG],
        ),
        {},
        BIG / 60,
        "2022-01-02",
    ),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_read_as_its_owner_means_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.data.columns.MIN_VALUES", 90)
    text, said, values, second = EXPORTS[name]
    series = read(text, **said).series
    np.testing.assert_allclose(series.values, values)
    assert series.times is not None
    assert str(series.times[1]).startswith(second)
    assert (np.diff(series.times) > 0).all()


def test_a_table_of_fixed_width_is_no_text_whatever_it_is_called() -> None:
    assert files.kind_of(FIXED.encode(), "a.txt") == "series"
    assert files.kind_of(BLANKS.encode(), "a.txt") == "series"


def test_days_of_a_spreadsheet_are_said() -> None:
    taken = read(EXPORTS["days of a spreadsheet"][0])
    said = "Its numbers are the days of a spreadsheet; the first is 2022-01-01."
    assert said in map(str, taken.remarks)
    steps = table("step,Value", range(44562, 44562 + N), POINT)
    times = read(steps).series.times
    assert times is not None
    assert times.dtype.kind == "f"


def test_a_source_below_a_table_of_dates_is_no_row() -> None:
    choices = Choices(only=("指标", "数据来源：国家统计局"))
    with pytest.raises(files.ExplorerError, match="Unknown cell of column"):
        files.read_series(CHINA.encode(), "a.csv", choices)


def test_points_before_three_digits_that_end_in_nought_are_asked_for() -> None:
    text = table(
        "Monat;Umsatz",
        [f"{d:%m/%Y}" for d in MONTHS],
        [f"{v:.2f}0" for v in VALUES],
        by=";",
    )
    with pytest.raises(files.ExplorerError, match=r"as 20; 20\.71; 21\.41 or as 20000"):
        read(text)
    np.testing.assert_allclose(read(text, decimal=",").series.values, VALUES * 1000)
