"""What is a pretrained model worth? The target's loss by the number of its examples."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import N_
from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    end_labels,
    escape,
    key,
    layout,
    margin_for,
    rule,
    short,
)
from explorer.plots.theme import GREY, OTHER, colour_of
from explorer.plots.words import entry, listed, paragraph
from explorer.runs.records import Lines

WAYS = {
    "scratch": N_("from scratch"),
    "head": N_("the head alone"),
    "all": N_("all weights"),
}
"""How a model meets the target: at random, or pretrained and then fine-tuned."""

GLYPHS = {"scratch": ("┄", "dash"), "head": ("—", "solid"), "all": ("●", "solid")}


STILL = 0.8
"""Of its loss with few examples: who is left with more than so much of it with many
gains by them next to nothing."""


class TransferDrawn(NamedTuple):
    """Exactly what the chart shows."""

    model: str
    examples: NDArray[np.float32]  # (n,) numbers of target examples, rising
    losses: Mapping[str, NDArray[np.float32]]  # by way: (n,), NaN where not trained
    lines: Lines
    updates: int  # that each run took


def extract(
    model: str,
    examples: Sequence[int],
    found: Mapping[tuple[str, int], float],
    lines: Lines,
    updates: int,
) -> TransferDrawn:
    """Losses by (way, number of examples), on one axis."""
    return TransferDrawn(
        model,
        np.array(examples, np.float32),
        {
            way: np.array([found.get((way, n), np.nan) for n in examples], np.float32)
            for way in WAYS
        },
        lines,
        updates,
    )


def figure(drawn: TransferDrawn, _: Translate = str) -> Figure:
    """Both axes logarithmic: few examples stand apart, and so do small losses."""
    colours = {"scratch": GREY, "head": OTHER, "all": colour_of(drawn.model)}
    levels = [(v, "dash") for v in drawn.lines.baselines.values() if v > 0]
    if drawn.lines.floor:
        levels.append((drawn.lines.floor, "solid"))
    low, high = _span(drawn)
    x = axis(_("training examples of the target"), type="log", uirevision="transfer")
    if len(drawn.examples):
        ends = np.log10(drawn.examples[[0, -1]])
        x |= {"range": [float(ends[0]) - 0.1, float(ends[1]) + 0.1]}
        x |= {"tickvals": drawn.examples}
        x |= {"ticktext": [f"{count:g}" for count in drawn.examples]}
    y = axis(
        _("validation loss: %(unit)s") % {"unit": _(drawn.lines.unit)},
        type="log",
        range=[low, high],
        tickformat="~g",
        dtick="D2",
        uirevision="transfer",
    )
    return {
        "data": _lines(drawn, colours, _),
        "layout": layout(
            x,
            y,
            shapes=[rule(value, dash=dash) for value, dash in levels],
            annotations=end_labels(_ends(drawn, colours, _), low, high),
            margin=margin_for(map(_, [*WAYS.values(), *drawn.lines.baselines]), 7),
        ),
    }


def _lines(
    drawn: TransferDrawn, colours: Mapping[str, str], _: Translate
) -> list[dict[str, Any]]:
    """One for each way to begin."""
    hover = escape(_("%(count)s examples") % {"count": "%{x}"}) + "<br>%{y:.4~g}"
    return [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": drawn.examples,
            "y": values,
            "name": _(WAYS[way]),
            "line": {"color": colours[way], "width": 2.6, "dash": GLYPHS[way][1]},
            "marker": {"color": colours[way], "size": 8},
            "hovertemplate": f"{hover}<extra>{_(WAYS[way])}</extra>",
        }
        for way, values in drawn.losses.items()
    ]


def reading(drawn: TransferDrawn, _: Translate = str) -> str:
    """What pretraining is worth where examples are fewest."""
    scratch = drawn.losses["scratch"]
    best = np.fmin(drawn.losses["all"], drawn.losses["head"])
    both = np.flatnonzero(np.isfinite(scratch) & np.isfinite(best))
    if not len(both):
        return _("No comparison has been finished yet.")
    at = int(both[0])
    values = {
        "count": f"{drawn.examples[at]:g}",
        "tuned": short(float(best[at])),
        "scratch": short(float(scratch[at])),
    }
    if best[at] >= scratch[at]:
        message = _(
            "With the fewest examples (%(count)s) pretraining does not help here: "
            "%(tuned)s against %(scratch)s from scratch."
        )
        return message % values
    last = int(np.flatnonzero(np.isfinite(scratch))[-1])
    if last > at and scratch[last] > max(STILL * scratch[at], best[at]):
        message = _(
            "With the fewest examples (%(count)s) the pretrained model reaches "
            "%(tuned)s against %(scratch)s from scratch. With the "
            "most (%(most)s) it is %(then)s from scratch: in %(updates)s updates it is "
            "updates that are missing, not examples, and pretraining saves updates."
        )
        more = {
            "most": f"{drawn.examples[last]:g}",
            "then": short(float(scratch[last])),
        }
        return message % (values | more | {"updates": f"{drawn.updates:,}"})
    needed = np.flatnonzero(scratch <= best[at])
    if len(needed):
        message = _(
            "With the fewest examples (%(count)s) the pretrained model reaches "
            "%(tuned)s against %(scratch)s from scratch, which needs %(needed)s "
            "examples to get as low."
        )
        return message % (values | {"needed": f"{drawn.examples[needed[0]]:g}"})
    message = _(
        "With the fewest examples (%(count)s) the pretrained model reaches %(tuned)s "
        "against %(scratch)s from scratch, which gets as low with none of these "
        "numbers."
    )
    return message % values


def alternative(drawn: TransferDrawn, _: Translate = str) -> str:
    """The chart in words."""
    chart = _("Line chart of the target's loss by the number of its examples.")
    sentences = [
        _("%(name)s: %(value)s.") % {"name": _(WAYS[way]), "value": points}
        for way, values in drawn.losses.items()
        if (points := _points(drawn.examples, values, _))
    ]
    return paragraph(chart, *sentences)


def _points(
    examples: NDArray[np.float32], losses: NDArray[np.float32], _: Translate
) -> str:
    """Each measured loss, behind the number of examples that it is of."""
    pairs = zip(examples, losses, strict=True)
    measured = [
        (f"{n:g}", short(float(loss))) for n, loss in pairs if np.isfinite(loss)
    ]
    return listed([entry(n, loss, _) for n, loss in measured], _)


def _span(drawn: TransferDrawn) -> tuple[float, float]:
    """Powers of ten from under the floor to over the worst baseline."""
    losses = [float(v) for row in drawn.losses.values() for v in row if np.isfinite(v)]
    steady = [*drawn.lines.baselines.values(), *([drawn.lines.floor or 0.0])]
    shown = [v for v in (*losses, *steady) if v > 0]
    if not shown:
        return -1.0, 1.0
    return float(np.log10(min(shown))) - 0.1, float(np.log10(max(shown))) + 0.1


def _ends(
    drawn: TransferDrawn, colours: Mapping[str, str], _: Translate
) -> list[tuple[str, float]]:
    ends = []
    for way, values in drawn.losses.items():
        losses = values[np.isfinite(values) & (values > 0)]
        if len(losses):
            name = f"{escape(_(WAYS[way]))} {short(float(losses[-1]))}"
            ends.append(
                (key(GLYPHS[way][0], colours[way], name), float(np.log10(losses[-1])))
            )
    for name, value in drawn.lines.baselines.items():
        if value > 0:
            text = key("┄", GREY, f"{escape(_(name))} {short(value)}")
            ends.append((text, float(np.log10(value))))
    if drawn.lines.floor:
        text = key("—", GREY, f"{escape(_('floor'))} {short(drawn.lines.floor)}")
        ends.append((text, float(np.log10(drawn.lines.floor))))
    return ends
