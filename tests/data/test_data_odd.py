"""Ordinary files with odd ways: of old programs, of offices, and of far countries."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np
import pytest

from explorer.data import files
from explorer.data.choices import Choices
from explorer.errors import ExplorerError

N = 150
VALUES = np.round(20 + 5 * np.sin(np.arange(N) / 7), 2)
POINT = [f"{v:.2f}" for v in VALUES]
DAYS = [datetime(2022, 1, 1) + timedelta(days=k) for k in range(N)]
HOURS = [datetime(2022, 1, 1) + timedelta(hours=k) for k in range(N)]
ISO = [f"{day:%Y-%m-%d}" for day in DAYS]
HOLES = np.where(np.arange(N) % 10 == 3, np.nan, VALUES)
ENGLISH = ["Jan", "Feb", "Mar", "Apr", "May"]


def table(head: str, *columns: Iterable[object], by: str = ",") -> str:
    return "\n".join(
        [head, *(by.join(map(str, r)) for r in zip(*columns, strict=True))]
    )


def read(raw: bytes, name: str = "a.csv", **said: object) -> files.Taken:
    assert files.kind_of(raw, name) == "series"
    return files.read_series(raw, name, Choices(**said))  # type: ignore[arg-type]


def in_digits(zero: str, decimal: str) -> list[str]:
    digits = {str(k): chr(ord(zero) + k) for k in range(10)}
    return [p.translate(str.maketrans(digits | {".": decimal})) for p in POINT]


def holes(cell: str) -> list[str]:
    return [cell if k % 10 == 3 else p for k, p in enumerate(POINT)]


NUMBERS: dict[str, tuple[list[str], np.ndarray]] = {
    "Fortran": ([f"{v:.4E}".replace("E", "D") for v in VALUES], VALUES),
    "Fortran, small": ([f"{v:.4e}".replace("e", "d") for v in VALUES], VALUES),
    "full width": (in_digits("０", "．"), VALUES),
    "Arabic": (in_digits("٠", "٫"), VALUES),
    "Devanagari": (in_digits("०", "."), VALUES),
    "a spreadsheet's text": ([f'="{p}"' for p in POINT], VALUES),
    "an apostrophe before": ([f"'{p}" for p in POINT], VALUES),
    "single quotes": ([f"'{p}'" for p in POINT], VALUES),
    "stars of notes": ([p + "*" * (k % 7 == 3) for k, p in enumerate(POINT)], VALUES),
    "francs and no cents": ([f"CHF {v:.0f}.–" for v in VALUES], np.round(VALUES)),
    "kroner and no øre": ([f"{v:.0f},-" for v in VALUES], np.round(VALUES)),
    "less, behind": ([f"{p}-" for p in POINT], -VALUES),
    "millions": ([f"{p} Mn" for p in POINT], VALUES * 1e6),
    **{cell: (holes(cell), HOLES) for cell in (":", "M", "(null)", "No Data")},
    **{cell: (holes(cell), HOLES) for cell in ("–.–", "n/d", "///", "Err:502")},
    **{cell: (holes(cell), HOLES) for cell in ("-1.#IND", "1.#QNAN", "-nan(ind)")},
    **{cell: (holes(cell), HOLES) for cell in ("-999", "-9999.0", "999.9", "-99")},
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers(name: str) -> None:
    cells, values = NUMBERS[name]
    found = read(table("date;v", ISO, cells, by=";").encode())
    np.testing.assert_allclose(found.series.values, values, rtol=1e-9)
    taken = [str(r) for r in found.remarks if "Taken for missing" in str(r)]
    nines = "9" in name
    assert taken == ([f"Taken for missing: '{name}', 15 times."] if nines else [])


@pytest.mark.parametrize(
    "cells",
    [
        [str(900 + k) for k in range(N)],
        [*POINT[:-1], "-999"],
        [f"{v * 40:.0f}" if k % 10 != 3 else "999" for k, v in enumerate(VALUES)],
    ],
    ids=["counted", "once", "among the others"],
)
def test_nines_that_may_be_measured_stay(cells: list[str]) -> None:
    found = read(table("date,v", ISO, cells).encode()).series.values
    np.testing.assert_array_equal(found, [float(cell) for cell in cells])


def test_where_money_has_a_point_a_comma_may_part_thousands() -> None:
    cells = [f"¥{v * 100:,.0f}" for v in VALUES]
    with pytest.raises(ExplorerError, match="or as 2000; 2071; 2141"):
        read(table("date;v", ISO, cells, by=";").encode())
    found = read(table("date;v", ISO, cells, by=";").encode(), decimal=".")
    np.testing.assert_allclose(found.series.values, VALUES * 100)


@pytest.mark.parametrize("long", ["x" * 130_000, "1" * 130_000, "1:" * 65_000])
def test_a_long_remark_is_looked_at_once(long: str) -> None:
    """It costs its length, and not its square."""
    notes = [long if k == 5 else "fine" for k in range(N)]
    found = read(table("date,v,note", ISO, POINT, notes).encode(), column="v")
    np.testing.assert_array_equal(found.series.values, VALUES)


BELOW_A_TEXT = "".join(f"line {k} of a text, with commas, and more\n" for k in range(9))
TOPS = {
    "facts, a gap, short names": "Station,12\nName,Höhe\nUnit,C\n\ndate,v",
    "units below short names": "date,v\n(UTC),(°C)",
    "below a text with commas": f"{BELOW_A_TEXT}date,v",
}


@pytest.mark.parametrize("top", TOPS)
def test_short_names_are_names(top: str) -> None:
    found = read(table(TOPS[top], ISO, POINT).encode())
    assert "Times are those of 'date'." in map(str, found.remarks)


QUOTED = {
    "blanks before": "date, v\n"
    + "".join(f' "{i}", "{p}"\n' for i, p in zip(ISO, POINT, strict=True)),
    "around whole rows": "".join(
        f'"{row}"\n' for row in table("date,v", ISO, POINT).split("\n")
    ),
}


@pytest.mark.parametrize("name", QUOTED)
def test_quotation_marks_of_all_kinds(name: str) -> None:
    found = read(QUOTED[name].encode())
    np.testing.assert_array_equal(found.series.values, VALUES)
    assert found.series.times is not None


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b'""\n""\n""', "A table is rows of fields, but 'a.csv' has none"),
        (b"\xff\xfe", "'a.csv' is empty"),
    ],
)
def test_what_holds_nothing_is_told_so(raw: bytes, words: str) -> None:
    with pytest.raises(ExplorerError, match=words):
        read(raw)


def test_one_sentence_within_another_ends_once() -> None:
    days = [d.replace("02-01", '02"-01') for d in ISO]
    found = read(table("date,v", days, POINT).encode())
    (said,) = [str(r) for r in found.remarks if "Not used" in str(r)]
    assert said.endswith("remove that row.")


def test_what_counts_since_1970_is_told() -> None:
    cells = [1_640_995_200_000 + 86_400_000 * k for k in range(N)]
    found = read(table("date,v", cells, POINT).encode())
    told = "Its numbers are milliseconds since 1970; the first is 2022-01-01."
    assert told in map(str, found.remarks)


def months(names: str, form: str) -> list[str]:
    return [form.format(d=d.day, m=names.split()[d.month - 1]) for d in DAYS]


TIMES: dict[str, list[str]] = {
    "Eurostat's months": [f"{1990 + k // 12}M{1 + k % 12:02}" for k in range(N)],
    "days of the year": [f"{d:%Y-%j}" for d in DAYS],
    "a colon before the clock": [f"{h:%Y%m%d:%H%M}" for h in HOURS],
    "run together with a name": [f"{d:%d%b%Y}" for d in DAYS],
    "SAS": [f"{h:%d%b%Y:%H:%M:%S}".upper() for h in HOURS],
    "mail": [f'"{h:%a, %d %b %Y %H:%M:%S} +0000"' for h in HOURS],
    "C": [f"{h:%a %b %d %H:%M:%S %Y}" for h in HOURS],
    "Unix": [f"{h:%a %b %d %H:%M:%S} UTC {h:%Y}" for h in HOURS],
    "a web server": [f"{h:%d/%b/%Y:%H:%M:%S} +0000" for h in HOURS],
    "a log": [f'"{h:%Y-%m-%d %H:%M:%S},125"' for h in HOURS],
    "a named zone": [f"{h:%Y-%m-%dT%H:%M:%S}+01:00[Europe/Paris]" for h in HOURS],
    "Spanish halves of the day": [
        f"{h:%d/%m/%Y %I:%M:%S} {'ap'[h.hour >= 12]}.\u00a0m." for h in HOURS
    ],
    "French hours": [f"{h:%d/%m/%Y %Hh%M}" for h in HOURS],
    "hours alone": [f"{h:%d.%m.%Y %H}h" for h in HOURS],
    "Swedish": months("januari februari mars april maj", "{d} {m} 2022"),
    "Polish": months("stycznia lutego marca kwietnia maja", "{d} {m} 2022"),
    "Czech": months("ledna února března dubna května", "{d}. {m} 2022"),
    "Russian": months("января февраля марта апреля мая", "{d} {m} 2022 г."),
    "Turkish": months("Ocak Şubat Mart Nisan Mayıs", "{d} {m} 2022"),
    "Hungarian, in digits": [f"{d:%Y.%m.%d.}" for d in DAYS],
    "Korean, in digits": [f"{d.year}. {d.month}. {d.day}." for d in DAYS],
    "Japanese era": [f"令和4年{d.month}月{d.day}日" for d in DAYS],
    "Taiwanese era": [f"民國111年{d.month}月{d.day}日" for d in DAYS],
    "full width": [s.translate({48 + k: 0xFF10 + k for k in range(10)}) for s in ISO],
}


QUARTERS = ["{1}Q{0}", "T{1} {0}", "{0}-T{1}", "{1}T{0}", "{0}年第{1}季度"]


@pytest.mark.parametrize("form", QUARTERS)
def test_quarters(form: str) -> None:
    cells = [form.format(1970 + k // 4, 1 + k % 4) for k in range(N)]
    times = read(table("date,v", cells, POINT).encode()).series.times
    assert times is not None
    begun = np.datetime64("1970-01") + 3 * np.arange(N)
    np.testing.assert_array_equal(times.astype("datetime64[M]"), begun)


@pytest.mark.parametrize("name", TIMES)
def test_times(name: str) -> None:
    found = read(table("date,v", TIMES[name], POINT).encode()).series
    np.testing.assert_array_equal(found.values, VALUES)
    assert found.times is not None
    begins = "1990-01-01" if name.startswith("Eurostat") else "2022-01-01"
    assert str(found.times[0]).startswith(begins)
    steps = np.diff(found.times)
    usual = timedelta(hours=1) if "Hours" in name or ":" in TIMES[name][0] else None
    assert (steps > np.timedelta64(0)).all()
    assert usual is None or (steps == np.timedelta64(usual)).all()


NAMES = {
    "shift_jis": ("日付,気温(℃)", "気温(℃)"),
    "big5": ("日期,氣溫", "氣溫"),
    "gb18030": ("日期,气温", "气温"),
    "cp1251": ("Дата,Температура", "Температура"),
}


@pytest.mark.parametrize("encoding", [*NAMES, "euc_kr"])
def test_names_in_an_unsure_encoding_are_read_by_a_guess(encoding: str) -> None:
    head, name = NAMES.get(encoding, ("날짜,값", "값"))
    raw = table(head, ISO, POINT).encode(encoding)
    found = read(raw)
    assert found.series.label == name or encoding not in NAMES
    assert found.series.times is not None
    np.testing.assert_array_equal(found.series.values, VALUES)
    assert "which is not sure" in str(found.remarks[0])
    sure = files.read_series(raw, "a.csv", encoding=encoding)
    assert sure.series.label == name
    assert not any("not sure" in str(remark) for remark in sure.remarks)


def test_a_table_of_a_weather_service_in_shift_jis() -> None:
    days = [f"{d.year}/{d.month}/{d.day}" for d in DAYS]
    above = "ダウンロードした時刻：2022/06/01 10:00:00\r\n\r\n,東京\r\n"
    text = above + table("年月日,平均気温(℃)", days, POINT).replace("\n", "\r\n")
    found = read(text.encode("shift_jis"))
    assert found.series.label == "平均気温(℃)"
    assert str(found.series.times[0]).startswith("2022-01-01")  # type: ignore[index]
    np.testing.assert_array_equal(found.series.values, VALUES)


def test_japanese_prose_is_known_and_other_prose_is_asked_for() -> None:
    prose = "古池や蛙飛びこむ水の音。閑さや岩にしみ入る蝉の声。" * 9
    assert files.read_text(prose.encode("shift_jis"), "a.txt") == prose
    for text, encoding in (
        ("Старая мельница у реки. " * 9, "cp1251"),
        ("여우 " * 60, "euc_kr"),
    ):
        raw = text.encode(encoding)
        assert files.kind_of(raw, "a.txt") == "text"
        with pytest.raises(ExplorerError, match="Say its encoding"):
            files.read_text(raw, "a.txt")
        assert files.read_text(raw, "a.txt", encoding) == text


def test_a_cell_of_several_lines_is_no_footer() -> None:
    raw = table("date,v,note", ISO, POINT, ['"dry\nand cold"'] * N).encode()
    np.testing.assert_array_equal(read(raw).series.values, VALUES)


def test_rows_of_sums_between_the_values_are_left_out() -> None:
    rows = table("date,v", ISO, POINT).split("\n")
    for at in (101, 61, 31):
        rows.insert(at, "Total,612.4")
    found = read("\n".join(rows).encode())
    np.testing.assert_array_equal(found.series.values, VALUES)
    assert found.series.times is not None
    said = "Left out: rows of sums between the values (3)."
    assert said in [str(remark) for remark in found.remarks]


@pytest.mark.parametrize(
    "ids",
    [
        [f"3301{1 + k // 28:02}{1 + k % 28:02}" for k in range(N)],
        [str(1_640_995_200 + k) for k in range(N)],
    ],
)
def test_numbers_that_could_be_times_are_ids_where_nothing_says_so(
    ids: list[str],
) -> None:
    """Days of the year 3301, and seconds that only count rows."""
    taken = read(table("id,v", ids, POINT).encode(), column="v")
    assert taken.series.times is None


def test_blank_lines_are_missing_values_unless_they_part_all_rows() -> None:
    parted = read(("v\n\n" + "\n\n".join(POINT)).encode()).series.values
    np.testing.assert_array_equal(parted, VALUES)
    gaps = [*POINT[:7], "", *POINT[8:]]
    values = read(("v\n" + "\n".join(gaps)).encode()).series.values
    assert list(np.flatnonzero(np.isnan(values))) == [7]
