"""How well does it do? One measure of the held-out part, over the training."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    end_labels,
    finite,
    key,
    last,
    layout,
    margin_for,
    short,
)
from explorer.plots.theme import colour_of
from explorer.plots.training.clock import clock_axis, clock_place
from explorer.plots.words import entry, paragraph, percent
from explorer.runs.records import Clock, Validation
from explorer.tasks import MEASURES, Measure


class MeasureDrawn(NamedTuple):
    """Exactly what the chart shows."""

    model: str
    measure: Measure
    axis: Clock
    x: NDArray[np.float32]  # (m,) steps or seconds
    y: NDArray[np.float32]  # (m,) the measure; shares in percent
    x_end: float | None  # right end of the axis; None: as far as the data
    undefined: bool  # whether the newest is, though the loss is not
    trained: NDArray[np.float32]  # (m,) the same on training windows; NaN if not known


def extract(
    model: str,
    validations: Sequence[Validation],
    name: str,
    axis: Clock = "step",
    total_steps: int = 0,
) -> MeasureDrawn:
    """The measurements that have this measure."""
    measure = MEASURES[name]
    having = [v for v in validations if name in v.measures]
    scale = 100 if measure.percent else 1
    return MeasureDrawn(
        model,
        measure,
        axis,
        np.array([v.step if axis == "step" else v.seconds for v in having], np.float32),
        finite(np.array([scale * v.measures[name] for v in having], np.float32)),
        float(max(total_steps, 1)) if axis == "step" else None,
        bool(having) and _undefined(having[-1], name),
        finite(np.array([scale * _trained(v, name) for v in having], np.float32)),
    )


def _trained(validation: Validation, name: str) -> float:
    """What the same measure says of training windows; NaN where none does."""
    return validation.measures.get(f"trained_{name}", math.nan)


def figure(drawn: MeasureDrawn, _: Translate = str) -> Figure:
    """A line with a marker at every measurement, and a thin one of training windows
    where these are known; shares from 0 to 100 %."""
    x = clock_axis(drawn.axis, drawn.x_end, _)
    title, colour = _(drawn.measure.title), colour_of(drawn.model)
    y = axis(f"{title} (%)" if drawn.measure.percent else title)
    if drawn.measure.percent:
        y["range"] = [0, 100 if last(drawn.y) is None else max(100, drawn.y.max() + 1)]
    y["uirevision"] = drawn.measure.title
    place = clock_place(drawn.axis, _)
    now = last(drawn.y)
    words = []
    if now is not None:
        ends = [(key("●", colour, _in_words(now, drawn.measure, _)), now)]
        if (past := last(drawn.trained)) is not None:
            value = _in_words(past, drawn.measure, _)
            ends.append((key("—", colour, f"{_('training')} {value}"), past))
        words = end_labels(ends, *_span(drawn))
    held_out = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": drawn.x,
        "y": drawn.y,
        "name": title,
        "line": {"color": colour, "width": 2.6},
        "marker": {"color": colour, "size": 7},
        "hovertemplate": f"{place}<br>%{{y:.4~g}}<extra></extra>",
    }
    return {
        "data": [*_training(drawn, place, _), held_out],
        "layout": layout(x, y, annotations=words, margin=margin_for([title], digits=7)),
    }


def _training(drawn: MeasureDrawn, place: str, _: Translate) -> list[dict[str, Any]]:
    """The thin line of training windows, where they were measured."""
    if not np.isfinite(drawn.trained).any():
        return []
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": drawn.x,
            "y": drawn.trained,
            "name": _("training"),
            "line": {"color": colour_of(drawn.model), "width": 1.2},
            "opacity": 0.7,
            "hovertemplate": f"{place}<br>%{{y:.4~g}}<extra>{_('training')}</extra>",
        }
    ]


def reading(drawn: MeasureDrawn, _: Translate = str) -> str:
    """Where it stands, and its best."""
    values = drawn.y[np.isfinite(drawn.y)]
    if not len(values):
        if not len(drawn.y):
            return _("Nothing has been measured yet.")
        none = _why(drawn.measure, _) if drawn.undefined else "–"
        return entry(_(drawn.measure.title), none, _)
    best = values.max() if drawn.measure.higher else values.min()
    message = (
        _("%(name)s stands at %(now)s; its highest was %(best)s. Higher is better.")
        if drawn.measure.higher
        else _("%(name)s stands at %(now)s; its lowest was %(best)s. Lower is better.")
    )
    sentence = message % {
        "name": _(drawn.measure.title),
        "now": _in_words(float(values[-1]), drawn.measure, _),
        "best": _in_words(float(best), drawn.measure, _),
    }
    about = drawn.measure.about
    return paragraph(sentence, _(about)) if about else sentence


def alternative(drawn: MeasureDrawn, _: Translate = str) -> str:
    """The chart in words."""
    chart = _("Line chart of a measure of the held-out part over training.")
    return paragraph(chart, reading(drawn, _))


def line(newest: Validation, _: Translate = str) -> str:
    """Every measure in one line, as in "Held out at step 600: Accuracy 91 %"."""
    parts = [
        f"{_(MEASURES[name].title)} {_number(newest, name, _)}"
        for name in newest.measures
    ]
    head = _("Held out at step %(step)s:") % {"step": f"{newest.step:,}"}
    return paragraph(head, " · ".join(parts))


def _number(seen: Validation, name: str, _: Translate) -> str:
    measure, value = MEASURES[name], seen.measures[name]
    if _undefined(seen, name):
        return _why(measure, _)
    return _in_words(100 * value if measure.percent else value, measure, _)


def _undefined(seen: Validation, name: str) -> bool:
    """Whether the measure is divided by nothing; after a diverged loss it may be NaN
    for another reason."""
    why = MEASURES[name].undefined
    return bool(why) and math.isnan(seen.measures[name]) and math.isfinite(seen.loss)


def _why(measure: Measure, _: Translate) -> str:
    return _("– (undefined: %(why)s)") % {"why": _(measure.undefined)}


def _in_words(value: float, measure: Measure, _: Translate) -> str:
    if not math.isfinite(value):
        return "–"
    return percent(f"{value:.1f}", _) if measure.percent else short(value)


def _span(drawn: MeasureDrawn) -> tuple[float, float]:
    if drawn.measure.percent:
        return 0.0, 100.0
    values = drawn.y[np.isfinite(drawn.y)]
    return float(values.min()), max(float(values.max()), float(values.min()) + 1e-9)
