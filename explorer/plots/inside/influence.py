"""What moves the prediction? Every input's pull on every prediction, as one map."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.inside import gates
from explorer.plots.inside.gates import GatesDrawn
from explorer.plots.panel import Content, Panel, Scene, mark_time, residual
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    colour_axis,
    layout,
    short,
    ticks,
)
from explorer.plots.theme import ATTENTION, colour_of
from explorer.plots.words import paragraph
from explorer.runs.records import View

LOWEST, HIGHEST = -6, 1
"""The ends of the colours, as powers of ten, for every model."""
SHARE = 0.01

MOST = 128
"""A map has at most this many rows; of a longer example not every step has one."""

MAP, ROW = (0.0, 0.58), (0.65, 0.84)


def draw(scene: Scene, _: Translate) -> Content:
    """The map; above it the row of the marked step, and above that the example."""
    view = scene.view
    norms = view.arrays["norms"]
    steps = len(norms)
    stride = -(-steps // MOST)
    target = steps - 1
    if scene.mark is not None and scene.mark < steps:
        target = scene.mark
    figure = _figure(scene, target, stride, _)
    sentence = reading(view.arrays["reach"], _)
    message = _(
        "Heat map after %(step)s training steps: how strongly every input moves every "
        "prediction, at %(shown)d of %(steps)d time steps. %(reading)s"
    )
    shown = len(range(0, steps, stride))
    numbers = {
        "step": f"{view.step:,}",
        "steps": steps,
        "shown": shown,
        "reading": sentence,
    }
    later = view.notes["residual"]  # None where an answer may depend on later steps
    check = ""
    if later is not None:
        check = residual(N_("influence of later steps"), later, 0.0, _)
    return {
        "figure": mark_time(figure, scene.mark, "x", "y"),
        "reading": paragraph(sentence, _strongest(norms[target], target, _)),
        "alternative": message % numbers,
        "proof": check,
    }


def _figure(scene: Scene, target: int, stride: int, _: Translate) -> Figure:
    norms = scene.view.arrays["norms"]
    steps = len(norms)
    strip = gates.figure(_example(scene.view), _)
    legend = ticks({-6: "≤ 1e-6", -4: "1e-4", -2: "0.01", 1: "≥ 10"})
    legend |= {"len": MAP[1], "y": 0, "yanchor": "bottom"}
    colours = colour_axis(LOWEST, HIGHEST, title={"text": _("norm")}, **legend)
    return {
        "data": [
            _map(norms, stride, _),
            _row(norms[target], target, scene, _),
            *strip["data"][1:],
        ],
        "layout": layout(
            axis(
                _("source: time step s of the input"),
                showgrid=False,
                range=[0.5, steps + 0.5],
                anchor="y",
            ),
            axis(
                _("target: prediction t"),
                showgrid=False,
                domain=list(MAP),
                range=[steps + 0.5, 0.5],
            ),
            yaxis2=strip["layout"]["yaxis2"],
            yaxis3=axis(
                _("t = %(step)d") % {"step": target + 1},
                type="log",
                range=[LOWEST, HIGHEST],
                domain=list(ROW),
                anchor="x",
                tickvals=[1e-6, 1e-3, 1],
                ticktext=["1e-6", "0.001", "1"],
            ),
            **{ATTENTION: colours},
        ),
    }


def logarithms(norms: NDArray[np.float32]) -> NDArray[np.float32]:
    """log10 of the norms (T, T); NaN, an empty cell, for a later step that is 0.

    A zero on or below the diagonal is the smallest number that float32 has.
    """
    later = np.triu(np.ones(norms.shape, bool), 1)
    logs = np.log10(np.maximum(norms, np.finfo(np.float32).tiny))
    return np.where(later & (norms == 0), np.nan, logs).astype(np.float32)


def reading(reach: NDArray[np.float32], _: Translate) -> str:
    """How many steps back the influence has fallen below 1 % of the nearest step's."""
    near = float(reach[0])
    above = np.flatnonzero(reach >= SHARE * near)
    if not near > 0 or not len(above):
        return _("The nearest step has no influence that could be measured.")
    numbers = {
        "near": short(near),
        "far": short(float(reach[-1])),
        "steps": int(above[-1]) + 1,
    }
    if above[-1] == len(reach) - 1:
        message = _(
            "Influence is still above 1 %% of the nearest step's (%(near)s on average) "
            "at the farthest distance (%(far)s)."
        )
    else:
        message = _(
            "Influence is below 1 %% of the nearest step's (%(near)s on average) from "
            "%(steps)d steps back on."
        )
    return message % numbers


def _strongest(row: NDArray[np.float32], target: int, _: Translate) -> str:
    if not np.isfinite(row).all():
        return ""
    source = int(row.argmax())
    message = _("Prediction %(target)d is moved most by step %(source)d (%(norm)s).")
    return message % {
        "target": target + 1,
        "source": source + 1,
        "norm": short(float(row[source])),
    }


def _map(norms: NDArray[np.float32], stride: int, _: Translate) -> dict[str, Any]:
    kept = np.ascontiguousarray(norms[::stride, ::stride])
    hover = _("step %(source)s on prediction %(target)s: %(norm)s")
    label = hover % {"source": "%{x}", "target": "%{y}", "norm": "%{customdata:.4~g}"}
    return {
        "type": "heatmap",
        "z": logarithms(norms)[::stride, ::stride],
        "customdata": kept,
        "x0": 1,
        "dx": stride,
        "y0": 1,
        "dy": stride,
        "coloraxis": ATTENTION,
        "hoverongaps": False,
        "hovertemplate": f"{label}<extra></extra>",
        "meta": {"time": "y"},
    }


def _row(
    row: NDArray[np.float32], target: int, scene: Scene, _: Translate
) -> dict[str, Any]:
    """The norms of one target over its sources."""
    hover = _("step %(source)s on prediction %(target)s: %(norm)s")
    label = hover % {"source": "%{x}", "target": target + 1, "norm": "%{y:.4~g}"}
    return {
        "type": "scatter",
        "mode": "lines",
        "x0": 1,
        "dx": 1,
        "y": np.where(row == 0, np.nan, row),  # a logarithm has no zero
        "yaxis": "y3",
        "line": {"color": colour_of(scene.config.model), "width": 2},
        "hovertemplate": f"{label}<extra></extra>",
    }


def _example(view: View) -> GatesDrawn:
    """The example alone, as the Playground's heat map draws it above itself."""
    labels = view.notes["labels"]
    return GatesDrawn(
        title="",
        percent=np.zeros(view.arrays["norms"].shape, np.uint8),
        low=0.0,
        high=1.0,
        centred=False,
        step=view.step,
        series=view.arrays.get("input"),
        tokens=None if labels is None else tuple(labels),
    )


PANEL = Panel(
    "influence",
    N_("What moves the prediction?"),
    draw,
    views=("influence",),
    about=N_(
        "Every row is one prediction and every column one input; the colour is the "
        "norm of the prediction's derivative to that input, on the same scale for "
        "every model. For numbers it is the prediction by the standardised input; for "
        "tokens it is the log-probability of the token that really came next, by the "
        "input token's embedding vector. Click a row to see its norms as a line above "
        "the map."
    ),
    pages={"inside": 45},
)
