from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data import columns, decoding, files, parsing
from explorer.data.choices import Choices
from explorer.data.content import OwnSeries
from explorer.data.files import read_text
from explorer.errors import ExplorerError

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256))
WAVE = [round(float(v), 6) for v in np.sin(np.arange(150.0))]


def read_series(raw: bytes, column: str | None, filename: str) -> OwnSeries:
    return files.read_series(raw, filename, Choices(column)).series


def column(values: list[object], header: str = "level") -> bytes:
    return "\n".join([header, *map(str, values)]).encode()


def table(header: str, *columns: list[object], sep: str = ",") -> bytes:
    rows = [sep.join(map(str, row)) for row in zip(*columns, strict=True)]
    return "\n".join([header, *rows]).encode()


def refused(raw: bytes, match: str, chosen: str | None = None) -> None:
    with pytest.raises(ExplorerError, match=match):
        read_series(raw, chosen, "data.csv")


def test_one_column() -> None:
    values, name, *_ = read_series(column(WAVE), None, "data.csv")
    assert values.dtype == np.float64
    np.testing.assert_array_equal(values, WAVE)
    assert name == "level"


def test_the_only_numeric_column_is_found() -> None:
    days = [f"2024-{1 + i // 28:02}-{1 + i % 28:02}" for i in range(150)]
    values, name, *_ = read_series(table("day,price", days, WAVE), None, "data.csv")
    np.testing.assert_array_equal(values, WAVE)
    assert name == "price"


@pytest.mark.parametrize("sep", [",", ";", "\t"])
def test_the_chosen_column_of_several(sep: str) -> None:
    raw = table(sep.join("ab"), list(range(150)), WAVE, sep=sep)
    values, name, *_ = read_series(raw, "b", "data.csv")
    np.testing.assert_array_equal(values, WAVE)
    assert name == "b"


def test_byte_order_mark_windows_line_ends_and_blank_lines_at_the_end() -> None:
    raw = b"\xef\xbb\xbf" + column(WAVE).replace(b"\n", b"\r\n") + b"\r\n\r\n"
    values, name, *_ = read_series(raw, "level", "data.csv")
    np.testing.assert_array_equal(values, WAVE)
    assert name == "level"


def test_no_header() -> None:
    values, name, *_ = read_series("\n".join(map(str, WAVE)).encode(), None, "data.csv")
    np.testing.assert_array_equal(values, WAVE)
    assert name == "column 1"


def test_equal_names_are_told_apart() -> None:
    raw = table("a,a", list(range(150)), WAVE)
    np.testing.assert_array_equal(read_series(raw, "a (2)", "data.csv")[0], WAVE)


@pytest.mark.parametrize("raw", [b"", b" \n\n", b"\xef\xbb\xbf"])
def test_empty(raw: bytes) -> None:
    refused(raw, "'data.csv' is empty. Give another")
    with pytest.raises(ExplorerError, match="is empty"):
        read_text(raw, "data.txt")


def test_header_alone() -> None:
    refused(b"level\n", "has none among 'level'")
    refused(b"level\n", "needs 100 to 1,000,000 values, but .* has 0", "level")


def test_missing_column() -> None:
    raw = table("level,rain", WAVE, WAVE)
    refused(
        raw, "Unknown column of 'data.csv' 'levle'. Known: level, rain. Did", "levle"
    )


def test_no_numeric_column() -> None:
    refused(column(["fox"] * 150), "needs a column of numbers, .* none among 'level'")


def test_several_numeric_columns() -> None:
    raw = table("a,b,c", WAVE, ["x"] * 150, WAVE)
    refused(raw, "has 2 columns of numbers: 'a', 'c'. Say which one")


@pytest.mark.parametrize("cell", ["fox", "12 m", "1_000", "0x1f", "True", "１２x"])
def test_text_among_numbers(cell: str) -> None:
    raw = column([*WAVE[:40], cell, *WAVE[40:]])
    refused(raw, f"row 42 in column 'level' of 'data.csv' says '{cell}'. Write numbers")


def test_thousands_separators() -> None:
    values = read_series(column([*WAVE, '"1,234"']), None, "data.csv").values
    assert values[-1] == 1234


@pytest.mark.parametrize("cell", ["", "NaN", "n/a", " "])
def test_empty_cells_are_gaps(cell: str) -> None:
    raw = column([*WAVE[:40], cell, *WAVE[40:], cell, 1])
    values = read_series(raw, None, "data.csv").values
    assert list(np.flatnonzero(np.isnan(values))) == [40, 151]
    np.testing.assert_array_equal(values[~np.isnan(values)], [*WAVE, 1])


def test_rows_are_counted_from_one_without_a_header() -> None:
    lines = [*map(str, WAVE[:40]), "fox", *map(str, WAVE[40:])]
    refused("\n".join(lines).encode(), "row 41 in column 'column 1'")


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "1e999", "-1e200", "9" * 400])
def test_infinities(cell: str) -> None:
    raw = column([*WAVE[:40], cell, *WAVE[40:]])
    refused(
        raw, "made of finite numbers up to 1e.30 in size, but row 42 in column 'level'"
    )


def test_too_short_and_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    refused(column(WAVE[:99]), "needs 100 to .* has 99. Give a longer one")
    monkeypatch.setattr(columns, "MAX_SERIES_VALUES", 149)
    refused(column(WAVE), "needs 100 to 149 values, .* has 150. Give a shorter one")


@pytest.mark.parametrize("value", [0, 7.5, "1e-320"])
def test_constant(value: object) -> None:
    refused(column([value] * 150), "must vary, but column 'level' .* is always")


def test_fields_missing_or_too_many() -> None:
    refused(
        b"a,b\n1,2,3\n",
        "same number of fields in every row.* line 2 has 3 fields, the names",
    )
    raw = table("a,b", ["x"] * 150, WAVE) + b"\nx"
    assert np.isnan(read_series(raw, "b", "data.csv").values[-1])


def test_open_quote() -> None:
    refused(column(WAVE, '"level'), "a quotation mark is opened and never closed")


def test_too_many_columns() -> None:
    refused(b",".join([b"a"] * 101), "may have 100 columns, but 'data.csv' has 101")


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "MAX_TABLE_BYTES", 1000)
    monkeypatch.setattr(files, "MAX_TEXT_BYTES", 1000)
    refused(column(WAVE), "may take 1,000 bytes, but 'data.csv' takes")
    with pytest.raises(ExplorerError, match="may take 1,000 bytes"):
        read_text(b"fox " * 251, "data.txt")


CHINESE = "狐狸和猫，在雪地上走了很久。它们一起找吃的。" * 20


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_that_are_told_by_themselves(encoding: str) -> None:
    assert read_text(CHINESE.encode(encoding), "a.txt") == CHINESE
    raw = table("日期,温度", ["一"] * 150, WAVE).decode().encode(encoding)
    assert read_series(raw, "温度", "a.csv").label == "温度"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "La température à Genève était élevée. "),
        ("euc_kr", "날씨가 좋습니다. 그래서 밖에 나갑니다. "),
        ("cp1251", "Кошка и лиса. "),
        ("big5", "狐狸和貓，在雪地上走了很久。"),
    ],
)
def test_encodings_that_are_asked_for(encoding: str, text: str) -> None:
    raw = (text * 20).encode(encoding)
    with pytest.raises(ExplorerError, match=r"of 'a.txt' is not UTF-8.* Say its enc"):
        read_text(raw, "a.txt")
    if encoding in decoding.ENCODINGS:
        assert read_text(raw, "a.txt", encoding) == text * 20


def test_what_is_said_of_an_encoding_must_be_so() -> None:
    with pytest.raises(ExplorerError, match=r"byte 0 of 'a.txt' is not UTF-8\. Ch"):
        read_text(CHINESE.encode("gb18030"), "a.txt", "utf-8")
    raw = b"abc" + b"\xff\xfe\xfa" * 50
    with pytest.raises(ExplorerError, match=r"byte 3 of 'a.txt' is not UTF-8"):
        read_text(raw, "a.txt")
    marked = b"\xef\xbb\xbfa" + CHINESE.encode("gb18030")
    with pytest.raises(ExplorerError, match=r"byte 4 of 'a.txt' is not UTF-8"):
        read_text(marked, "a.txt")


def test_binary() -> None:
    for raw in (PNG, b"PK\x03\x04\x00" * 30):
        with pytest.raises(ExplorerError, match=r"is binary: byte . is NUL. Give"):
            read_text(raw, "fox.png")
    refused(PNG, "no image or workbook")


def test_text() -> None:
    text = "狐狸 fox\n" * 20
    raw = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    assert read_text(raw, "a.txt") == text


def test_short_text() -> None:
    with pytest.raises(
        ExplorerError, match=r"at least 100 characters, but 'a.txt' has 3"
    ):
        read_text(b"fox", "a.txt")


def test_file_names_do_not_break_the_sentence() -> None:
    with pytest.raises(ExplorerError) as caught:
        read_text(b"", "a\n\x1b[31m" + "b" * 500)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 200


CELL = st.one_of(
    st.floats().map(str),
    st.integers().map(str),
    st.sampled_from(["", '"', "'", "#", "nan", "\r", "1e5", "1,5", "２", " "]),
    st.text(max_size=5),
)
SHEET = st.lists(st.lists(CELL, max_size=4), max_size=30)


def answer(read: Callable[[], object]) -> object:
    """What a reader gives, or the words in which it refuses; any other error fails."""
    try:
        return read()
    except ExplorerError as error:
        return str(error)


@settings(max_examples=50)
@given(st.binary(), st.none() | st.text(max_size=5), st.text(max_size=5))
def test_any_bytes_give_data_or_an_explanation(
    raw: bytes, chosen: str | None, filename: str
) -> None:
    assert answer(lambda: read_series(raw, chosen, filename))
    assert answer(lambda: read_text(raw, filename))


@settings(max_examples=50)
@given(SHEET, st.sampled_from(",;\t"), st.integers(1, 7), st.booleans())
def test_any_table_gives_a_good_series_or_an_explanation(
    sheet: list[list[str]], sep: str, times: int, asked: bool
) -> None:
    text = "\n".join(sep.join(row) for row in sheet * times)
    raw = text.encode("utf-8", "replace")
    found = answer(lambda: read_series(raw, "column 1" if asked else None, "a.csv"))
    if isinstance(found, str):
        assert len(found) < 6000
    else:
        known = found.values[np.isfinite(found.values)]
        assert len(known) >= columns.MIN_VALUES
        assert np.abs(known).max() <= columns.LARGEST
        assert np.std(known) > 0


@settings(max_examples=30)
@given(
    st.lists(
        st.floats(-1e9, 1e9, allow_subnormal=False), min_size=100, max_size=130
    ).filter(lambda v: np.std(v) > 1e-6 * np.max(np.abs(v)) > 1e-30)
)
def test_numbers_survive_to_the_bit(values: list[float]) -> None:
    np.testing.assert_array_equal(read_series(column(values), None, "a.csv")[0], values)
