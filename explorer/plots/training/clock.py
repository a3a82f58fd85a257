"""The horizontal axis of what changes while a run trains: by step or by second."""

from typing import Any

from explorer.plots.parts import Translate, axis, escape
from explorer.runs.records import Clock


def clock_axis(clock: Clock, end: float | None, _: Translate) -> dict[str, Any]:
    """The axis from 0 to `end`; None: as far as the data."""
    by_step = clock == "step"
    title = _("training step") if by_step else _("training time (seconds)")
    x = axis(title, uirevision=clock, rangemode="tozero")
    if end is not None:
        x["range"] = [0, end]
    return x


def clock_place(clock: Clock, _: Translate) -> str:
    """The place under the pointer, for a hover template."""
    words = _("step %(x)s") if clock == "step" else _("%(x)s seconds")
    return escape(words % {"x": "%{x:.4~g}"})
