"""Several runs on one loss chart: who learns faster, and who ends lower?

The line grammar of `loss`: training thin and light, validation strong with markers. An
architecture has its colour; runs of the same one differ by dash and marker.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.plots.parts import (
    Figure,
    Translate,
    axis,
    end_labels,
    escape,
    finite,
    key,
    last,
    layout,
    margin_for,
    short,
    thin,
)
from explorer.plots.theme import colour_of
from explorer.plots.words import paragraph
from explorer.runs.records import Curves, Validation

Floats = NDArray[np.float32]

MOST_RUNS = 8
"""More lines than this nobody tells apart."""

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
MARKERS = (
    "circle",
    "square",
    "diamond",
    "triangle-up",
    "x",
    "cross",
    "star",
    "hexagon",
)
MOST_LETTERS = 22
"""Of a run's name at its line's end."""


class Line(NamedTuple):
    """One run as it is drawn."""

    name: str
    model: str
    x: Floats  # (n,) steps
    y: Floats  # (n,) training loss
    validation_x: Floats  # (m,) steps
    validation_y: Floats  # (m,)


class OverlaidDrawn(NamedTuple):
    """Exactly what the chart shows."""

    lines: tuple[Line, ...]
    unit: str  # "" where the runs do not measure their loss alike


def extract(
    runs: Sequence[tuple[str, str, Curves, Sequence[Validation]]], units: Sequence[str]
) -> OverlaidDrawn:
    """Thin every curve to what a screen can show.

    Args:
        runs: (name, model, curves, measurements) each.
        units: of each run's loss.
    """
    lines = []
    for name, model, curves, validations in runs[:MOST_RUNS]:
        picked = thin(curves.losses)
        lines.append(
            Line(
                name,
                model,
                picked.astype(np.float32),
                finite(curves.losses[picked]),
                np.array([v.step for v in validations], np.float32),
                finite(np.array([v.loss for v in validations], np.float32)),
            )
        )
    alike = len(set(units)) == 1
    return OverlaidDrawn(tuple(lines), units[0] if alike else "")


def figure(drawn: OverlaidDrawn, _: Translate = str) -> Figure:
    """The chart; equal distances are equal ratios of the loss."""
    data: list[dict[str, Any]] = []
    for number, line in enumerate(drawn.lines):
        data += _traces(number, line, drawn, _)
    unit = _(drawn.unit) if drawn.unit else _("loss")
    x = axis(_("training step"), rangemode="tozero", uirevision="overlaid")
    y = axis(unit, type="log", tickformat="~g", uirevision="overlaid")
    if (span := _span(drawn)) is not None:
        y["range"] = list(span)
    names = [_label(number, line) for number, line in enumerate(drawn.lines)]
    return {
        "data": data,
        "layout": layout(
            x,
            y,
            annotations=end_labels(_ends(drawn), *span) if span else [],
            margin=margin_for(names, digits=2),
        ),
    }


def reading(drawn: OverlaidDrawn, _: Translate = str) -> str:
    """Which run ends lowest, in one sentence."""
    ends = {n: _lowest(line) for n, line in enumerate(drawn.lines)}
    reached = {n: value for n, value in ends.items() if value is not None}
    if len(drawn.lines) > 1 and not drawn.unit:
        return _("These runs measure their loss differently: compare only the shapes.")
    if not reached:
        return _("Nothing has been validated yet.")
    best = min(reached, key=lambda n: reached[n])
    message = _("The lowest validation loss is %(loss)s, of run %(number)d.")
    return message % {"loss": short(reached[best]), "number": best + 1}


def alternative(drawn: OverlaidDrawn, _: Translate = str) -> str:
    """The chart in words, for those who do not see it."""
    sentences = [
        _("Line chart of the loss of %(count)d runs.") % {"count": len(drawn.lines)}
    ]
    for number, line in enumerate(drawn.lines):
        if (low := _lowest(line)) is not None:
            values = {"name": _label(number, line), "value": short(low)}
            sentences.append(_("%(name)s: %(value)s.") % values)
    return paragraph(*sentences)


def _traces(
    number: int, line: Line, drawn: OverlaidDrawn, _: Translate
) -> list[dict[str, Any]]:
    colour = colour_of(line.model)
    nth = sum(other.model == line.model for other in drawn.lines[:number])
    name = escape(_label(number, line))
    hover = escape(_("step %(x)s") % {"x": "%{x}"}) + f"<br>%{{y:.4~g}}<extra>{name}"
    shared = {"type": "scatter", "name": name}
    training = {
        "mode": "lines",
        "x": line.x,
        "y": line.y,
        "opacity": 0.35,
        "line": {"color": colour, "width": 1},
        "hovertemplate": hover + f" · {_('training')}</extra>",
    }
    validation = {
        "mode": "lines+markers",
        "x": line.validation_x,
        "y": line.validation_y,
        "line": {"color": colour, "width": 2.6, "dash": DASHES[nth % len(DASHES)]},
        "marker": {"color": colour, "size": 7, "symbol": MARKERS[nth % len(MARKERS)]},
        "hovertemplate": hover + f" · {_('validation')}</extra>",
    }
    return [shared | training, shared | validation]


def _label(number: int, line: Line) -> str:
    short_name = line.name[:MOST_LETTERS]
    return f"{number + 1} {short_name}{'…' if short_name != line.name else ''}"


def _lowest(line: Line) -> float | None:
    losses = line.validation_y[np.isfinite(line.validation_y)]
    return float(losses.min()) if len(losses) else None


def _span(drawn: OverlaidDrawn) -> tuple[float, float] | None:
    every = [v for line in drawn.lines for v in (line.y, line.validation_y)]
    shown = np.concatenate([np.empty(0, np.float32), *every])
    shown = shown[np.isfinite(shown) & (shown > 0)]
    if not len(shown):
        return None
    low, high = np.log10(shown.min()), np.log10(shown.max())
    return float(low) - 0.1, float(high) + 0.1


def _ends(drawn: OverlaidDrawn) -> list[tuple[str, float]]:
    """The label of each line, and where its last value stands."""
    found = []
    for number, line in enumerate(drawn.lines):
        end = last(line.validation_y)
        end = last(line.y) if end is None else end
        if end is not None and end > 0:
            text = key("●", colour_of(line.model), escape(_label(number, line)))
            found.append((text, float(np.log10(end))))
    return found
