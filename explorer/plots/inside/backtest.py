"""Do its bands hold what they promise? Coverage by horizon, from many origins."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.panel import Content, Panel, Scene
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    end_labels,
    finite,
    key,
    layout,
    margin_for,
    rule,
    short,
)
from explorer.plots.theme import GREY, colour_of
from explorer.plots.words import paragraph
from explorer.runs.records import View

Floats = NDArray[np.float32]

NEAR = 0.05
"""A share that is off by no more than this keeps its promise."""

DASHES = ("dot", "solid")
"""Of the lines, by level."""


class BacktestDrawn(NamedTuple):
    """Exactly what the chart shows."""

    model: str
    levels: tuple[float, ...]
    coverage: Floats  # (levels, H) percent
    mae: Floats  # (H,) as scaled, and so are the others
    crps: Floats  # (H,)
    pinball: Floats  # (H,)
    calibrated: int  # origins
    scored: int  # origins
    head: str = "point"  # that the bands come from; "point": none


def extract(model: str, view: View | None) -> BacktestDrawn:
    """Read the view "backtest"; None before there is one."""
    none = np.empty(0, np.float32)
    if view is None:
        return BacktestDrawn(model, (), none[None], none, none, none, 0, 0)
    arrays, notes = view.arrays, view.notes
    return BacktestDrawn(
        model,
        tuple(notes["levels"]),
        100 * finite(arrays["coverage"]),
        finite(arrays["mae"]),
        finite(arrays["crps"]),
        finite(arrays["pinball"]),
        notes["calibrated"],
        notes["scored"],
        notes.get("head", "point"),
    )


def figure(drawn: BacktestDrawn, _: Translate = str) -> Figure:
    """A line per level, and where it should lie."""
    x = axis(_("steps ahead"))
    y = axis(_("held by the band (%)"))
    y["range"] = [0, 104]
    horizon, colour = len(drawn.mae), colour_of(drawn.model)
    data: list[dict[str, Any]] = []
    ends, names = [], []
    for level, covered, dash in zip(drawn.levels, drawn.coverage, DASHES, strict=False):
        name = _("%(level)d %% band") % {"level": round(100 * level)}
        names.append(name)
        look = {"color": colour, "width": 2.2, "dash": dash}
        data.append(
            {
                "type": "scatter",
                "mode": "lines" if horizon > 1 else "markers",
                "x": np.arange(1, horizon + 1),
                "y": covered,
                "name": name,
                "line": look,
                "marker": {"color": colour},
                "hovertemplate": f"%{{x}}: %{{y:.0f}} %<extra>{name}</extra>",
            }
        )
        if horizon:
            glyph = "—" if dash == "solid" else "┈"
            ends.append((key(glyph, colour, name), float(covered[-1])))
    return {
        "data": data,
        "layout": layout(
            x,
            y,
            shapes=[rule(100 * level, GREY, "dash") for level in drawn.levels],
            annotations=end_labels(ends, 0, 104),
            margin=margin_for(names),
        ),
    }


def reading(drawn: BacktestDrawn, _: Translate = str) -> str:
    """What the widest band promised and held, and how far forecasts missed."""
    if not len(drawn.mae):
        return _(
            "The held-out part is too short for a backtest: its first half must "
            "calibrate the bands, and its second half score them. Shorten the window "
            "or hold out more."
        )
    level, covered = drawn.levels[-1], float(drawn.coverage[-1].mean())
    numbers = {
        "level": round(100 * level),
        "covered": f"{covered:.0f}",
        "scored": f"{drawn.scored:,}",
        "calibrated": f"{drawn.calibrated:,}",
        "first": short(float(drawn.mae[0])),
        "last": short(float(drawn.mae[-1])),
        "steps": len(drawn.mae),
        "crps": short(float(drawn.crps.mean())),
        "pinball": short(float(drawn.pinball.mean())),
    }
    return paragraph(
        _verdict(drawn.head, covered, level, _) % numbers,
        _origins(drawn, _) % numbers,
        _(
            "The mean absolute error is %(first)s one step ahead and %(last)s after "
            "%(steps)d; CRPS %(crps)s and pinball loss %(pinball)s judge the whole "
            "distribution, lower is better (all standardised)."
        )
        % numbers,
    )


def _verdict(head: str, covered: float, level: float, _: Translate) -> str:
    """Whether the widest band held what it promised, and if not, why that may be."""
    if covered < 100 * (level - NEAR):
        if head != "point":
            return _(
                "The %(level)d %% band held only %(covered)s %% of what came: the head "
                "is surer of itself than it may be."
            )
        return _(
            "The %(level)d %% band held only %(covered)s %% of what came: the series "
            "has become harder to foresee since its calibration part."
        )
    if covered > 100 * (level + NEAR):
        if head != "point":
            return _(
                "The %(level)d %% band held %(covered)s %% of what came: the head is "
                "less sure of itself than it could be."
            )
        return _(
            "The %(level)d %% band held %(covered)s %% of what came: it is wider than "
            "it need be, as the series has become easier to foresee."
        )
    return _(
        "The %(level)d %% band held %(covered)s %% of what came: it keeps its promise."
    )


def _origins(drawn: BacktestDrawn, _: Translate) -> str:
    """Where the bands come from, and from how many places they were scored."""
    if drawn.head != "point":
        return _(
            "It is the head's own, between futures that it draws, and was scored from "
            "%(scored)s origins in the second half of the held-out part."
        )
    return _(
        "It was calibrated from %(calibrated)s origins in the first half of the "
        "held-out part and scored from %(scored)s in the second."
    )


def alternative(drawn: BacktestDrawn, _: Translate = str) -> str:
    """The chart in words, for those who do not see it."""
    message = _("Line chart of the share that each band held, over the steps ahead.")
    parts = [
        _("%(level)d %% band: from %(first).0f %% to %(last).0f %%.")
        % {"level": round(100 * level), "first": covered[0], "last": covered[-1]}
        for level, covered in zip(drawn.levels, drawn.coverage, strict=False)
        if len(covered)
    ]
    return paragraph(message, *parts)


def draw(scene: Scene, _: Translate) -> Content:
    """The whole panel."""
    drawn = extract(scene.config.model, scene.view)
    return {
        "figure": figure(drawn, _),
        "reading": reading(drawn, _),
        "alternative": alternative(drawn, _),
    }


PANEL = Panel(
    "backtest",
    N_("Can its forecasts be trusted?"),
    draw,
    views=("backtest",),
    about=N_(
        "The model is left alone from many places of the held-out part, a rolling "
        "origin, and its forecasts are held against what came. Bands come from split "
        "conformal prediction, as wide as it missed on the first half of the held-out "
        "part, step by step ahead; those of a head that says a distribution lie "
        "between futures that it draws. The chart tells how much of the second half "
        "each band held; the dashed lines are what was promised."
    ),
    pages={"inside": 44},
    applies=lambda facts: facts.answer == "forecast",
)
