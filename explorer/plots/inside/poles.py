"""Where are its poles? Those of a linear recurrence in the unit circle."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.panel import Content, Panel, Scene
from explorer.plots.parts import Figure, Translate, axis, layout, short
from explorer.plots.theme import GATES, GREY

COLOURS = (GATES["output"], GATES["forget"], GATES["input"], GATES["candidate"])
"""Of the layers, from the lowest."""

FAR = 0.9
REACH = 1.08
Poles = NDArray[np.floating]


def draw(scene: Scene, _: Translate) -> Content:
    """Every pole now, and the way that it came at the moments before."""
    poles = scene.view.arrays["poles"].astype(np.float64)  # (L, N, 2)
    before = [ghost.arrays["poles"] for ghost in scene.ghosts]
    sentence = reading(poles, _)
    message = _("%(count)d poles in the unit circle after %(step)s steps. %(reading)s")
    values = {
        "count": poles[..., 0].size,
        "step": f"{scene.view.step:,}",
        "reading": sentence,
    }
    return {
        "figure": figure(poles, [b for b in before if b.shape == poles.shape], _),
        "reading": sentence,
        "alternative": message % values,
    }


def figure(poles: Poles, before: list[Any], _: Translate = str) -> Figure:
    """The unit circle, ways in grey, and a colour for each layer."""
    data = [_ways(np.stack([*before, poles]))] if before else []
    data += [_layer(k, each, _) for k, each in enumerate(poles)]
    ends = {"range": [-REACH, REACH], "zeroline": False}
    x = axis(_("real part"), **ends, constrain="domain")
    y = axis(_("imaginary part"), **ends, scaleanchor="x", constrain="domain")
    circle = {"type": "circle", "x0": -1, "y0": -1, "x1": 1, "y1": 1}
    many = len(poles) > 1
    return {
        "data": data,
        "layout": layout(
            x,
            y,
            shapes=[circle | {"line": {"color": GREY, "width": 1.5}}],
            showlegend=many,
            legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        ),
    }


def _ways(moments: Poles) -> dict[str, Any]:
    """From moment to moment (M, L, N, 2), with a gap between two poles."""
    ways = moments.reshape(len(moments), -1, 2).transpose(1, 0, 2)  # (L N, M, 2)
    gap = np.full((len(ways), 1, 2), np.nan)
    x, y = np.concatenate([ways, gap], 1).reshape(-1, 2).T.astype(np.float32)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"color": GREY, "width": 1},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _layer(number: int, poles: Poles, _: Translate) -> dict[str, Any]:
    name = _("layer %(number)d") % {"number": number + 1}
    radius, angle = np.hypot(*poles.T), np.abs(np.arctan2(poles[:, 1], poles[:, 0]))
    with np.errstate(divide="ignore"):
        steps, turns = np.log(0.1) / np.log(radius), 2 * np.pi / angle
    hover = _(
        "%(name)s<br>a tenth is left after %(steps)s steps<br>"
        "it turns once in %(turns)s steps"
    )
    places = {
        "steps": "%{customdata[0]:.4~g}",
        "turns": "%{customdata[1]:.4~g}",
        "name": name,
    }
    return {
        "type": "scatter",
        "mode": "markers",
        "x": poles[:, 0].astype(np.float32),
        "y": poles[:, 1].astype(np.float32),
        "customdata": np.stack([steps, turns], -1).astype(np.float32),
        "name": name,
        "marker": {"color": COLOURS[number % len(COLOURS)], "size": 7},
        "hovertemplate": hover % places + "<extra></extra>",
    }


def reading(poles: Poles, _: Translate = str) -> str:
    """How long the outermost pole remembers, and how many lie far out."""
    flat = poles.reshape(-1, 2)
    radius = np.hypot(*flat.T)
    if not np.isfinite(radius).all():
        return _("The poles are not numbers any more.")
    last = int(radius.argmax())
    angle = abs(float(np.arctan2(flat[last, 1], flat[last, 0])))
    message = _(
        "The outermost pole lies at %(radius).3f: a tenth of an input is left there "
        "after %(steps)s steps, and its wave turns once in %(turns)s steps. "
        "%(far)d of %(count)d lie beyond %(limit)s."
    )
    with np.errstate(divide="ignore"):
        steps = float(np.log(0.1) / np.log(radius[last]))
    return message % {
        "radius": radius[last],
        "steps": short(steps),
        "turns": short(2 * np.pi / max(angle, 1e-9)),
        "far": int((radius > FAR).sum()),
        "count": len(radius),
        "limit": f"{FAR:g}",
    }


PANEL = Panel(
    "poles",
    N_("For how long, and in which rhythm?"),
    draw,
    views=("poles",),
    about=N_(
        "Every point is a pole: the number by which a step multiplies one unit of the "
        "state. Its distance from the centre says how slowly an input dies away there, "
        "its angle how fast the wave turns. Grey ways lead from where it stood before."
    ),
    pages={"playground": 35, "inside": 33},
    ghosts=4,
)
