"""Tables whose columns are times are one series; of mixed spans one is kept."""

from collections.abc import Sequence

import numpy as np
import pytest
from click.testing import CliRunner

from explorer.__main__ import main
from explorer.data.choices import Choices
from explorer.data.mixed_spans import of_one_span
from explorer.data.reading import read as read_table
from explorer.errors import ExplorerError
from tests.data.kinds import DAYS, ISO, POINT, VALUES, read, table

MONTHS = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
]
YEARS = [str(2000 + k) for k in range(12)]


def grid(wide: int, many: int = 144) -> list[list[str]]:
    """The first values in rows."""
    return [POINT[k : k + wide] for k in range(0, many, wide)]


def rows(
    head: Sequence[str], labels: Sequence[str], cells: list[list[str]], by: str = ","
) -> str:
    lines = [by.join([label, *row]) for label, row in zip(labels, cells, strict=True)]
    return "\n".join([by.join(head), *lines] if head else lines) + "\n"


BY_YEARS = [[POINT[12 * y + m] for y in range(12)] for m in range(12)]

WIDE: dict[str, tuple[str, int, str]] = {
    "months": (rows(["Year", *MONTHS], YEARS, grid(12)), 144, "2000-01"),
    "newest first": (
        rows(["Year", *MONTHS], YEARS[::-1], grid(12)[::-1]),
        144,
        "2000-01",
    ),
    "months in German": (
        rows(
            [
                "Jahr",
                *[
                    "Jan",
                    "Feb",
                    "Mrz",
                    "Apr",
                    "Mai",
                    "Jun",
                    "Jul",
                    "Aug",
                    "Sep",
                    "Okt",
                    "Nov",
                    "Dez",
                ],
            ],
            YEARS,
            [[cell.replace(".", ",") for cell in row] for row in grid(12)],
            ";",
        ),
        144,
        "2000-01",
    ),
    "months in Chinese": (
        rows(["年份", *(f"{k}月" for k in range(1, 13))], YEARS, grid(12)),
        144,
        "2000-01",
    ),
    "months in Chinese characters": (
        rows(
            [
                "年份",
                *[
                    "一月",
                    "二月",
                    "三月",
                    "四月",
                    "五月",
                    "六月",
                    "七月",
                    "八月",
                    "九月",
                    "十月",
                ],
                *("十一月", "十二月", "全年"),
            ],
            YEARS,
            [[*row, "99"] for row in grid(12)],
        ),
        144,
        "2000-01",
    ),
    "quarters": (
        rows(
            ["Year", "Q1", "Q2", "Q3", "Q4"],
            [str(1970 + k) for k in range(36)],
            grid(4),
        ),
        144,
        "1970-01",
    ),
    "years, one row": (
        rows(["", *(str(1850 + k) for k in range(144))], ["rain"], grid(144)),
        144,
        "1850-01",
    ),
    "months by years": (rows(["Month", *YEARS], MONTHS, BY_YEARS), 144, "2000-01"),
    "numbered months by years": (
        rows(["Month", *YEARS], [str(k) for k in range(1, 13)], BY_YEARS),
        144,
        "2000-01",
    ),
    "hours of days": (
        rows(["Date", *(f"H{k}" for k in range(1, 25))], ISO[:6], grid(24)),
        144,
        "2022-01-01T00:00",
    ),
    "half hours of days": (
        rows(
            ["Datum", *(f"{k // 2:02}:{30 * (k % 2):02}" for k in range(48))],
            [f"{day:%d.%m.%Y}" for day in DAYS[11:14]],
            grid(48),
        ),
        144,
        "2022-01-12T00:00",
    ),
    "dates, one row": (
        rows(["", *(f"{d.month}/{d.day}/{d:%y}" for d in DAYS)], ["x"], [POINT]),
        150,
        "2022-01-01",
    ),
    "a grid without names": (
        " 2000 2011\n"
        + rows([], [f" {year}" for year in YEARS], grid(12), "   ")
        + "  -99.99\n unsmoothed\n",
        144,
        "2000-01",
    ),
}


@pytest.mark.parametrize("name", WIDE)
def test_columns_that_are_times_are_one_series(name: str) -> None:
    text, count, begins = WIDE[name]
    taken = read(text)
    np.testing.assert_array_equal(taken.series.values, VALUES[:count])
    assert taken.series.times is not None
    assert str(taken.series.times[0]).startswith(begins)
    assert (np.diff(taken.series.times) > 0).all()
    assert "one after the other, as one series in the order of" in str(taken.remarks[0])


def test_what_is_beside_the_months_is_left_out_and_said() -> None:
    cells = [[*row, "99"] for row in grid(12)]
    taken = read(rows(["Year", *MONTHS, "J-D"], YEARS, cells))
    np.testing.assert_array_equal(taken.series.values, VALUES[:144])
    assert "Left out: the columns 'J-D'." in map(str, taken.remarks)


def test_months_to_come_are_no_gaps() -> None:
    cells = grid(12)
    cells[-1][5:] = [""] * 7
    np.testing.assert_array_equal(
        read(rows(["Year", *MONTHS], YEARS, cells)).series.values, VALUES[:137]
    )


def test_rows_of_several_places_are_told_apart() -> None:
    text = rows(["Place", *(str(1850 + k) for k in range(75))], "AB", grid(75, 150))
    long = text.replace("A,", "A,", 1)
    question = read_table(long.encode(), "a.csv").question
    assert question is not None
    assert ("Place", "A") in question.answers
    with pytest.raises(ExplorerError, match=r"has 75\. Give a longer one"):
        read(long, only=("Place", "A"))


def test_few_months_are_columns_of_numbers() -> None:
    cells = grid(2, 150)[:75] + grid(2, 150)[:75]
    with pytest.raises(ExplorerError, match="2 columns of numbers: 'Jan', 'Feb'"):
        read(rows(["day", "Jan", "Feb"], ISO, cells))


def mixed(*blocks: tuple[str, int]) -> str:
    """Years, quarters and months under each other, their values in hundreds."""
    forms = {
        "year": lambda k: str(1900 + k),
        "quarter": lambda k: f"{1950 + k // 4} Q{1 + k % 4}",
        "month": lambda k: f"{1990 + k // 12} {MONTHS[k % 12].upper()}",
    }
    lines = [
        f'"{forms[span](k)}","{100 * place + float(POINT[k % 150]):.2f}"'
        for place, (span, count) in enumerate(blocks)
        for k in range(count)
    ]
    return '"Title","sales"\n"CDID","ABMI"\n' + "\n".join(lines) + "\n"


def test_of_years_quarters_and_months_one_kind_is_kept() -> None:
    taken = read(mixed(("year", 40), ("quarter", 120), ("month", 150)))
    np.testing.assert_allclose(taken.series.values, 200 + VALUES)
    said = [str(remark) for remark in taken.remarks]
    assert "Left out: rows of whole years (40)." in said
    assert "Left out: rows of quarters (120)." in said
    many_quarters = read(mixed(("year", 40), ("quarter", 150), ("month", 40)))
    np.testing.assert_allclose(many_quarters.series.values, 100 + VALUES)


def test_seasons_and_single_odd_dates_are_not_mixed() -> None:
    import pandas as pd

    for cells in (
        [f"{year}/{(year + 1) % 100:02}" for year in range(1990, 2015)],
        [*("2022-01-01" for _ in range(20)), "2022-02", "2022-03-01"],
        ["1.5", "2"] * 10,
    ):
        kept, words = of_one_span([pd.Series(cells, dtype=str)])
        assert kept.all()
        assert not words


def test_a_number_below_a_limit_is_half_of_it() -> None:
    cells = ["<1" if k % 5 == 0 else f"{k % 50}" for k in range(150)]
    taken = read(table("Week,fox: (Worldwide)", ISO, cells))
    assert list(taken.series.values[:6]) == [0.5, 1, 2, 3, 4, 0.5]
    said = "Numbers below a limit are read as half of it: '<1', 30 times."
    assert said in map(str, taken.remarks)


@pytest.mark.parametrize("apart", [":", ": "])
def test_a_colon_before_a_decimal_comma_parts_fields(apart: str) -> None:
    taken = read(
        "".join(
            f"{d}{apart}{v.replace('.', ',')}\n"
            for d, v in zip(ISO, POINT, strict=True)
        )
    )
    np.testing.assert_array_equal(taken.series.values, VALUES)
    np.testing.assert_array_equal(taken.series.times, np.array(DAYS, "datetime64[ms]"))


DURATIONS: dict[str, tuple[str, list[str], list[float], str]] = {
    "hours": ("duration", ["1:23:45", "0:58:10"], [5025, 3490], "5025 (seconds)"),
    "more than a day's": ("x", ["1:23:45", "30:00:00"], [5025, 108000], "(seconds)"),
    "words": ("x", ["1h 20m", "45m"], [4800, 2700], "4800 (seconds)"),
    "one unit": ("x", ["90 min", "45 min"], [90, 45], "Taken off the numbers: 'min'"),
    "two units": ("x", ["90 min", "1 h"], [5400, 3600], "5400 (seconds)"),
    "in Chinese": ("x", ["1小时20分钟", "45分钟"], [4800, 2700], "(seconds)"),
    "decimals": ("x", ["1:02.5", "0:58.25"], [62.5, 58.25], "62.5 (seconds)"),
    "mixed lengths": ("x", ["59:58", "1:02:10"], [3598, 3730], "3598 (seconds)"),
    "pace": ("pace", ["5:30", "4:15"], [5.5, 4.25], "of what stands before the colon"),
    "minutes beyond clocks": ("x", ["75:30", "4:15"], [75.5, 4.25], "before the colon"),
    "computers'": ("x", ["PT1H30M", "PT45M"], [5400, 2700], "5400 (seconds)"),
    "days": ("x", ["1 day, 2:00:00", "3:30:00"], [93600, 12600], "93600 (seconds)"),
}


@pytest.mark.parametrize("name", DURATIONS)
def test_durations_are_numbers_in_a_unit_that_is_said(name: str) -> None:
    called, cells, values, said = DURATIONS[name]
    quoted = [f'"{cells[k % 2]}"' for k in range(150)]
    taken = read(table(f"date,{called}", ISO, quoted))
    np.testing.assert_allclose(taken.series.values[:2], values)
    assert any(said in str(remark) for remark in taken.remarks)
    assert taken.series.times is not None


def test_a_duration_is_no_clock_of_its_day() -> None:
    cells = [f"0:{45 + k % 9}:10" for k in range(150)]
    series = read(table("Date,Moving time,km", ISO, cells, POINT), column="km").series
    np.testing.assert_array_equal(series.times, np.array(DAYS, "datetime64[ms]"))


def test_the_command_line_says_what_the_page_says(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "wide.csv"
    path.write_text(WIDE["months"][0])
    told = ["train", "--data", str(path), "--model", "rnn", "--steps", "1"]
    result = CliRunner().invoke(main, [*told, "--set", "data.window=8"])
    page = read_table(path.read_bytes(), path.name, "", Choices("Jan … Dec", "Year"))
    assert page.taken is not None
    for remark in page.taken.remarks:
        assert str(remark) in result.stderr
