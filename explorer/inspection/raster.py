"""One gate, memory or state of every unit over the example, its units in an order.

A unit counts as saturated where a gate is below 0.1 or above 0.9, and where a signed
value lies beyond 90 % of its range.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch

from explorer.catalog import specs
from explorer.catalog.specs import Resolved
from explorer.config.settings import setting
from explorer.data.base import Floats
from explorer.errors import N_
from explorer.inspection.base import (
    Choices,
    Subject,
    ViewSpec,
    capture_choices,
    capture_field,
    captures_of,
    chosen_capture,
    float_array,
    step_labels,
    steps_of,
)
from explorer.inspection.example import ExampleOptions, example_of
from explorer.models.captures import Capture, Kind, Recorder
from explorer.runs.records import View

UNIT_KINDS: Sequence[Kind] = ("gate", "candidate", "memory", "hidden", "probability")
LOW, HIGH = 0.1, 0.9

Order = Literal["mean", "cluster", "unit"]


class RasterOptions(ExampleOptions):
    """Which value, and in which order its units stand."""

    capture: str = capture_field()
    order: Order = setting(
        "mean",
        N_("How the rows are sorted."),
        title=N_("Sort units"),
        choices={
            "mean": N_("by mean"),
            "cluster": N_("clustered"),
            "unit": N_("by number"),
        },
    )


def look(subject: Subject, options: RasterOptions) -> View:
    """values (T, H), order (H,), and per unit the share of steps: low (H,), high (H,).

    Raises:
        ExplorerError: if the model has no such capture, or the example is not sound.
    """
    resolved = specs.resolve(subject.config)
    capture = chosen_capture(resolved, options.capture, UNIT_KINDS)
    example = example_of(subject.data, options)
    recorder = Recorder()
    with torch.no_grad():
        subject.model(example.x, recorder)
    recorded = recorder.values()
    values = float_array(recorded[capture.name][0])  # (T, H)
    low, high = saturated(values, capture)
    return View(
        "raster",
        subject.step,
        {
            "values": values,
            "order": order_of(values, options.order).astype(np.int64),
            "low": low.astype(np.float32),
            "high": high.astype(np.float32),
            **example.arrays(),
        },
        {
            **capture.notes(),
            "labels": step_labels(subject.data, example.x[0], capture.part),
            "first": steps_of(subject.data, capture.part).start,
            "residual": rebuilt(recorded, capture.name.rpartition(".")[0]),
        },
    )


def saturated(values: Floats, capture: Capture) -> tuple[Floats, Floats]:
    """Share of the steps at which each unit lies at the low and at the high end."""
    if capture.centred:
        reach = HIGH * max(abs(capture.low), abs(capture.high))
        return (values < -reach).mean(0), (values > reach).mean(0)
    return (values < LOW).mean(0), (values > HIGH).mean(0)


def order_of(
    values: Floats, order: Order
) -> "np.ndarray[tuple[int], np.dtype[np.int_]]":
    """The units (H,) in the order in which their rows stand, first row first."""
    units = values.shape[1]
    if order == "unit" or units < 3:
        return np.arange(units)
    if order == "mean":
        return np.argsort(-values.mean(0), kind="stable")
    # Half a second to import, which nothing else needs.
    from scipy.cluster.hierarchy import leaves_list, linkage

    tree = linkage(np.nan_to_num(values.T.astype(np.float64)), method="average")
    return np.asarray(leaves_list(tree), np.int_)


def rebuilt(recorded: dict[str, torch.Tensor], cell: str) -> float | None:
    """max |o tanh(c) - h| of an LSTM's cell; None where there is no such identity."""
    parts = [f"{cell}.{name}" for name in ("output_gate", "memory", "hidden")]
    if not all(part in recorded for part in parts):
        return None
    o, c, h = (recorded[part] for part in parts)
    return float((o * torch.tanh(c) - h).abs().max())


def is_recurrent(resolved: Resolved) -> bool:
    """Units that live on from step to step, which a Transformer's do not."""
    return not captures_of(resolved, "attention")


def choices(resolved: Resolved, first: Sequence[Kind] = ()) -> dict[str, Choices]:
    """Every capture by its name, the favourite (among some kinds) at the top."""
    captures = captures_of(resolved, *UNIT_KINDS)
    top = chosen_capture(resolved, "", UNIT_KINDS, first)
    ordered = sorted(captures, key=lambda c: c != top)
    return {"capture": capture_choices(ordered)}


AXES = {
    "values": ("time", "unit"),
    "order": ("row",),
    "low": ("unit",),
    "high": ("unit",),
    "input": ("time",),
}

VIEW = ViewSpec(
    "raster",
    RasterOptions,
    look,
    is_recurrent,
    choices,
    axes=AXES,
)
