"""A table stands on paper with all its rows and columns, written as on the screen."""

import json
import re
from datetime import UTC, datetime
from html import unescape

import streamlit as st
from streamlit.testing.v1 import AppTest

from explorer.ui.paper import MOST, paper_table


def cells(html: str) -> list[list[str]]:
    (held,) = re.findall(r"<table class='sx-paper' data-rows='([^']*)'></table>", html)
    assert not set("<>") & set(unescape(held))
    found: list[list[str]] = json.loads(unescape(held))
    return found


def test_values_are_written_as_on_the_screen() -> None:
    config = st.column_config
    found = paper_table(
        {
            "Run": ["<b>-->", None],
            "Loss": [0.123456, None],
            "Steps": [12345, 7],
            "Tags": [["a", "b"], []],
            "Started": [datetime(2026, 1, 2, 23, 4, 5, tzinfo=UTC), None],
            "Open": ["/?run=x", None],
        },
        {
            "Loss": config.NumberColumn(format="%.4g"),
            "Steps": config.NumberColumn(format="localized"),
            "Started": config.DatetimeColumn(timezone="Asia/Shanghai"),
            "Open": config.LinkColumn(),
        },
        "–",
    )
    assert cells(found) == [
        ["Run", "Loss", "Steps", "Tags", "Started"],
        ["<b>-->", "0.1235", "12,345", "a, b", "2026-01-03 07:04"],
        ["–", "–", "7", "", "–"],
    ]


def test_rows_may_lack_columns_and_no_page_becomes_endless() -> None:
    assert cells(paper_table([{"a": 1}, {"b": 2}], {})) == [
        ["a", "b"],
        ["1", ""],
        ["", "2"],
    ]
    assert len(cells(paper_table({"a": range(2 * MOST)}, {}))) == 1 + MOST
    assert cells(paper_table([], {})) == [[]]


def test_beside_every_table_of_a_page_stands_the_one_on_paper() -> None:
    def script() -> None:
        from explorer.ui.plain import show_table

        show_table({"a": ["=1", "2"], "b": [3, 4]}, placeholder="–")

    test = AppTest.from_function(script, default_timeout=120).run()
    assert not test.exception
    assert len(test.dataframe) == 1
    (paper,) = test.get("html")
    assert cells(paper.proto.body) == [["a", "b"], ["=1", "3"], ["2", "4"]]
