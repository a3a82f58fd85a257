"""A figure of data at rest, in the size that its place has."""

import streamlit as st

from explorer.plots.parts import Figure
from explorer.ui.language import Translate
from explorer.ui.live.figure import show_figure


def show_still(
    key: str, figure: Figure, alternative: str, _: Translate, height: int = 320
) -> None:
    """Show a figure as the plots make it, `height` pixels high; it changes in place."""
    with st.container(key=f"still_{key}"):
        show_figure(key, figure, alternative, _, height)
