"""A figure that stands still, as Streamlit draws it, in the app's own looks."""

import streamlit as st

from explorer.plots.parts import Figure
from explorer.plots.theme import template
from explorer.ui.page import mode

CHART_OPTIONS = {"displayModeBar": False, "showSendToCloud": False}


def show_still(key: str, figure: Figure, alternative: str, height: int = 320) -> None:
    """Show a figure as the plots make it; it is drawn anew whenever it changes."""
    figure["layout"] |= {"template": template(mode()), "height": height}
    with st.container(key=f"still_{key}"):
        st.plotly_chart(
            figure, theme=None, config=CHART_OPTIONS, alt=alternative, key=key
        )
