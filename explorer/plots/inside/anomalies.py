"""What does not belong? The series, and how much each value surprised the model."""

import math
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.config.settings import setting
from explorer.errors import N_
from explorer.plots.inside.detection import (
    ENCODER_DECODER,
    ThresholdSettings,
    judged,
)
from explorer.plots.panel import Content, Panel, Scene
from explorer.plots.parts import Figure, Translate, axis, dated, layout, plain, thin
from explorer.plots.theme import GREY, OTHER, colour_of
from explorer.plots.words import listed, paragraph, percent
from explorer.runs.records import View

TOP = 15.0
"""Where the axis of scores ends; what is higher is drawn there."""

UPPER, LOWER = (0.46, 1.0), (0.0, 0.36)


class ScoredSettings(ThresholdSettings):
    """Whose score is drawn, and when an alarm is raised."""

    way: Literal["model", "written"] = setting(
        "model",
        N_(
            "What a value is scored by: how far the model's forecast misses it, or how "
            "far a small encoder-decoder does that reads a window and writes it back."
        ),
        title=N_("Scored by"),
        choices={
            "model": N_("the model's forecast"),
            "written": N_("an encoder-decoder"),
        },
    )


class AnomaliesDrawn(NamedTuple):
    """Exactly what the chart shows of the held-out part."""

    positions: NDArray[Any]  # (n,) numbers or datetime64[D]
    values: NDArray[np.float64]  # (n,)
    scores: NDArray[np.float32]  # (n,) in the way that is chosen
    odd: NDArray[np.uint8] | None  # (n,) 0 or 1 + a kind; None where nobody knows
    kinds: tuple[str, ...]
    threshold: float
    axis: str
    label: str
    short: bool
    """Whether the training part is too short for the score that is chosen."""


def extract(view: View, threshold: float, way: str = "model") -> AnomaliesDrawn:
    """Read the view "anomalies"; of an encoder-decoder that could not be trained there
    are no scores."""
    arrays, notes = view.arrays, view.notes
    positions = arrays["positions"]
    scores = arrays["scores"][0]
    short = way == "written" and notes["learning"] == 1
    if way == "written":
        scores = np.full_like(scores, np.nan) if short else arrays["scores"][1]
    return AnomaliesDrawn(
        positions.astype("datetime64[D]") if notes["dates"] else positions,
        arrays["values"],
        scores,
        arrays.get("odd"),
        tuple(notes["kinds"]),
        threshold,
        notes["axis"],
        notes["label"],
        short,
    )


def events(odd: NDArray[np.uint8]) -> list[tuple[int, int, int]]:
    """Stretches of equal kinds: (first place, the one after the last, kind).

    >>> events(np.array([0, 2, 2, 0, 1], np.uint8))
    [(1, 3, 2), (4, 5, 1)]
    """
    edges = np.flatnonzero(np.diff(odd, prepend=0, append=0))
    found = pairwise(edges.tolist())
    return [(a, b, int(odd[a])) for a, b in found if odd[a]]


def figure(drawn: AnomaliesDrawn, colour: str, _: Translate = str) -> Figure:
    """The series above with its alarms, the scores below with the threshold."""
    kept = thin(drawn.values)
    high = np.minimum(drawn.scores, TOP)
    shown = thin(high)
    alarm = drawn.scores >= drawn.threshold
    data = [
        _line(drawn.positions[kept], drawn.values[kept], GREY, "y"),
        _line(drawn.positions[shown], high[shown], colour, "y2"),
        *_alarms(drawn, alarm, colour, _),
    ]
    x = dated(axis(_(drawn.axis), anchor="y2"), drawn.positions)
    limit = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y2"}
    at = min(drawn.threshold, TOP)
    limit |= {
        "y0": at,
        "y1": at,
        "line": {"color": OTHER, "width": 1.5, "dash": "dash"},
    }
    return {
        "data": data,
        "layout": layout(
            x,
            axis(_(drawn.label), domain=UPPER),
            yaxis2=axis(_("score"), domain=LOWER, range=[0, TOP * 1.04]),
            shapes=[*_bands(drawn), limit],
        ),
    }


def _line(x: Any, y: Any, colour: str, where: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": np.asarray(y, np.float32),
        "yaxis": where,
        "line": {"color": colour, "width": 1.6},
        "hovertemplate": "%{x}<br>%{y:.4~g}<extra></extra>",
    }


def _alarms(
    drawn: AnomaliesDrawn, alarm: NDArray[np.bool_], colour: str, _: Translate
) -> list[dict[str, Any]]:
    """Alarms on the series: dots; crosses where all is as it should be."""
    odd = np.ones(len(alarm)) if drawn.odd is None else drawn.odd
    marks = (
        (_("alarm"), alarm & (odd > 0), {"symbol": "circle", "color": colour}),
        (_("false alarm"), alarm & (odd == 0), {"symbol": "x", "color": OTHER}),
    )
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": drawn.positions[here],
            "y": drawn.values[here].astype(np.float32),
            "name": name,
            "marker": {"size": 8, **look},
            "hovertemplate": f"{name}<br>%{{x}}<br>%{{y:.4~g}}<extra></extra>",
        }
        for name, here, look in marks
    ]


def _bands(drawn: AnomaliesDrawn) -> list[dict[str, Any]]:
    """Where something does not belong, a place wider on both sides."""
    if drawn.odd is None:
        return []
    last = len(drawn.odd) - 1
    return [
        {
            "type": "rect",
            "x0": plain(drawn.positions[max(0, first - 1)]),
            "x1": plain(drawn.positions[min(last, end)]),
            "yref": "paper",
            "y0": 0,
            "y1": 1,
            "layer": "below",
            "line": {"width": 0},
            "fillcolor": GREY,
            "opacity": 0.3,
        }
        for first, end, _kind in events(drawn.odd)
    ]


def reading(drawn: AnomaliesDrawn, _: Translate = str) -> str:
    """How many alarms there are, and how many of them are right where that is known."""
    places = int(np.isfinite(drawn.scores).sum())
    if drawn.short:
        return _(
            "No value has a score: the encoder-decoder reads windows longer than the "
            "training part. Choose the model's forecast."
        )
    if not places:
        return _("No value of the held-out part has a score.")
    alarms = int((drawn.scores >= drawn.threshold).sum())
    numbers: dict[str, Any] = {
        "threshold": drawn.threshold,
        "places": f"{places:,}",
        "alarms": f"{alarms:,}",
    }
    if drawn.odd is None:
        numbers["normal"] = 100 * math.erfc(drawn.threshold / math.sqrt(2))
        numbers["share"] = 100 * alarms / places
        message = _(
            "%(alarms)s of %(places)s held-out values (%(share).1f %%) lie "
            "%(threshold).2f or more standard deviations of the usual error off; of "
            "normal noise it would be %(normal).2g %%. Whether they belong, "
            "nobody has said."
        )
        return message % numbers
    now = judged(drawn.scores, drawn.odd, drawn.threshold)
    message = _(
        "At the threshold %(threshold).2f there are %(alarms)s alarms among %(places)s "
        "held-out values; %(found)s are right (precision %(precision)s), and %(found)s "
        "of %(odd)s odd values are found (recall %(recall)s)."
    )
    sentence = message % {
        **numbers,
        "found": f"{now.found:,}",
        "odd": f"{now.odd:,}",
        "precision": _share(now.precision, _),
        "recall": _share(now.recall, _),
    }
    return paragraph(sentence, _of_kinds(drawn, _))


def _share(value: float, _: Translate) -> str:
    return percent(f"{100 * value:.0f}", _) if math.isfinite(value) else "–"


def _of_kinds(drawn: AnomaliesDrawn, _: Translate) -> str:
    """How many stretches of each kind have an alarm."""
    assert drawn.odd is not None
    parts = []
    for k, name in enumerate(drawn.kinds, 1):
        mine = [(a, b) for a, b, kind in events(drawn.odd) if kind == k]
        hit = sum(bool((drawn.scores[a:b] >= drawn.threshold).any()) for a, b in mine)
        if mine:
            numbers = {"name": _(name), "hit": hit, "all": len(mine)}
            parts.append(_("%(name)s %(hit)d of %(all)d") % numbers)
    message = _("With an alarm at one value at least: %(each)s.")
    return message % {"each": listed(parts, _)} if parts else ""


def draw(scene: Scene, _: Translate) -> Content:
    """The whole panel."""
    drawn = extract(scene.view, scene.chosen.threshold, scene.chosen.way)
    written = scene.chosen.way == "written"
    colour = colour_of(ENCODER_DECODER if written else scene.config.model)
    sentence = reading(drawn, _)
    chart = _("The held-out series, and below it how much each value surprised.")
    return {
        "figure": figure(drawn, colour, _),
        "reading": sentence,
        "alternative": paragraph(chart, sentence),
    }


PANEL = Panel(
    "anomalies",
    N_("What does not belong?"),
    draw,
    views=("anomalies",),
    about=N_(
        "A value's score is the error of the model's forecast one step ahead, or of "
        "what a small encoder-decoder writes back that has read the window around it, "
        "in standard deviations of the usual error on the training part. Where it "
        "reaches the dashed threshold there is a mark on the series; grey stretches "
        "are what truly does not belong, if that is known. A shifted level surprises a "
        "forecast at its ends alone, because the model soon follows; what is written "
        "back misses most of it."
    ),
    pages={"inside": 6},
    settings=ScoredSettings,
)
