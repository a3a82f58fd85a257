"""Tables as banks, loggers, offices of statistics and spreadsheets write them."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.data import files, reading
from explorer.data.choices import Choices
from explorer.errors import ExplorerError
from explorer.ui.language import translator
from tests.data.kinds import (
    COMMA,
    DAYS,
    HOURS,
    ISO,
    MONTHS,
    PLAIN,
    POINT,
    VALUES,
    N,
)

STAMPS = [f"{hour:%Y-%m-%d %H:%M:%S}" for hour in HOURS]
GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November"
MONTH_NAMES = [*GERMAN.split(), "Dezember"]
TOA5 = """"TOA5","CR1000","CR1000","1234","CR1000.Std.32","CPU:a.CR1","123","T"
"TIMESTAMP","RECORD","AirTC_Avg"
"TS","RN","Deg C"
"","","Avg"
"""
INSEE = """"Libellé";"IPC";"Codes"
"idBank";"001759970";""
"Dernière mise à jour";"12/01/2024 08:45";""
"Période";"";""
"""
DESTATIS = """Verbraucherpreisindex: Deutschland, Monate
Verbraucherpreisindex
Deutschland
;;Verbraucherpreisindex
;;2020=100
"""
CHASE = "Details,Posting Date,Description,Amount,Type,Balance,Check\n"


def rows(row: Callable[[int], str]) -> str:
    return "".join(f"{row(k)}\n" for k in range(N))


def between(line: str) -> str:
    """A table with a line among its rows."""
    return PLAIN.replace(ISO[70], f"{line}\n{ISO[70]}")


def holes(cell: str) -> str:
    return rows(lambda k: f"{ISO[k]},{cell if k % 10 == 3 else POINT[k]}")


HOLES = np.where(np.arange(N) % 10 == 3, np.nan, VALUES)
OWED = np.where(np.arange(N) % 2, VALUES, -VALUES)
PAGES = [*PLAIN.split("\n")[1:51], "", "Page 1 of 3", "", "date,v"]

TABLES: dict[str, tuple[str, str, np.ndarray]] = {
    "a bank with a sign too many at each end": (
        CHASE
        + rows(lambda k: f'DEBIT,{DAYS[k]:%m/%d/%Y},"SHOP #{k}",-{POINT[k]},ACH,7,,'),
        "Amount",
        -VALUES,
    ),
    "a bank's debit and credit": (
        "Date,Amount\n" + rows(lambda k: f"{ISO[k]},{POINT[k]} {'DC'[k % 2]}R"),
        "Amount",
        OWED,
    ),
    "a logger's three rows of names": (
        TOA5 + rows(lambda k: f'"{STAMPS[k]}",{k},{POINT[k]}'),
        "AirTC_Avg",
        VALUES,
    ),
    "facts above the names": (
        INSEE + rows(lambda k: f'"{MONTHS[k]:%Y-%m}";"{POINT[k]}";"A"'),
        "IPC",
        VALUES,
    ),
    "years and months without names": (
        DESTATIS
        + rows(
            lambda k: f"{MONTHS[k].year};{MONTH_NAMES[MONTHS[k].month - 1]};{COMMA[k]}"
        )
        + "__________\n© Statistisches Bundesamt (Destatis), 2024\n",
        "2020=100",
        VALUES,
    ),
    "a year and its day": (
        "year,doy,v\n" + rows(lambda k: f"2022,{k + 1},{POINT[k]}"),
        "v",
        VALUES,
    ),
    "a sensor that was away": ("time,state\n" + holes("unavailable"), "state", HOLES),
    "a spreadsheet's French error": ("t,v\n" + holes("#VALEUR!"), "v", HOLES),
    "a spreadsheet's Spanish error": ("t,v\n" + holes("#¡DIV/0!"), "v", HOLES),
    "a name that is none": ("t,v\n" + holes("#NAME?"), "v", HOLES),
    "stars for nothing": ("t,v\n" + holes("***"), "v", HOLES),
    "a comment with a percent sign": (between("% restarted"), "v", VALUES),
    "a comment with a semicolon": (between("; restarted"), "v", VALUES),
    "a comment with slashes": (between("// restarted, twice"), "v", VALUES),
    "the foot of a page": (
        "\n".join(["date,v", *PAGES, *PLAIN.split("\n")[51:]]),
        "v",
        VALUES,
    ),
    "a form feed": (between("\f"), "v", VALUES),
    "a mark in the middle": (PLAIN.replace(ISO[70], "\ufeff" + ISO[70]), "v", VALUES),
    "blanks of no width": (
        PLAIN.replace(ISO[70], f"\u200b{ISO[70]}\u200b"),
        "v",
        VALUES,
    ),
    "separators of lines": (PLAIN.replace("\n", "\u2028"), "v", VALUES),
    "a block that was not filled": (PLAIN + "\0" * 100, "v", VALUES),
    "stamps in brackets": (
        rows(lambda k: f"[{STAMPS[k]}],{POINT[k]}"),
        "column 2",
        VALUES,
    ),
    "arrows": (rows(lambda k: f"{STAMPS[k]} -> {POINT[k]}"), "column 2", VALUES),
    "single quotation marks": (
        "'date','v'\n" + rows(lambda k: f"'{ISO[k]}','{COMMA[k]}'"),
        "v",
        VALUES,
    ),
    "curly quotation marks": (
        rows(lambda k: f"“{ISO[k]}”,“{POINT[k]}”"),
        "column 2",
        VALUES,
    ),
    "blanks beside the signs": (
        '"date" , "v"\n' + rows(lambda k: f'"{ISO[k]}" , "{POINT[k]}"'),
        "v",
        VALUES,
    ),
    "R": (
        '"date" "v"\n' + rows(lambda k: f'"{k + 1}" "{ISO[k]}" {POINT[k]}'),
        "v",
        VALUES,
    ),
    "spans in words": (
        "period,v\n" + rows(lambda k: f"{ISO[k]} to {ISO[k]},{POINT[k]}"),
        "v",
        VALUES,
    ),
    "a German zone": (
        "t;v\n" + rows(lambda k: f"{HOURS[k]:%Y-%m-%d %H:%M} MEZ;{COMMA[k]}"),
        "v",
        VALUES,
    ),
    "ordinals": (
        "t;v\n" + rows(lambda k: f"March {k % 28 + 1}th, {1900 + k};{COMMA[k]}"),
        "v",
        VALUES,
    ),
    "numbers of a plotter": (
        '@ title "RMSD"\n@TYPE xy\n' + rows(lambda k: f"{k / 2:9.3f}  {POINT[k]}"),
        "column 2",
        VALUES,
    ),
}
"""The text, the column that is meant, and its values; all but the last have dates."""


@pytest.mark.parametrize("name", TABLES)
def test_a_table(name: str) -> None:
    text, column, values = TABLES[name]
    if "a bank" not in name:  # most of its columns are words
        assert files.kind_of(text.encode(), "a.txt") == "series"
    series = files.read_series(text.encode(), "a.csv", Choices(column)).series
    np.testing.assert_allclose(series.values, values)
    if "plotter" not in name:
        assert series.times is not None
        assert series.times.dtype.kind == "M"
        assert (np.diff(series.times) > np.timedelta64(0)).all()


def test_a_few_letters_of_another_encoding_do_not_spoil_the_names() -> None:
    raw = PLAIN.replace("v", "Größe in °C", 1).encode()
    raw = raw.replace(ISO[70].encode(), b"# caf\xe9\n" + ISO[70].encode())
    found = files.read_series(raw, "a.csv")
    assert found.series.label == "Größe in °C"
    assert "read as UTF-8, which is not sure" in str(found.remarks[1])
    chinese = [remark.text(translator("zh")) for remark in found.remarks]
    assert any("UTF-8" in remark for remark in chinese)


def test_what_stands_between_and_below_is_counted() -> None:
    text = "\n".join(["date,v", *PAGES, *PLAIN.split("\n")[51:]]) + ",\n" * 60
    taken = reading.read(text.encode(), "a.csv").taken
    assert taken is not None
    said = "Left out: rows of words between the values (1)."
    assert said in map(str, taken.remarks)
    assert not any("below the values" in str(remark) for remark in taken.remarks)
    assert "未读入：数值之间的文字行（1 行）。" in [
        remark.text(translator("zh")) for remark in taken.remarks
    ]


OTHERS = {
    "JSON": '[{"date": "2022-01-01", "v": 1}]',
    "XML": "<?xml version='1.0'?><data/>",
    "HTML": "<!DOCTYPE html><table></table>",
    "SQL": "INSERT INTO t VALUES (1, 2);",
}


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_table_is_called_what_it_is(kind: str) -> None:
    with pytest.raises(ExplorerError, match=f"'a.csv' is {kind}. Save it as CSV"):
        files.read_series(OTHERS[kind].encode(), "a.csv")
