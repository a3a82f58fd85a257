"""The document around a page: what language it is in."""

import streamlit as st

from explorer.ui.live.scripts import script

_component = st.components.v2.component(
    "sequence_explorer_document",
    html="",
    js=script("document"),
    isolate_styles=False,
)


def say_language(language: str) -> None:
    """Let the browser know in which language the page is; it may change at any time."""
    _component(key="document", data={"language": language}, height=1)
