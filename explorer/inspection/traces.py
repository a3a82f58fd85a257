"""A few hidden units over the example, and where else the same units are on.

A unit is on where its value lies above a threshold. Two moments are as alike as the
Jaccard index of their sets of units that are on, over all units of the value:
|A and B| / |A or B|, and 1 where both are empty. The search is exact: every step of
every held-out window is compared.

The idea is LSTMVis': Strobelt et al. (2018), https://doi.org/10.1109/TVCG.2017.2744158
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.catalog import specs
from explorer.config.settings import setting
from explorer.data.base import Data, Floats
from explorer.data.windows import MAX_VALIDATION_WINDOWS
from explorer.errors import N_, ExplorerError
from explorer.inspection import raster
from explorer.inspection.base import (
    Subject,
    ViewSpec,
    capture_field,
    chosen_capture,
    float_array,
    has,
    layer_of,
    step_labels,
    steps_of,
)
from explorer.inspection.example import PROBE, Example, MarkedOptions, example_of
from explorer.models.base import SequenceModel
from explorer.models.captures import Capture, Kind, Recorder
from explorer.runs.records import View

FIRST: Sequence[Kind] = ("hidden",)
"""A gate is half open at rest; a hidden state is near 0 unless it is on."""

SHOWN = 3
"""How many units are drawn where none is named."""

MOMENTS = 8
"""How many similar moments are listed."""

BEFORE = 12
"""Tokens of context that are shown before a moment."""

Bools = NDArray[np.bool_]


class TraceOptions(MarkedOptions):
    """Which value, which of its units, and above what they count as on."""

    capture: str = capture_field()
    units: str = setting(
        "",
        N_(
            "Up to five hidden units by number, counted from 1, as in 1, 4, 9; empty "
            "takes the three that change most."
        ),
        title=N_("Units"),
        pattern=r"^ *([0-9]{1,4}( *, *[0-9]{1,4}){0,4} *)?$",
    )
    threshold: float = setting(
        0.3,
        N_("A unit counts as on above this value; drag the line to move it."),
        title=N_("Threshold"),
        ge=-3.0,
        le=3.0,
        step=0.01,
    )


class Moments(NamedTuple):
    """Moments of the held-out part, the most similar first; k of at most `MOMENTS`."""

    similarity: NDArray[np.float64]  # (k,) 0..1
    window: NDArray[np.int64]  # (k,) counted from 0
    step: NDArray[np.int64]  # (k,) counted from 0

    def arrays(self, first: int) -> dict[str, NDArray[Any]]:
        """As a view has them, where the value begins at step `first` of a window."""
        return {
            "similarity": self.similarity.astype(np.float32),
            "window": self.window,
            "step": self.step + first,
        }


def look(subject: Subject, options: TraceOptions) -> View:
    """traces (T, k) and on (T, k) of units (k,); similarity, window and step (8,).

    Units, windows and steps are counted from 0. There are fewer than 8 moments where
    there are fewer held-out windows.

    Raises:
        ExplorerError: if the model has no such capture or unit, or the example is not
            sound.
    """
    data = subject.data
    resolved = specs.resolve(subject.config)
    capture = chosen_capture(resolved, options.capture, raster.UNIT_KINDS, FIRST)
    example = example_of(data, options)
    values = float_array(recorded(subject.model, example.x, capture.name)[0])  # (T, H)
    units = chosen_units(values, options.units)
    first = steps_of(data, capture.part).start
    place = min(max(example.marked(options.mark) - first, 0), len(values) - 1)
    active = values[place] > options.threshold  # (H,)
    found = _elsewhere(subject, options, capture, active, place)
    traces = np.ascontiguousarray(values[:, units])
    return View(
        "traces",
        subject.step,
        {
            "traces": traces,
            "units": units,
            "on": (traces > options.threshold).astype(np.uint8),
            **found.arrays(first),
            **example.arrays(),
        },
        {
            **capture.notes(),
            "layer": layer_of(capture),
            "threshold": options.threshold,
            "mark": first + place,
            "active": int(active.sum()),
            "hidden": len(active),
            "labels": step_labels(data, example.x[0], capture.part),
            "first": first,
            "here": _around(example, first + place, data),
            "moments": _moments(data, found, first),
        },
    )


def _elsewhere(
    subject: Subject,
    options: TraceOptions,
    capture: Capture,
    active: Bools,
    place: int,
) -> Moments:
    """The held-out moments most like that at `place`, where `active` units are on."""
    x = torch.tensor(subject.data.validation.x[:MAX_VALIDATION_WINDOWS])
    held_out = recorded(subject.model, x, capture.name) > options.threshold  # (N, T, H)
    window = own_window(subject.data, options)
    here = None if window is None else (window, place)
    return similar(held_out.numpy(), active, here)


def recorded(model: SequenceModel, x: Tensor, name: str) -> Tensor:
    """One capture of a model, and no other kept: (B, T, H)."""
    recorder = Recorder()

    def only(given: str, value: Tensor, /) -> Tensor:
        return recorder(given, value) if given == name else value

    with torch.no_grad():
        model(x, only)
    return recorder.values()[name]


def chosen_units(values: Floats, named: str) -> NDArray[np.int64]:
    """The units (k,) that were named, counted from 0; else those that change most.

    Raises:
        ExplorerError: if there is no such unit.
    """
    hidden = values.shape[1]
    if not named.strip():
        change = np.nan_to_num(values.astype(np.float64)).var(0)
        return np.argsort(-change, kind="stable")[:SHOWN].astype(np.int64)
    numbers = [int(piece) for piece in named.split(",")]
    for number in numbers:
        if not 1 <= number <= hidden:
            raise ExplorerError(
                N_(
                    "There are %(count)d hidden units, counted from 1, but unit "
                    "%(came)d was asked for. Choose one up to %(count)d."
                ),
                count=hidden,
                came=number,
            )
    return np.array(list(dict.fromkeys(numbers)), np.int64) - 1


def similar(held_out: Bools, active: Bools, here: tuple[int, int] | None) -> Moments:
    """The moments of (N, T, H) most like (H,), at most one per window.

    Ties go to the earlier window, and to the earlier step within a window. `here`,
    the moment that is compared (window, step), is left out.
    """
    both = (held_out & active).sum(-1)  # (N, T)
    either = (held_out | active).sum(-1)
    alike = np.where(either > 0, both / np.maximum(either, 1), 1.0)
    if here is not None:
        alike[here] = -1.0
    steps = alike.argmax(1)  # (N,) the first of the best
    best = alike.max(1)
    windows = np.argsort(-best, kind="stable")[:MOMENTS]
    windows = windows[best[windows] >= 0]
    return Moments(best[windows], windows.astype(np.int64), steps[windows])


def own_window(data: Data, options: MarkedOptions) -> int | None:
    """Which held-out window the example is; None for an own example."""
    if options.text.strip():
        return None
    return len(data.validation.x) // 2 if options.example == PROBE else options.example


def _moments(data: Data, found: Moments, first: int) -> list[dict[str, Any]]:
    """What stands at each moment, counted from step `first` of its window."""
    return [
        _moment(data, int(w), int(t) + first)
        for w, t in zip(found.window, found.step, strict=True)
    ]


def _moment(data: Data, window: int, step: int) -> dict[str, Any]:
    """What stands at a moment of the held-out part."""
    x = data.validation.x[window]
    if data.symbols:
        return _text([data.symbols[int(token)] for token in x], step, data)
    return {"value": float(data.scaler.undo(x[step, 0]))}


def _around(example: Example, step: int, data: Data) -> dict[str, Any]:
    """What stands at a moment of the example."""
    if example.labels is not None:
        return _text(example.labels, step, data)
    assert example.shown is not None  # it is a series
    return {"value": float(example.shown[step])}


def _text(tokens: list[str], step: int, data: Data) -> dict[str, Any]:
    joiner = data.joiner
    before = tokens[max(0, step - BEFORE) : step]
    return {"before": before, "token": tokens[step], "joiner": joiner}


AXES = {
    "traces": ("time", "drawn unit"),
    "units": ("drawn unit",),
    "on": ("time", "drawn unit"),
    "similarity": ("moment",),
    "window": ("moment",),
    "step": ("moment",),
    "input": ("time",),
}

VIEW = ViewSpec(
    "traces",
    TraceOptions,
    look,
    has(*raster.UNIT_KINDS),
    partial(raster.choices, first=FIRST),
    axes=AXES,
)
