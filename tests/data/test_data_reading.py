"""A table read by what a person says, here or by a process of its own."""

import sys

import numpy as np
import psutil
import pytest

from explorer.data import aside
from explorer.data.aside import examples_aside, found_aside, read_aside
from explorer.data.choices import Choices
from explorer.data.files import READ, kind_of, read_text
from explorer.data.reading import Reading, read
from explorer.errors import ExplorerError

N = 120
DAYS = [str(np.datetime64("2024-01-01") + k) for k in range(N)]
RAW = "\n".join(
    ["date,a,still", *(f"{day},{k * k},7" for k, day in enumerate(DAYS))]
).encode()


def test_the_likeliest_column_is_read_where_nothing_is_said() -> None:
    found = read(RAW, "a.csv")
    assert found.choices == Choices("a", "date")
    assert (found.numeric, found.times) == (("a", "still"), ("date",))
    assert found.taken is not None
    assert found.taken.series.label == "a"


def test_what_is_wrong_with_one_column_leaves_the_others() -> None:
    found = read(RAW, "a.csv", choices=Choices("still", ""))
    assert found.taken is None
    assert "must vary" in str(found.error)
    assert "a" in found.numeric


def children() -> set[psutil.Process]:
    """The processes of this one; other tests may have some too."""
    return set(psutil.Process().children())


def test_a_process_of_its_own_reads_the_same_and_says_how_far_it_is() -> None:
    before = children()
    *parts, found = read_aside(RAW, "a.csv", "", Choices("a", "date"))
    assert isinstance(found, Reading)
    here = read(RAW, "a.csv", "", Choices("a", "date"))
    assert found.taken is not None
    assert here.taken is not None
    np.testing.assert_array_equal(found.taken.series.values, here.taken.series.values)
    np.testing.assert_array_equal(found.taken.series.times, here.taken.series.times)
    assert found._replace(taken=None) == here._replace(taken=None)
    assert parts == sorted(parts)
    assert parts[-1] == 0.95
    assert children() <= before


def test_what_is_no_table_gets_the_same_sentence_aside() -> None:
    with pytest.raises(ExplorerError) as here:
        read(b"a,b\nx,y\n" * 9, "a.csv")
    with pytest.raises(ExplorerError) as there:
        list(read_aside(b"a,b\nx,y\n" * 9, "a.csv"))
    assert str(there.value) == str(here.value)


def test_examples_come_the_same_from_there() -> None:
    raw = "\n".join(f"{'yes' if k % 2 else 'no'},word {k}" for k in range(40)).encode()
    *_parts, found = examples_aside("labels", raw, "a.csv", "", "2", "1")
    assert found == READ["labels"](raw, "a.csv", "", "2", "1")


def test_what_a_file_is_and_its_text_are_found_the_same_there() -> None:
    raw = b"The fox walked.\r\n" * 20
    assert list(found_aside(kind_of, raw, "a.txt"))[-1] == kind_of(raw, "a.txt")
    assert list(found_aside(read_text, raw, "a.txt"))[-1] == read_text(raw, "a.txt")
    with pytest.raises(ExplorerError, match="at least 100 characters"):
        list(found_aside(read_text, raw[:40], "a.txt"))


def test_who_waits_no_more_ends_the_process() -> None:
    before = children()
    for _twice_as_often_as_there_are_places in range(4):
        reading = read_aside(RAW, "a.csv")
        assert next(reading) == 0.0
        reading.close()
    assert children() <= before


def test_a_process_that_ends_early_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ExplorerError, match=r"that of 'a\.csv' ended early"):
        list(read_aside(RAW, "a.csv"))
    assert aside._places._value == 2  # type: ignore[attr-defined]
