"""The horizontal axis of what changes while a run trains: by step or by second."""

import math
from collections.abc import Mapping
from typing import Any

from explorer.errors import N_
from explorer.plots.parts import Figure, Translate, axis, escape
from explorer.runs.records import Clock

CLOCKS: Mapping[str, str] = {"step": N_("by step"), "second": N_("by second")}
"""What a `Clock` is called."""


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


def by_ratio(figure: Figure, end: float | None) -> Figure:
    """The same figure where equal distances to the right are equal ratios of time.

    What lies at 0 is not drawn, and marks have their words under the pointer alone.

    Args:
        figure: with a clock axis.
        end: the axis' right end; None: as far as the data.
    """
    plan = figure["layout"]
    x = {name: value for name, value in plan["xaxis"].items() if name != "rangemode"}
    x |= {"type": "log", "dtick": "D2", "uirevision": f"{x['uirevision']} by ratio"}
    if end is not None:
        x["range"] = [0, math.log10(max(end, 2))]
        x["dtick"] = 1 if end > 1000 else "D2"
    words = [_word_by_ratio(word) for word in plan.get("annotations", ())]
    traces = [
        line | {"text": ["" for _word in line["text"]]}
        if line.get("yaxis") == "y2"
        else line
        for line in figure["data"]
    ]
    return {"data": traces, "layout": plan | {"xaxis": x, "annotations": words}}


def _word_by_ratio(word: dict[str, Any]) -> dict[str, Any]:
    if word.get("xref", "x") != "x" or "x" not in word:
        return word
    return word | {"x": math.log10(max(word["x"], 1e-3))}
