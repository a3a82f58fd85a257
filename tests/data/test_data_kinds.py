"""Every kind of table with its right values."""

import numpy as np
import pytest

from explorer.data import files, own_series, parsing
from explorer.data.content import put_series
from explorer.data.own_series import OwnSeriesSettings
from explorer.data.typed import pasted_numbers, split_numbers
from explorer.errors import ExplorerError
from tests.data.kinds import (
    BIG,
    COMMA,
    DAYS,
    HOURS,
    ISO,
    PLAIN,
    POINT,
    VALUES,
    N,
    local,
    quoted,
    read,
    table,
)

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

RULE = "+------------+-------+\n"


def drawn(rule: str, edge: str = "", by: str = " | ", last: str = "") -> str:
    """A table with a line under its names."""
    rows = [edge + by.join(row) + last for row in zip(ISO, POINT, strict=True)]
    return "\n".join([f"{edge}date{by}v{last}", rule, *rows]) + "\n"


FRAMES: dict[str, str] = {
    "pipes": PLAIN.replace(",", "|"),
    "pipes between blanks": PLAIN.replace(",", " | "),
    "tildes": PLAIN.replace(",", "~"),
    "carets": PLAIN.replace(",", "^"),
    "colons": PLAIN.replace(",", ":"),
    "colons and blanks": PLAIN.replace(",", ": "),
    "two colons": PLAIN.replace(",", "::"),
    "tildes, decimal commas": table("date~v", ISO, COMMA, by="~"),
    "a table in Markdown": drawn("|---|--:|", edge="| ", last=" |"),
    "a table in a document": drawn("=========== =====", by=" "),
    "a table of a database": drawn("------------+-------") + "(150 rows)\n\n",
    "a table in a frame": RULE + drawn(RULE.strip(), "| ", last=" |") + RULE,
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


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers(name: str) -> None:
    text, values = NUMBERS[name]
    np.testing.assert_allclose(read(text).series.values, values, rtol=1e-12)


@pytest.mark.parametrize("name", FRAMES)
def test_what_stands_around_a_table(name: str) -> None:
    series = read(FRAMES[name]).series
    np.testing.assert_array_equal(series.values, VALUES)
    np.testing.assert_array_equal(series.times, np.array(DAYS, "datetime64[ms]"))


@pytest.mark.parametrize("name", [name for name in FRAMES if "a table" in name])
def test_a_drawn_line_is_no_name(name: str) -> None:
    assert read(FRAMES[name]).series.label == "v"


@pytest.mark.parametrize("form", ["%H:%M:%S", "%H:%M", "%Y-%m-%dT%H:%M"])
def test_no_colon_parts_a_clock(form: str) -> None:
    with pytest.raises(ExplorerError, match="needs a column of numbers"):
        read("\n".join(f"{time:{form}}" for time in HOURS))


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


@pytest.mark.parametrize("cell", ["2:03:5{0}", "0{0}:30"])
def test_what_may_be_clocks_or_durations_is_called_so(cell: str) -> None:
    cells = [cell.format(k * k % 10) for k in range(N)]
    remarks = map(str, read(table("time,v", cells, POINT)).remarks)
    said = f"which of them is unsure: it says '{cells[0]}'. Call it 'duration'"
    assert any(said in remark for remark in remarks)
    with pytest.raises(ExplorerError, match="clocks or durations, and which of them"):
        read(table("date,time", ISO, cells))


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
