"""A series drawn by hand: with a mouse, a pen or a finger, or by typing its heights."""

import streamlit as st

from explorer.ui.language import ASSETS, Translate
from explorer.ui.live.scripts import script

_component = st.components.v2.component(
    "sequence_explorer_drawing",
    html=(
        '<div class="sx-drawing"><canvas class="sx-canvas"></canvas>'
        '<button type="button" class="sx-clear"></button></div>\n'
    ),
    css=(ASSETS / "live" / "drawing.css").read_text(encoding="utf-8"),
    js=script("drawing"),
    isolate_styles=False,
)


def drawing(key: str, _: Translate) -> list[object]:
    """A place to draw on; heights from left to right, -1 to 1, as the browser sent
    them: empty before anything was drawn, and not to be trusted."""
    alternative = _(
        "A place to draw a line on, from left to right. Without a mouse, type its "
        "heights below."
    )
    drawn = _component(
        key=key,
        data={"alternative": alternative, "clear": _("Clear")},
        default={"heights": []},
        on_heights_change=lambda: None,
    )
    heights = drawn.heights
    return list(heights) if isinstance(heights, list) else []
