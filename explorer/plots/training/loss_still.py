"""What of a loss chart stays from one moment to the next, and is alike in all runs on
the same data.

Each part is the same object every time, and never changed: nobody who is told what is
new has to look into it, and a server with many runs keeps it once.
"""

from functools import lru_cache
from typing import Any

from explorer.plots.parts import Translate, layout, margin_for
from explorer.plots.training import levels
from explorer.plots.training.clock import clock_axis
from explorer.plots.training.commands import hidden_axis, trace
from explorer.plots.training.levels import Floor
from explorer.plots.training.loss_axis import Span, loss_axis
from explorer.runs.records import Clock

KEPT = 256

marked = lru_cache(KEPT)(trace)
"""What a person told the run, as `commands.trace` draws it."""


@lru_cache(KEPT)
def axes(
    clock: Clock,
    x_end: float | None,
    title: str,
    span: Span | None,
    y_log: bool,
    _: Translate,
) -> dict[str, Any]:
    """A layout with the axes alone."""
    both = clock_axis(clock, x_end, _), loss_axis(title, span, y_log)
    return layout(*both, yaxis2=hidden_axis())


@lru_cache(KEPT)
def steady(
    floors: tuple[Floor, ...],
    baselines: tuple[tuple[str, float], ...],
    y_log: bool,
    names: tuple[str, ...],
) -> dict[str, Any]:
    """Of a layout: the horizontal lines, and room for the names of all lines."""
    shapes = levels.rules(floors, baselines, y_log)
    return {"shapes": shapes, "margin": margin_for(names, digits=7)}
