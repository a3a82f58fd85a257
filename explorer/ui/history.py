"""The browser's history: one stop for each page and each change of settings."""

import streamlit as st

from explorer.ui.live.scripts import script

_component = st.components.v2.component(
    "sequence_explorer_history",
    html="",
    js=script("history"),
    isolate_styles=False,
)


def one_stop_a_page() -> None:
    """Let the back button leave a page at the first press.

    A page switch empties the address, `follow_page` completes it, and Streamlit makes
    each of the two a stop of its own.
    """
    _component(key="history", height=1)
