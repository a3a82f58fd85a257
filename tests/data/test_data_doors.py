"""Whatever comes through the doors: data, or one sentence; never another error."""

import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data import columns, decoding, files, parsing, tables, typed
from explorer.data.choices import Choices
from explorer.data.content import OwnSeries
from explorer.errors import ExplorerError

WAVE = [round(float(v), 6) for v in np.sin(np.arange(150.0))]


def answer(read: Callable[[], object]) -> object:
    """What a reader gives; None where it refuses in words that can be shown."""
    try:
        return read()
    except ExplorerError as error:
        message = str(error)
    if not message.isprintable() or len(message) > 6000:
        pytest.fail(f"This cannot be shown: {message[:200]!r}")
    return None


def dated(days: list[str], values: list[object] | None = None) -> bytes:
    rows = zip(days, values or WAVE, strict=False)
    return "\n".join(["day;level", *(f"{d};{v}" for d, v in rows)]).encode()


def read(raw: bytes) -> OwnSeries:
    return files.read_series(raw, "a.csv", Choices("level", "day")).series


DAYS = np.datetime64("2023-11-05") + np.arange(150)


@pytest.mark.parametrize(
    "form",
    [
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%Y%m%d",
        "%d.%m.%Y",
        "%m/%d/%Y",
        "%d/%m/%Y",
        "%Y年%m月%d日",
    ],
)
@pytest.mark.parametrize("clock", ["", " %H:%M"])
def test_dates_in_several_forms(form: str, clock: str) -> None:
    written = [day.item().strftime(form + clock) for day in DAYS]
    found = read(dated(written))
    np.testing.assert_array_equal(found.times, DAYS)
    assert parsing.read_table(dated(written), "a.csv").times[0] == "day"


def test_rows_are_put_in_the_order_of_their_times() -> None:
    order = np.random.default_rng(0).permutation(150)
    raw = dated([str(DAYS[k]) for k in order], [WAVE[k] for k in order])
    found = read(raw)
    np.testing.assert_array_equal(found.values, WAVE)
    np.testing.assert_array_equal(found.times, DAYS)


def test_times_with_a_zone_and_plain_numbers() -> None:
    zoned = [f"{day}T02:00:00+02:00" for day in DAYS]
    found = read(dated(zoned)).times
    np.testing.assert_array_equal(found, DAYS + np.timedelta64(2, "h"))
    numbers = [str(k / 2) for k in range(150)]
    found = read(dated(numbers)).times
    np.testing.assert_array_equal(found, np.arange(150) / 2)


@pytest.mark.parametrize(
    ("days", "match"),
    [
        (["fox"] * 150, "row 2 in column 'day' of 'a.csv' says 'fox'"),
        ([str(d) for d in DAYS[:99]] + ["soon"] * 51, "row 101 in .* says 'soon'"),
        (
            ["", *map(str, DAYS[1:])],
            "1 of 150 cells in .* are empty, the first in row 2",
        ),
        (["03/04/2024", "02/05/2024"] * 75, "can be read in two ways. Say which one"),
    ],
)
def test_times_that_are_none(days: list[str], match: str) -> None:
    with pytest.raises(ExplorerError, match=match):
        read(dated(days))


def test_pasted_numbers() -> None:
    text = ", ".join(map(str, WAVE)) + "; nan\n７"
    found = typed.pasted_numbers(text).values
    np.testing.assert_array_equal(found[:150], WAVE)
    assert np.isnan(found[150])
    assert found[151] == 7
    for bad in ("fox", "inf", "1e999", "0x1f", "1_000", "__import__('os')"):
        with pytest.raises(ExplorerError, match=f"number 151 is '{bad[:3]}"):
            typed.pasted_numbers(" ".join(map(str, [*WAVE, bad])))
    with pytest.raises(ExplorerError, match=r"what was pasted has 2\. Give a longer"):
        typed.pasted_numbers("1 2")


def test_a_drawing_is_resampled() -> None:
    found = typed.drawn_series([-1, 1, -1], 101)
    assert len(found) == 101
    np.testing.assert_allclose(found[[0, 25, 50, 75, 100]], [-1, 0, 1, 0, -1])
    np.testing.assert_array_equal(typed.typed_heights("2 4 6"), [-1, 0, 1])
    for bad in ([], [1], [1, "a"], [[1, 2]], [1, None], {"a": 1}, "1 2", [1, 10**999]):
        with pytest.raises(ExplorerError, match="Draw once more"):
            typed.drawn_series(bad, 100)
    with pytest.raises(ExplorerError, match="two different heights"):
        typed.typed_heights("3 3")


@pytest.mark.parametrize(
    "raw",
    [
        b"a\0b" * 100,
        b"," * 10**6,
        b'"' + b"," * 10**6 + b'"\n1',
        b'"' + b"x" * 10**6,
        b"a\n" + b"9" * 10**6,
        b"a\n" + b"x" * 10**6 + b"\n1" * 200,
        b'"""\n' * 500,
        b"a,b\n" + b"1,2\n" * 99 + b"1," + b"2," * 10**5,
        "１２\n".encode() * 200,
        b"\xff\xfe" + b"a" * 301,
        b"\xff\xfe" + "a\n1\n".encode("utf-16-le") * 200,
        b"\xef\xbb\xbf\xef\xbb\xbfa\n" + b"1\n2\n" * 200,
        b"a\n" + b"inf\n" * 200,
        b"a\n" + b"=cmd|' /C calc'!A0\n" * 200,
        "价格\n".encode("gb18030") + "价格\n".encode() + b"1\n" * 200,
    ],
    ids=range(15),
)
def test_hostile_files(raw: bytes) -> None:
    began = time.perf_counter()
    for encoding in ("", "gb18030", "utf-16"):
        found = answer(
            lambda e=encoding: files.read_series(raw, "a.csv", None, e).series
        )
        assert found is None or np.nanstd(found.values) > 0
        text = answer(lambda e=encoding: files.read_text(raw, "a.txt", e))
        assert text is None or "\0" not in text
    assert time.perf_counter() - began < 20


@settings(max_examples=50)
@given(st.binary(max_size=400), st.sampled_from(sorted(decoding.ENCODINGS)), st.text())
def test_any_bytes(raw: bytes, encoding: str, name: str) -> None:
    raw = raw * 4
    answer(lambda: files.read_text(raw, name, encoding))
    answer(lambda: files.read_series(raw, name, None, encoding))
    table = answer(lambda: parsing.read_table(raw, name, encoding))
    if isinstance(table, tables.Table):
        for column in (*table.times, *table.numeric, *table.names[:2]):
            answer(
                lambda c=column: columns.take_series(table, Choices(table.names[0], c))
            )


WORD = st.one_of(
    st.floats().map(str), st.integers().map(str), st.text(max_size=6), st.just("nan")
)


@settings(max_examples=50)
@given(st.lists(WORD, max_size=30), st.integers(1, 5), st.integers(-5, 10**7))
def test_any_pasted_words(words: list[str], times: int, length: int) -> None:
    text = " ".join(words * times)
    found = answer(lambda: typed.pasted_numbers(text))
    assert found is None or np.nanstd(found.values) > 0
    answer(lambda: typed.typed_heights(text))
    answer(lambda: typed.drawn_series(words, length))


TIME = st.one_of(
    st.dates().map(str),
    st.datetimes().map(str),
    st.text(max_size=10),
    st.integers().map(str),
    st.sampled_from(
        ["31/12/2024", "2024年1月", "99991231", "2024-13-01", "NaT", "now"]
    ),
)


@settings(max_examples=20)
@given(st.lists(TIME, min_size=1, max_size=5))
def test_any_times(days: list[str]) -> None:
    clean = [day.replace(";", "").replace('"', "").split("\n")[0] for day in days]
    raw = dated((clean * 150)[:150])
    answer(lambda: read(raw))
    answer(lambda: parsing.read_table(raw, "a.csv").times)
