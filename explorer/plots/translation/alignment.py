"""Where does it look as it writes? Rows are written tokens, columns source tokens."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.panel import Content, Panel, Scene, residual
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    layout,
    share_colours,
    token_ticks,
    visible,
)
from explorer.plots.theme import ATTENTION, GREY
from explorer.runs.records import View

LIMIT = 1e-5
MOST_TICKS = 40


def draw(scene: Scene, _: Translate) -> Content:
    """The rows that are written so far; the present one in a frame."""
    view = scene.view
    notes, t = view.notes, view.notes["t"]
    percent = (100 * view.arrays["attention"]).astype(np.float32)  # (n, s)
    rows, columns = percent.shape
    shown = percent.copy()
    shown[t + 1 :] = np.nan
    figure = _figure(view, shown, _)
    reading = _reading(percent, notes["source"], notes["written"], _)
    message = _(
        "Heat map of where the model looks after %(step)s training steps: %(rows)d "
        "written tokens down, %(columns)d source tokens across. %(reading)s"
    )
    numbers = {
        "step": f"{view.step:,}",
        "rows": rows,
        "columns": columns,
        "reading": reading,
    }
    return {
        "figure": figure,
        "reading": reading,
        "alternative": message % numbers,
        "proof": residual(
            N_("largest difference of a row's sum from 1"), notes["residual"], LIMIT, _
        ),
    }


def _figure(view: View, shown: NDArray[np.float32], _: Translate) -> Figure:
    """The percents (n, s) of all rows, the present one in a frame."""
    notes, t = view.notes, view.notes["t"]
    rows, columns = shown.shape
    still = [visible(w) if k <= t else " " for k, w in enumerate(notes["written"])]
    down = token_ticks(still, at_most=MOST_TICKS)
    down["ticktext"] = [text.replace("␣", "") for text in down["ticktext"]]
    colours = share_colours(_, _("0 % ignored"), _("100 % alone"))
    frame = {
        "type": "rect",
        "x0": 0.5,
        "x1": columns + 0.5,
        "y0": t + 0.5,
        "y1": t + 1.5,
        "line": {"color": GREY, "width": 2},
    }
    return {
        "data": [_map(shown, _)],
        "layout": layout(
            axis(
                _("source token"),
                range=[0.5, columns + 0.5],
                showgrid=False,
                **token_ticks(notes["source"], at_most=MOST_TICKS),
            ),
            axis(
                _("written token"),
                range=[rows + 0.5, 0.5],
                showgrid=False,
                **down,
            ),
            shapes=[frame],
            **{ATTENTION: colours},
        ),
    }


def _map(shown: NDArray[np.float32], _: Translate) -> dict[str, Any]:
    hover = _("written token %(row)s looks at source token %(column)s: %(z)s %%")
    return {
        "type": "heatmap",
        "z": shown,
        "x0": 1,
        "dx": 1,
        "y0": 1,
        "dy": 1,
        "coloraxis": ATTENTION,
        "hoverongaps": False,
        "meta": {"pick": {"x": "aim.at", "y": "aim.position"}},
        "hovertemplate": hover % {"row": "%{y}", "column": "%{x}", "z": "%{z:.0f}"}
        + "<extra></extra>",
    }


def _reading(
    percent: "np.ndarray[tuple[int, int], np.dtype[np.float32]]",
    source: list[str],
    written: list[str],
    _: Translate,
) -> str:
    """How sure its looks are, and which is the surest."""
    row, column = np.unravel_index(int(percent.argmax()), percent.shape)
    message = _(
        "On average a token's strongest look holds %(strongest).0f %%. The surest is "
        "that of “%(written)s” at “%(source)s”, source token %(place)d, with "
        "%(percent).0f %%."
    )
    return message % {
        "strongest": float(percent.max(1).mean()),
        "written": visible(written[int(row)]),
        "source": visible(source[int(column)]),
        "place": int(column) + 1,
        "percent": float(percent[row, column]),
    }


PANEL = Panel(
    "alignment",
    N_("Where does it look as it writes?"),
    draw,
    views=("alignment",),
    about=N_(
        "Each row belongs to a written token and says how much the model looked at "
        "every token of the source to write it; a row sums to 100 %. A model that has "
        "learned looks where the answer stands: at the year for its digits, at the "
        "month's name for its number. Click a cell to make that token look there, "
        "below."
    ),
    pages={"translate": 20},
)
