"""What browsers do by themselves, mended once for all pages."""

import streamlit as st

from explorer.ui.live.scripts import script

_component = st.components.v2.component(
    "sequence_explorer_history",
    html="",
    js=script("swipes", "focus", "menu", "printing", "history"),
    isolate_styles=False,
)


def mend_browser(section: int, shown: str) -> None:
    """Let the back button leave a page at the first press, and swipes scroll it.

    A page switch empties the address, `follow_page` completes it, and Streamlit makes
    each of the two a stop of its own. A slider takes every touch for its own, and a
    button that is disabled for a moment loses the focus. A list that holds headings is
    none. What is printed fits the paper. A screen reader is told in which of the
    header's sections the page is, counted from 0. And a page begins at its top when it
    shows another thing: a class that was just made stands where its form stood.
    """
    page = {"section": section, "shown": shown}
    _component(key="history", data=page, height=1)
