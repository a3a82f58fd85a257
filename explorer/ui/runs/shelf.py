"""The page Runs: storage, search, the table, and what is done with what is chosen."""

from collections.abc import Sequence

import streamlit as st

from explorer.engine.limits import MEGABYTE
from explorer.engine.visitor import Visitor
from explorer.ui.language import Translate
from explorer.ui.page import shown_errors
from explorer.ui.places import PLAYGROUND
from explorer.ui.runs.actions import actions, import_runs, undo_line
from explorer.ui.runs.compared import compared
from explorer.ui.runs.table import Row, all_rows, found, search_widgets, table

EVERY = 2.0
"""Seconds between two looks at runs that train."""


def shelf(visitor: Visitor, _: Translate) -> None:
    """Everything below the page's title.

    Raises:
        ExplorerError: if what a person asks for cannot be done.
    """
    rows = all_rows(visitor)
    _storage(visitor, rows, _)
    import_runs(visitor, _)
    if not rows:
        undo_line(visitor, _)
        _nothing_yet(_)
        return
    going = any(row.run.status == "training" for row in rows)
    listed = st.fragment(_listed, run_every=EVERY if going else None)
    listed(visitor, going, [rows], _)


def _listed(visitor: Visitor, going: bool, read: list[list[Row]], _: Translate) -> None:
    """The table and what is done with it; the page has just `read` its rows, which
    later looks of the fragment's own read anew."""
    with shown_errors():
        rows = read.pop() if read else all_rows(visitor)
        search = search_widgets(rows, _)
        shown = found(rows, search, _)
        undo_line(visitor, _)
        if not shown:
            st.info(
                _("No run fits. Search for less, or open Filter and clear a choice."),
                icon=":material/search_off:",
            )
            chosen: list[Row] = []
        else:
            chosen = table(shown, _)
            text = _("%(shown)d of %(all)d runs, %(chosen)d chosen")
            numbers = {"shown": len(shown), "all": len(rows), "chosen": len(chosen)}
            st.caption(text % numbers)
        runs = [row.run for row in chosen]
        actions(visitor, runs, _)
        compared(visitor, runs, _)
    if not rows or going != any(row.run.status == "training" for row in rows):
        st.rerun()


def _storage(visitor: Visitor, rows: Sequence[Row], _: Translate) -> None:
    """How much of their room a person has taken."""
    most = visitor.allowed.limits.stored_megabytes
    used = visitor.store.shelf.stored_bytes(visitor.owner) / MEGABYTE
    text = _("Storage: %(used)s of %(most)d MB, runs (%(count)s) and own data together")
    numbers = {"used": f"{used:.1f}", "most": most, "count": f"{len(rows):,}"}
    st.progress(min(1.0, used / most), text=text % numbers)


def _nothing_yet(_: Translate) -> None:
    st.info(
        _("There are no runs yet. Train one, and it is kept here."),
        icon=":material/inventory_2:",
    )
    if st.button(
        _("Go to the Playground"),
        icon=":material/play_circle:",
        key="runs.begin",
    ):
        st.switch_page(PLAYGROUND)
