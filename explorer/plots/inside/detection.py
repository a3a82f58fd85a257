"""How good is the alarm? What is found against false alarms, at every threshold.

    recall = found / odd      false alarm rate = false alarms / places that belong
    precision = found / alarms

The area under the curve is the chance that a place that does not belong scores higher
than one that does (Hanley and McNeil, 1982, https://doi.org/10.1148/radiology.143.1.7063747).
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.config.settings import Settings, setting
from explorer.errors import N_
from explorer.plots.panel import Content, Panel, Scene
from explorer.plots.parts import Figure, Translate, axis, layout
from explorer.plots.theme import GREY, OTHER, colour_of
from explorer.plots.words import listed, paragraph
from explorer.runs.records import View

Floats = NDArray[Any]
DASHES = ("solid", "dash", "dot", "dashdot")
ENCODER_DECODER = "seq2seq"
"""The model whose colour one has that writes windows of a series back."""


class ThresholdSettings(Settings):
    """When an alarm is raised."""

    threshold: float = setting(
        4.0,
        N_(
            "From how many standard deviations of the usual error on a value counts as "
            "one that does not belong."
        ),
        title=N_("Threshold"),
        ge=0.5,
        le=12.0,
        step=0.25,
    )


class Judged(NamedTuple):
    """What a threshold comes to; a share of nothing is NaN."""

    alarms: int
    found: int  # alarms where something does not belong
    odd: int  # places that do not belong
    precision: float
    recall: float
    false_rate: float


def judged(scores: Floats, odd: Floats, threshold: float) -> Judged:
    """Count the alarms of scores (n,) against odd (n,) booleans; unknown scores are
    left out."""
    scored = np.isfinite(scores)
    alarm, odd = scores[scored] >= threshold, odd[scored].astype(bool)
    alarms, found, total = int(alarm.sum()), int((alarm & odd).sum()), int(odd.sum())
    rest = len(odd) - total
    return Judged(
        alarms,
        found,
        total,
        found / alarms if alarms else float("nan"),
        found / total if total else float("nan"),
        (alarms - found) / rest if rest else float("nan"),
    )


class Roc(NamedTuple):
    """The curve from no alarm at all to an alarm everywhere."""

    false_rate: Floats  # (m,) 0..1, rising
    recall: Floats  # (m,) 0..1, rising
    area: float


def roc(scores: Floats, odd: Floats) -> Roc:
    """Every threshold that scores (n,) can tell apart, against odd (n,)."""
    scored = np.isfinite(scores)
    scores, odd = scores[scored], odd[scored].astype(bool)
    total = int(odd.sum())
    if not 0 < total < len(odd):
        return Roc(np.array([0.0, 1.0]), np.array([0.0, 1.0]), float("nan"))
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    found = np.append(0, np.cumsum(odd[order])[last]) / total
    wrong = np.append(0, np.cumsum(~odd[order])[last]) / (len(odd) - total)
    area = float(np.sum(np.diff(wrong) * (found[1:] + found[:-1]) / 2))
    return Roc(wrong, found, area)


def draw(scene: Scene, _: Translate) -> Content:
    """A curve for each way of scoring, with the point of the threshold on it."""
    sentence = reading(scene.view, scene.chosen.threshold, _)
    chart = _("Line chart: the share of odd places found, over that of false alarms.")
    return {
        "figure": figure(
            scene.view, scene.chosen.threshold, colour_of(scene.config.model), _
        ),
        "reading": sentence,
        "alternative": paragraph(chart, sentence),
    }


def figure(view: View, threshold: float, colour: str, _: Translate = str) -> Figure:
    """Both axes from 0 to 100 %; guessing is the diagonal."""
    written, learning = colour_of(ENCODER_DECODER), view.notes["learning"]
    data: list[dict[str, Any]] = []
    for k, name in enumerate(view.notes["ways"]):
        rule = k - learning
        tint = (OTHER, GREY)[rule % 2] if rule >= 0 else written if k else colour
        data += _way(view, k, threshold, _(name), tint)
    guess = {"type": "line", "x0": 0, "y0": 0, "x1": 100, "y1": 100, "layer": "below"}
    legend = {"x": 1, "xanchor": "right", "y": 0.02, "yanchor": "bottom"}
    return {
        "data": data,
        "layout": layout(
            axis(_("false alarms, of what belongs (%)"), range=[-2, 102]),
            axis(_("found, of what does not belong (%)"), range=[-2, 102]),
            shapes=[guess | {"line": {"color": GREY, "width": 1, "dash": "dot"}}],
            legend=legend,
            showlegend=True,
        ),
    }


def _way(
    view: View, k: int, threshold: float, name: str, tint: str
) -> list[dict[str, Any]]:
    """The curve of one way of scoring, and the point of the threshold on it."""
    scores, odd = view.arrays["scores"][k], view.arrays["odd"]
    curve, now = roc(scores, odd), judged(scores, odd, threshold)
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": (100 * curve.false_rate).astype(np.float32),
        "y": (100 * curve.recall).astype(np.float32),
        "name": name,
        "line": {"color": tint, "width": 2.4, "dash": DASHES[k % len(DASHES)]},
        "hovertemplate": "%{x:.1f}, %{y:.1f}<extra></extra>",
    }
    point = {
        "type": "scatter",
        "mode": "markers",
        "x": np.array([100 * now.false_rate], np.float32),
        "y": np.array([100 * now.recall], np.float32),
        "marker": {"color": tint, "size": 11},
        "showlegend": False,
        "hoverinfo": "skip",
    }
    return [line, point]


def reading(view: View, threshold: float, _: Translate = str) -> str:
    """The areas, what they mean, and where the model stands at the threshold."""
    odd, ways, scores = view.arrays["odd"], view.notes["ways"], view.arrays["scores"]
    areas = [roc(each, odd).area for each in scores]
    if not np.isfinite(areas[0]):
        return _("Nothing can be judged here: no known score, or nothing that is odd.")
    each = listed(
        [f"{_(name)} {area:.3f}" for name, area in zip(ways, areas, strict=True)], _
    )
    message = _(
        "Area under the curve: %(each)s. It is the chance that a place that does not "
        "belong scores higher than one that does; 0.5 is guessing, 1 never errs."
    )
    now = judged(scores[0], odd, threshold)
    point = _(
        "At the threshold %(threshold).2f the model finds %(recall).0f %% of the odd "
        "places (recall) and raises a false alarm at %(wrong).1f %% of the others."
    )
    numbers = {
        "threshold": threshold,
        "recall": 100 * now.recall,
        "wrong": 100 * now.false_rate,
    }
    sentences = paragraph(message % {"each": each}, point % numbers)
    if areas[0] >= max(area for area in areas if np.isfinite(area)):
        return sentences
    best = int(np.nanargmax(areas))
    if best < view.notes["learning"]:
        other = _(
            "Here the encoder-decoder does better, which writes windows back: it sees "
            "what comes after a place as well, and does not follow what does not "
            "belong."
        )
        return paragraph(sentences, other)
    rule = _(
        "Here a rule that learns nothing does better (%(name)s): a model soon follows "
        "a shifted level or a changed rhythm, so that only their beginnings surprise "
        "it."
    )
    return paragraph(sentences, rule % {"name": _(ways[best])})


PANEL = Panel(
    "detection",
    N_("How good is the alarm, at every threshold?"),
    draw,
    views=("detection",),
    about=N_(
        "Each curve is one way of scoring: the lower the threshold, the more is found "
        "and the more alarms are false, from the lower left to the upper right. The "
        "dot is the threshold that is chosen above. The rules to beat learn nothing "
        "(how far a value lies from the median, and from the value a season ago); a "
        "small encoder-decoder is beside the model, by what it misses when it writes "
        "windows of the series back."
    ),
    pages={"inside": 7},
    settings=ThresholdSettings,
    follows={"threshold": "anomalies.threshold"},
)
