"""A figure that a page draws itself and that moves without being mounted anew."""

from typing import Any

import streamlit as st

from explorer.plots.encode import to_json
from explorer.plots.parts import Figure
from explorer.plots.theme import template
from explorer.ui.language import Translate
from explorer.ui.live.saving import saving_strings
from explorer.ui.live.scripts import script, style
from explorer.ui.plotly_js import PLOTLY

_component = st.components.v2.component(
    "sequence_explorer_figure",
    html='<div class="sx-figure"></div>\n<div class="sx-tools"></div>\n',
    css=style("saving", "figure"),
    js=script("plotting", "element", "narrow", "drawer", "saving", "figure"),
    isolate_styles=False,
)


def show_figure(
    name: str,
    drawn: Figure,
    alternative: str,
    _: Translate,
    *,
    title: str,
    about: str,
    height: int = 0,
    width: int = 0,
) -> None:
    """Show a figure under a name that stays, with the ways to take it away.

    Args:
        name: of the figure on this page.
        drawn: as the plots make it, without a template.
        alternative: the figure in words.
        title: what the figure shows or asks, for where it stands alone.
        about: of what and of which moment it is, for the same.
        height: in pixels; 0 for the usual one.
        width: in pixels; 0 for as wide as there is room.
    """
    data: dict[str, Any] = {
        "figure": to_json(drawn).decode(),
        "alternative": alternative,
        "title": title,
        "about": about,
        "file": name.replace(".", "-"),
        "height": f"{height}px" if height else "",
        "width": width,
        "templates": {"light": template("light"), "dark": template("dark")},
        "plotly": PLOTLY,
        "strings": saving_strings(_),
        "trouble": _("The drawing library could not be loaded. Reload the page."),
    }
    _component(key=f"figure.{name}", data=data)


def show_still(
    key: str,
    figure: Figure,
    alternative: str,
    _: Translate,
    *,
    title: str,
    about: str,
    height: int = 320,
) -> None:
    """Show a figure of data at rest, `height` pixels high; it changes in place."""
    with st.container(key=f"still_{key}"):
        show_figure(
            key, figure, alternative, _, title=title, about=about, height=height
        )
