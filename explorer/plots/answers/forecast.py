"""What comes next? The truth, one-step predictions, and a forecast left to itself.

The vertical range comes from the truth alone, so that a wild forecast leaves the plot
instead of squeezing it.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.panel import AnswerPanel, Content, Scene
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    dated,
    end_labels,
    escape,
    finite,
    key,
    last,
    layout,
    margin_for,
    plain,
)
from explorer.plots.theme import GREY, colour_of, see_through
from explorer.plots.training import verdict
from explorer.plots.words import paragraph
from explorer.runs.records import Awaited, Simple, View

Floats = NDArray[np.float32]

METHOD = {"color": GREY, "width": 1.3}
DASHES = {"dot": "┈", "dashdot": "-·", "longdash": "╌", "longdashdot": "─·"}
"""Of the lines of simple methods, in their order, with what stands for each."""

BAND = 0.18
"""How much of what lies below a band is covered by it."""

PADDING = 0.25
"""Empty share above and below the truth."""


EMPTY: Floats = np.empty((0, 0), np.float32)


class ForecastDrawn(NamedTuple):
    """Exactly what the forecast chart shows, in the series' real units."""

    model: str
    positions: NDArray[Any]  # (n,) numbers or datetime64[D]
    truth: Floats  # (n,)
    one_step: Floats  # (n,) NaN where there is none
    free: Floats  # (n,) NaN where there is none
    free_from: int | None  # index at which the forecast is left to itself
    axis: str
    label: str
    methods: tuple[tuple[str, Floats], ...] = ()
    """Simple methods by name; (n,) one step ahead, and free where the model is."""
    awaited: Awaited = ""
    """Whether they are being fitted."""
    levels: tuple[float, ...] = ()
    low: Floats = EMPTY  # (levels, n) of the bands about what is foretold freely
    high: Floats = EMPTY  # (levels, n)
    origins: int = 0  # from which the bands were calibrated
    head: str = "point"  # that the bands come from; "point": none


def extract(
    model: str, view: View | None, simple: Simple | None = None
) -> ForecastDrawn:
    """Read the view "prediction" of a series; None before there is one."""
    if view is None or "positions" not in view.arrays:
        none = np.empty(0, np.float32)
        return ForecastDrawn(model, none, none, none, none, None, "", "")
    arrays, notes = view.arrays, view.notes
    positions = arrays["positions"]
    context = int(notes.get("context", -1))
    return ForecastDrawn(
        model=model,
        positions=positions.astype("datetime64[D]") if notes["dates"] else positions,
        truth=finite(arrays["truth"]),
        one_step=finite(arrays["one_step"]),
        free=finite(arrays["free"]),
        free_from=context if 0 <= context < len(positions) else None,
        axis=notes["axis"],
        label=notes["label"],
        methods=_methods(simple, len(positions), notes.get("series", 0)),
        levels=tuple(notes["levels"]) if "low" in arrays else (),
        low=finite(arrays.get("low", EMPTY)),
        high=finite(arrays.get("high", EMPTY)),
        origins=notes.get("origins", 0),
        head=notes.get("head", "point"),
    )


def _methods(
    simple: Simple | None, count: int, number: int
) -> tuple[tuple[str, Floats], ...]:
    """The lines (count,) of simple methods for one of the series, where they are
    known."""
    methods = () if simple is None else simple.methods
    lines = [(m.name, m.line if m.line.ndim == 1 else m.line[number]) for m in methods]
    return tuple((name, finite(line)) for name, line in lines if len(line) == count)


def figure(drawn: ForecastDrawn, _: Translate = str) -> Figure:
    """The chart: truth neutral, one step strong, left to itself dashed."""
    lines = _lines(drawn, _)
    x = dated(axis(_(drawn.axis) if drawn.axis else _("time")), drawn.positions)
    y = axis(_(drawn.label) if drawn.label else _("value"))
    span = _span(drawn.truth)
    labels: list[dict[str, Any]] = []
    if span is not None:
        x["range"] = [plain(drawn.positions[0]), plain(drawn.positions[-1])]
        y["range"] = list(span)
        ends = [
            (line.label, end) for line in lines if (end := last(line.y)) is not None
        ]
        labels = end_labels(ends, *span)
    shapes = []
    if drawn.free_from is not None:
        start = plain(drawn.positions[drawn.free_from])
        shapes.append(_mark(start))
        late = drawn.free_from > 0.5 * len(drawn.positions)
        labels.append(_mark_words(start, _("free-running from here"), late))
    return {
        "data": _bands(drawn, _) + [line.trace(drawn.positions) for line in lines],
        "layout": layout(
            x,
            y,
            shapes=shapes,
            annotations=labels,
            margin={**margin_for(line.name for line in lines), "t": 28},
        ),
    }


def _bands(drawn: ForecastDrawn, _: Translate) -> list[dict[str, Any]]:
    """The fan: for each level its lower edge, and its upper one filled down to it."""
    colour, traces = colour_of(drawn.model), []
    for level, low, high in reversed(
        list(zip(drawn.levels, drawn.low, drawn.high, strict=True))
    ):
        name = _("%(level)d %% band") % {"level": round(100 * level)}
        edge = {"type": "scatter", "mode": "lines", "x": drawn.positions, "name": name}
        edge |= {"line": {"width": 0}, "hoverinfo": "skip"}
        filled = {"fill": "tonexty", "fillcolor": see_through(colour, BAND)}
        traces += [edge | {"y": low}, edge | {"y": high} | filled]
    return traces


class _Line(NamedTuple):
    """One of the three lines."""

    name: str
    y: Floats  # (n,)
    label: str
    look: dict[str, Any]

    def trace(self, positions: NDArray[Any]) -> dict[str, Any]:
        """The line over its places (n,)."""
        return {
            "type": "scatter",
            "mode": "lines" if len(self.y) > 1 else "markers",
            "x": positions,
            "y": self.y,
            "name": self.name,
            "line": self.look,
            "marker": {"color": self.look["color"]},
        }


def _lines(drawn: ForecastDrawn, _: Translate) -> list[_Line]:
    colour = colour_of(drawn.model)
    methods = [
        _Line(_(name), y, key(glyph, GREY, escape(_(name))), METHOD | {"dash": dash})
        for (name, y), (dash, glyph) in zip(drawn.methods, DASHES.items(), strict=False)
    ]
    return methods + [
        _Line(name, y, key(glyph, tint, escape(name)), {"color": tint, **look})
        for glyph, name, y, tint, look in (
            ("—", _("truth"), drawn.truth, GREY, {"width": 2}),
            ("—", _("one step"), drawn.one_step, colour, {"width": 2.4}),
            ("┄", _("free"), drawn.free, colour, {"width": 2.4, "dash": "dash"}),
        )
    ]


def reading(drawn: ForecastDrawn, _: Translate = str) -> str:
    """How far the predictions miss, against how far the series moves."""
    spread = float(np.nanstd(drawn.truth)) if len(drawn.truth) else 0.0
    ahead = _miss(drawn.one_step, drawn.truth)
    if ahead is None or spread == 0:
        return _("There is no prediction to judge yet.")
    free = _miss(drawn.free, drawn.truth)
    alone = drawn.free[np.isfinite(drawn.free)]
    numbers = {
        "ahead": 100 * ahead / spread,
        "free": 100 * (free or 0.0) / spread,
        "steps": len(alone),
    }
    message = _(
        "One step ahead the model misses by %(ahead).0f %% of the series' usual swing, "
        "left to itself for %(steps)d steps by %(free).0f %%."
    )
    if free is None:
        message = _(
            "One step ahead the model misses by %(ahead).0f %% of the series' usual "
            "swing."
        )
    elif len(alone) > 2 and float(np.std(alone[len(alone) // 2 :])) < 0.1 * spread:
        message = _(
            "One step ahead the model misses by %(ahead).0f %% of the series' usual "
            "swing; left to itself, its forecast goes flat."
        )
    return paragraph(message % numbers, *_held(drawn, _), *_beside(drawn, spread, _))


def _held(drawn: ForecastDrawn, _: Translate) -> list[str]:
    """What the bands are, and how much of the drawn truth the widest one holds."""
    if not drawn.levels:
        return []
    judged = np.isfinite(drawn.low[-1]) & np.isfinite(drawn.truth)
    inside = (drawn.low[-1] <= drawn.truth) & (drawn.truth <= drawn.high[-1])
    message = _(
        "The bands are wide enough for %(first)d and %(last)d %% of its misses from "
        "%(origins)d calibration origins (split conformal); the wide one holds "
        "%(held)s of the %(count)s values drawn here."
    )
    if drawn.head != "point":
        message = _(
            "The bands hold %(first)d and %(last)d %% of the futures that its head "
            "draws, each draw the next input; the wide one holds %(held)s of the "
            "%(count)s values drawn here."
        )
    return [
        message
        % {
            "first": round(100 * drawn.levels[0]),
            "last": round(100 * drawn.levels[-1]),
            "origins": drawn.origins,
            "held": f"{int((inside & judged).sum()):,}",
            "count": f"{int(judged.sum()):,}",
        }
    ]


def _beside(drawn: ForecastDrawn, spread: float, _: Translate) -> list[str]:
    """What simple methods say of the free stretch, or that they are awaited."""
    if drawn.awaited:
        return [verdict.methods_awaited(drawn.awaited, None, _)]
    alone = np.isfinite(drawn.free)
    misses = [(n, _miss(y[alone], drawn.truth[alone])) for n, y in drawn.methods]
    shares = [(100 * miss / spread, name) for name, miss in misses if miss is not None]
    if not shares:
        return []
    least, name = min(shares)
    message = _(
        "Of the simple methods (grey), left alone as long, %(name)s misses least, by "
        "%(miss).0f %%."
    )
    return [message % {"name": _(name), "miss": least}]


def alternative(drawn: ForecastDrawn, _: Translate = str) -> str:
    """The chart in words, for those who do not see it."""
    if not len(drawn.truth):
        return _("Line chart of a forecast; nothing is drawn yet.")
    message = _(
        "Line chart of %(label)s over %(axis)s: the truth between %(low)s and "
        "%(high)s, the model's one-step predictions, and its forecast left to itself "
        "over the last %(steps)d steps."
    )
    return message % {
        "label": _(drawn.label),
        "axis": _(drawn.axis),
        "low": f"{np.nanmin(drawn.truth):.3g}",
        "high": f"{np.nanmax(drawn.truth):.3g}",
        "steps": int(np.isfinite(drawn.free).sum()),
    }


def _span(truth: Floats) -> tuple[float, float] | None:
    """The vertical range: the truth and some room; None where there is no truth."""
    values = truth[np.isfinite(truth)]
    if not len(values):
        return None
    low, high = float(values.min()), float(values.max())
    room = PADDING * (high - low) or max(1.0, abs(high)) * PADDING
    return low - room, high + room


def _miss(predicted: Floats, truth: Floats) -> float | None:
    """Mean absolute error where something was said; None where nothing was."""
    errors = np.abs(predicted - truth)
    errors = errors[np.isfinite(errors)]
    return float(errors.mean()) if len(errors) else None


def _mark(x: Any) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"color": GREY, "width": 1, "dash": "dot"},
    }


def _mark_words(x: Any, words: str, late: bool) -> dict[str, Any]:
    return {
        "x": x,
        "xanchor": "right" if late else "left",
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
        "text": escape(words) + (" →" if not late else ""),
        "opacity": 0.8,
    }


def draw(scene: Scene, _: Translate) -> Content:
    """The whole panel."""
    drawn = extract(scene.config.model, scene.view, scene.simple)
    drawn = drawn._replace(awaited=scene.awaited)
    return {
        "figure": figure(drawn, _),
        "reading": reading(drawn, _),
        "alternative": alternative(drawn, _),
    }


ANSWER = AnswerPanel(N_("What does it foresee?"), draw, options=("series",))
