"""Who gets lower, and sooner? The validation loss of every setting of a race.

One line per setting, labelled at its end; several seeds are their mean and a band of
one standard deviation. Training losses are thin and light behind them.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.errors import Words
from explorer.plots.parts import (
    Figure,
    Translate,
    end_labels,
    escape,
    finite,
    key,
    last,
    layout,
    margin_for,
    short,
    thin,
    width_of,
)
from explorer.plots.runs.verdict import LowestLoss, in_front
from explorer.plots.theme import GATES, colour_of, see_through
from explorer.plots.training import levels, verdict
from explorer.plots.training.clock import clock_axis, clock_place
from explorer.plots.training.levels import Floor, floors_of
from explorer.plots.training.loss_axis import levels_in_words, loss_axis, loss_span
from explorer.plots.words import paragraph
from explorer.runs.records import Awaited, Clock, Curves, Lines

Floats = NDArray[np.float32]

MOST_LABEL = 20
"""Letters of a label at a line's end; the table has the whole of it."""

KEPT = 200
"""Points of a training curve: it is only a background here."""

SYMBOLS = (
    "circle",
    "square",
    "diamond",
    "triangle-up",
    "cross",
    "triangle-down",
    "star",
    "x",
)


class Entry(NamedTuple):
    """One setting of a race, as its records have it."""

    label: str
    colour: str
    steps: Sequence[int]
    """Where the validation loss was measured, over all seeds."""
    seconds: Sequence[float]
    means: Sequence[float]
    deviations: Sequence[float]
    training: Sequence[Curves]
    """One of each seed."""
    lost: bool = False
    """Whether one of its runs diverged or failed."""
    lowest: float | None = None
    """The lowest loss so far, the mean over seeds."""


class Line(NamedTuple):
    """Exactly what is drawn of one setting."""

    label: str
    colour: str
    x: Floats  # (n,) steps or seconds
    y: Floats  # (n,) validation loss, mean over seeds
    spread: Floats  # (n,) one standard deviation
    training: tuple[tuple[Floats, Floats], ...]  # by seed: where, loss
    lost: bool
    lowest: float | None


class RaceDrawn(NamedTuple):
    """Exactly what the chart shows."""

    axis: Clock
    lines: tuple[Line, ...]
    floors: tuple[Floor, ...]
    dashed: tuple[tuple[str, float], ...]  # simple methods, then simple guesses
    unit: str
    x_end: float | None  # right end of the axis; None: as far as the data
    methods: tuple[tuple[str, float], ...]  # simple ones that were fitted
    awaited: Awaited  # whether they are being fitted
    trouble: Words | None  # why there are none


def colours(models: Sequence[str]) -> list[str]:
    """A colour for each setting: its architecture's, where no two have the same one."""
    if len(set(models)) == len(models):
        return [colour_of(model) for model in models]
    return [list(GATES.values())[k % len(GATES)] for k in range(len(models))]


def extract(
    entries: Sequence[Entry],
    lines: Lines,
    axis: Clock = "step",
    total_steps: int = 0,
) -> RaceDrawn:
    """Put every setting on one axis."""
    return RaceDrawn(
        axis,
        tuple(_line(entry, axis) for entry in entries),
        floors_of(lines),
        tuple({**(lines.methods or {}), **lines.baselines}.items()),
        lines.unit,
        float(max(1, total_steps)) if axis == "step" else None,
        tuple((lines.methods or {}).items()),
        lines.awaited,
        lines.trouble,
    )


def _line(entry: Entry, axis: Clock) -> Line:
    training = []
    for curves in entry.training:
        picked = thin(curves.losses, KEPT)
        times = np.arange(len(curves.losses)) if axis == "step" else curves.seconds
        where = times[picked].astype(np.float32)
        training.append((where, finite(curves.losses[picked])))
    return Line(
        entry.label,
        entry.colour,
        np.array(entry.steps if axis == "step" else entry.seconds, np.float32),
        finite(np.array(entry.means, np.float32)),
        np.array(entry.deviations, np.float32),
        tuple(training),
        entry.lost,
        entry.lowest,
    )


def figure(
    drawn: RaceDrawn, _: Translate = str, *, y_log: bool = True, training: bool = True
) -> Figure:
    """The chart; `training`: with the training losses behind the lines."""
    x = clock_axis(drawn.axis, drawn.x_end, _)
    unit = _(drawn.unit) if drawn.unit else _("loss")
    steady, floor = levels.in_span(drawn.floors, drawn.dashed)
    curves = [line.y.tolist() for line in drawn.lines]
    span = loss_span(curves, steady, floor, y_log)
    y = loss_axis(_("validation loss: %(unit)s") % {"unit": unit}, span, y_log)
    names = [cut(line.label) for line in drawn.lines]
    names += [_(name) for name, _value in drawn.dashed]
    names += [_(each.name) for each in drawn.floors]
    behind = [t for line in drawn.lines for t in _behind(line, _)] if training else []
    bands = [t for line in drawn.lines for t in _band(line, y_log, _)]
    return {
        "data": [*behind, *bands, *_fronts(drawn, _)],
        "layout": layout(
            x,
            y,
            shapes=levels.rules(drawn.floors, drawn.dashed, y_log),
            annotations=_ends(drawn, span, y_log, _) if span is not None else [],
            margin=margin_for(names, digits=7),
        ),
    }


def reading(drawn: RaceDrawn, _: Translate = str) -> str:
    """Who is in front now, and how far, and whether a simple method does as well."""
    first = in_front([LowestLoss(line.label, line.lowest) for line in drawn.lines], _)
    lowest = [line.lowest for line in drawn.lines if line.lowest is not None]
    if not lowest:
        return first
    beside = verdict.methods_beside(min(lowest), drawn.methods, _)
    news = verdict.methods_awaited(drawn.awaited, drawn.trouble, _)
    return paragraph(*filter(None, (first, beside, news)))


def alternative(drawn: RaceDrawn, _: Translate = str) -> str:
    """The chart in words, for those who do not see it."""
    sentences = [
        _("Line chart of the validation loss (%(unit)s) of %(count)d settings.")
        % {"unit": _(drawn.unit), "count": len(drawn.lines)}
    ]
    for line in drawn.lines:
        losses = line.y[np.isfinite(line.y)]
        if len(losses):
            message = _("%(name)s: from %(first)s to %(last)s, lowest %(low)s.")
            numbers = {"first": losses[0], "last": losses[-1], "low": losses.min()}
            shown = {name: short(float(value)) for name, value in numbers.items()}
            sentences.append(message % {"name": line.label, **shown})
    floors = [(floor.name, floor.value) for floor in drawn.floors]
    sentences += levels_in_words([*floors, *drawn.dashed], _)
    return paragraph(*sentences)


def cut(label: str) -> str:
    """A label that fits at a line's end.

    >>> cut("Hidden size 32, Learning rate 0.005")
    'Hidden size 32, Lea…'
    """
    kept = label
    while width_of(kept) > MOST_LABEL - (kept != label):
        kept = kept[:-1]
    return kept if kept == label else f"{kept}…"


def _behind(line: Line, _: Translate) -> list[dict[str, Any]]:
    """The training losses: thin and light."""
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": where,
            "y": losses,
            "name": escape(_("%(name)s, training") % {"name": line.label}),
            "line": {"color": line.colour, "width": 1},
            "opacity": 0.22,
            "hoverinfo": "skip",
        }
        for where, losses in line.training
    ]


def _band(line: Line, y_log: bool, _: Translate) -> list[dict[str, Any]]:
    """One standard deviation over the seeds to either side; none for one seed."""
    if not len(line.x) or not (line.spread > 0).any():
        return []
    low, high = line.y - line.spread, line.y + line.spread
    if y_log:
        low = np.maximum(low, line.y * 1e-2)  # a logarithm has no zero
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": np.concatenate((line.x, line.x[::-1])),
            "name": escape(_("%(name)s, deviation") % {"name": line.label}),
            "y": np.concatenate((high, low[::-1])).astype(np.float32),
            "fill": "toself",
            "fillcolor": see_through(line.colour, 0.16),
            "line": {"width": 0},
            "hoverinfo": "skip",
        }
    ]


def _fronts(drawn: RaceDrawn, _: Translate) -> list[dict[str, Any]]:
    """The validation losses: strong, with a mark of its own for each setting."""
    hover = clock_place(drawn.axis, _) + "<br>%{y:.4~g}<extra>"
    return [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": line.x,
            "y": line.y,
            "name": line.label,
            "line": {"color": line.colour, "width": 2.6},
            "marker": {
                "color": line.colour,
                "size": 7,
                "symbol": SYMBOLS[k % len(SYMBOLS)],
            },
            "hovertemplate": f"{hover}{escape(line.label)}</extra>",
        }
        for k, line in enumerate(drawn.lines)
    ]


GLYPHS = "●■◆▲✚▼★✖"
"""What the markers look like in a label, in the order of `SYMBOLS`."""


def _ends(
    drawn: RaceDrawn, span: tuple[float, float], y_log: bool, _: Translate
) -> list[dict[str, Any]]:
    """A name and a number at the right end of every line."""
    ends = levels.ends(drawn.floors, drawn.dashed, _)
    for k, line in enumerate(drawn.lines):
        if (now := last(line.y)) is not None:
            glyph = GLYPHS[k % len(GLYPHS)]
            name = cut(line.label) + (" ✕" if line.lost else "")
            ends.append((glyph, line.colour, name, now))
    labels = [
        (
            key(glyph, tint, f"{escape(name)} {short(value)}"),
            levels.place(value, y_log),
        )
        for glyph, tint, name, value in ends
    ]
    return end_labels(labels, *span)
