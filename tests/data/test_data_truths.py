"""Columns of yes and no: read as 1 and 0, and said."""

import numpy as np
import pytest

from explorer.data import reading
from explorer.data.marks import read_column
from explorer.errors import ExplorerError
from explorer.ui.language import translator
from tests.data.kinds import ISO, POINT, VALUES, N, read, table

pytestmark = pytest.mark.quick

SAID = [k % 3 > 0 for k in range(N)]

WORDS = [
    *("TRUE FALSE", "true false", "yes no", "Y N", "t f", "on off", "ja nein"),
    *("oui non", "Sí No", "vrai faux", "WAHR FALSCH", "да нет", "tak nie"),
    *("是 否", "真 假", "对 错", "はい いいえ", "✓ ✗", ".T. .F."),
]


@pytest.mark.parametrize("words", WORDS)
def test_yes_is_1_and_no_is_0(words: str) -> None:
    one, nought = words.split()
    cells = [one if said else nought for said in SAID]
    found = read_column([*cells, "", "n/a"])
    np.testing.assert_array_equal(found.values, [*map(float, SAID), np.nan, np.nan])
    assert not found.wrong.any()
    assert found.truths == (one, nought)


@pytest.mark.parametrize(
    "cells",
    [["t", "t", "", "t"], ["north", "south"], ["yes", "1", "2"], ["f", "p", "e"]],
)
def test_flags_and_other_words_are_none(cells: list[str]) -> None:
    assert not read_column(cells).truths


def test_what_was_read_is_said_in_both_languages() -> None:
    raw = table("date,alarm", ISO, ["Yes" if said else "No" for said in SAID])
    assert list(read(raw).series.values) == SAID
    taken = reading.read(raw.encode(), "a.csv").taken
    assert taken is not None
    assert "Words are read as numbers: 'Yes' is 1, 'No' is 0." in map(
        str, taken.remarks
    )
    chinese = [remark.text(translator("zh")) for remark in taken.remarks]
    assert "文字读作数字：“Yes”为 1，“No”为 0。" in chinese


def test_numbers_come_before_words_but_these_can_be_chosen() -> None:
    cells = ["TRUE" if said else "FALSE" for said in SAID]
    text = table("date,holiday,v", ISO, cells, POINT)
    np.testing.assert_array_equal(read(text).series.values, VALUES)
    assert list(read(text, column="holiday").series.values) == SAID
    assert reading.read(text.encode(), "a.csv").numeric == ("holiday", "v")


def test_a_word_that_is_neither_is_named() -> None:
    cells = ["on" if said else "off" for said in SAID]
    text = table("date,pump", ISO, [*cells[:70], "stuck", *cells[71:]])
    with pytest.raises(ExplorerError, match=r"row 72 in column 'pump' .* 'stuck'"):
        read(text)
