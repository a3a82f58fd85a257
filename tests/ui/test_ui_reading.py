"""The page asks what only a person knows of a table, and then reads it so."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explorer.data import files
from explorer.data.brought import Brought
from explorer.data.choices import Choices
from explorer.data.files import READ
from explorer.data.numbers import NumberForm
from explorer.data.reading import Reading, read
from explorer.ui.data import examples, reading

N = 150
MONTHS = [f"01/{1 + k % 12:02}/{2000 + k // 12}" for k in range(N)]


def script(text: str) -> None:
    import streamlit as st

    from explorer.errors import N_
    from explorer.ui.data.reading import read_by_choice, reader

    taken = read_by_choice(reader(text.encode(), "a.csv", "", "a", N_), N_)
    if taken is not None:
        st.session_state["series"] = taken.series


def shown(text: str) -> AppTest:
    test = AppTest.from_function(script, args=(text,), default_timeout=120).run()
    assert not test.exception
    return test


def script_of_examples(text: str) -> None:
    import streamlit as st

    from explorer.errors import N_
    from explorer.ui.data.examples import read_examples

    found = read_examples("labels", text.encode(), "a.csv", "", N_)
    st.session_state["given"] = found.columns.given if found.columns else None


def script_of_once(text: str, file_id: str) -> None:
    import streamlit as st

    from explorer.data.files import kind_of, read_text
    from explorer.errors import N_, ExplorerError
    from explorer.ui.data.reading import found_once

    for look in (kind_of, read_text):
        try:
            found = found_once(look, text.encode(), "a.txt", "", file_id, N_)
            st.session_state[look.__name__] = found
        except ExplorerError as error:
            st.error(str(error))


def rows(head: str, *columns: list[str]) -> str:
    return "\n".join([head, *(",".join(row) for row in zip(*columns, strict=True))])


def test_columns_are_given_beside_a_series() -> None:
    """Neither the series nor its time stands beside it; what is known in advance is one
    of those that do."""
    days = [str(k) for k in range(N)]
    values = [[f"{math.sin(k * p):.3f}" for k in range(N)] for p in (1, 2, 3)]
    test = shown(rows("day,sales,plan,mood", days, *values))
    test.selectbox[1].set_value("day").run()
    (others,) = test.multiselect
    assert others.options == ["plan", "mood"]
    others.set_value(["plan", "mood"]).run()
    known = test.multiselect[1]
    assert known.options == ["plan", "mood"]
    known.set_value(["plan"]).run()
    series = test.session_state["series"]
    assert series.label == "sales"
    assert [(o.name, o.known) for o in series.others] == [
        ("plan", True),
        ("mood", False),
    ]


def test_thousands_or_decimals() -> None:
    cells = [f'"{k + 1},0{k % 10}0"' for k in range(N)]
    test = shown("v\n" + "\n".join(cells))
    assert "series" not in test.session_state
    (radio,) = test.radio
    assert radio.options == ["1; 2.01; 3.02", "1000; 2010; 3020"]
    radio.set_value(NumberForm(".", ",")).run()
    assert test.session_state["series"].values[0] == 1000


@pytest.mark.parametrize(("first", "month"), [("day-first", 2), ("month-first", 1)])
def test_day_or_month(first: str, month: int) -> None:
    test = shown(rows("date,v", MONTHS, [str(k * k) for k in range(N)]))
    assert "series" not in test.session_state
    (radio,) = test.radio
    assert set(radio.options) == {
        "2000-01-01; 2000-02-01; 2000-03-01",
        "2000-01-01; 2000-01-02; 2000-01-03",
    }
    radio.set_value(first).run()
    second = test.session_state["series"].times[1]
    assert str(second).startswith(f"2000-{month:02}")


def test_rows_of_the_same_time() -> None:
    days = [str(np.datetime64("2024-01-01") + k // 2) for k in range(2 * N)]
    values = [str(k if k % 2 else -k) for k in range(2 * N)]
    test = shown(rows("date,shop,v", days, ["1", "2"] * N, values))
    assert "series" not in test.session_state
    column, time, same = test.selectbox
    assert (column.value, time.value, same.value) == ("v", "date", None)
    assert same.options[:2] == [
        "only rows where shop is 1",
        "only rows where shop is 2",
    ]
    assert "their mean" in same.options
    same.set_value(("shop", "2")).run()
    np.testing.assert_array_equal(
        test.session_state["series"].values, np.arange(1, 2 * N, 2)
    )


def test_nothing_is_asked_where_nothing_is_open() -> None:
    days = [str(np.datetime64("2024-01-01") + k) for k in range(N)]
    test = shown(rows("date,v", days, [str(k * k) for k in range(N)]))
    assert not test.radio
    assert len(test.selectbox) == 2
    assert len(test.session_state["series"].values) == N


def test_a_large_table_is_read_aside_and_its_newest_series_alone_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 0)
    asked = []

    def aside(*given: Any) -> Iterator[float | Reading]:
        asked.append(given[-1])
        yield 0.5
        yield read(*given)

    monkeypatch.setattr(reading, "read_aside", aside)
    monkeypatch.setattr(reading, "read", None)
    columns = [[str(k * k) for k in range(N)], [str(-k * k) for k in range(N)]]
    test = shown(rows("a,b", *columns))
    test.run()
    test.selectbox[0].set_value("b").run()
    test.run()
    assert asked == [None, Choices("b", "")]
    assert test.session_state["series"].values[2] == -4
    _file, known = test.session_state["reading.read"]
    kept = [each for each in known.values() if each.taken is not None]
    assert [each.taken.series.label for each in kept] == ["b"]


def test_large_examples_are_read_aside_and_two_of_their_readings_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(examples, "AT_ONCE", 0)
    asked = []

    def aside(kind: Any, *given: Any) -> Iterator[float | Brought]:
        asked.append(given[-2:])
        yield 0.5
        yield READ[kind](*given)

    monkeypatch.setattr(examples, "examples_aside", aside)
    columns = [[f"{word} {k}" for k in range(N)] for word in ("one", "two", "three")]
    labels = [f"{k % 3}" for k in range(N)]
    text = rows("label,a,b,c", labels, *columns)
    test = AppTest.from_function(
        script_of_examples, args=(text,), default_timeout=120
    ).run()
    for name in ("b", "a", "c", "b"):
        test.selectbox[0].set_value(name).run()
        assert not test.exception
        assert test.session_state["given"] == name
    # What is chosen of itself, c, is not read again.
    assert [given for given, _label in asked] == ["", "b", "a", "b"]
    assert len(test.session_state["examples.read"][1]) == 2


@pytest.mark.parametrize("at_once", [0, reading.AT_ONCE])
def test_what_a_file_is_and_its_text_are_found_once_though_the_page_is_drawn_again(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", at_once)
    looked: list[str] = []

    def counted(look: Any) -> Any:
        def looking(*given: Any) -> Any:
            looked.append(look.__name__)
            return look(*given)

        looking.__name__ = look.__name__
        return looking

    def aside(look: Any, *given: Any) -> Iterator[float | str]:
        yield 0.5
        looked.append("aside")
        yield look(*given)

    monkeypatch.setattr(reading, "found_aside", aside)
    for look in (files.kind_of, files.read_text):
        monkeypatch.setattr(files, look.__name__, counted(look))
    each = (
        ["kind_of", "read_text"]
        if at_once
        else ["aside", "kind_of", "aside", "read_text"]
    )
    test = AppTest.from_function(
        script_of_once, args=("The fox walked.\n" * 20, "one"), default_timeout=120
    )
    for _click in range(3):
        test.run()
    assert looked == each
    assert test.session_state["kind_of"] == "text"
    assert test.session_state["read_text"].startswith("The fox walked.\nThe fox")
    test.args = ("Short.", "another")
    for _click in range(3):
        assert "at least 100 characters" in test.run().error[0].value
    assert looked == 2 * each
