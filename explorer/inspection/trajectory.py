"""The hidden states of one layer: those of the example, and a cloud of others.

The states are given as they are; the picture projects them, onto axes that may come
from another moment of the run.
"""

import math

import numpy as np

from explorer import catalog
from explorer.catalog import Resolved
from explorer.config import setting
from explorer.errors import N_, Words, unknown
from explorer.inspection.base import (
    Choices,
    Subject,
    ViewSpec,
    captures_of,
    float_array,
    has,
    layer_of,
    probe_window,
    step_labels,
    steps_of,
)
from explorer.inspection.example import ExampleOptions, example_of
from explorer.inspection.traces import told
from explorer.models.base import Capture
from explorer.runs.records import View

WINDOWS = 8
"""Held-out windows that the cloud comes from."""

CLOUD = 256
"""States that the cloud has at most."""


class TrajectoryOptions(ExampleOptions):
    """Which layer."""

    layer: str = setting(
        "",
        N_("The layer whose hidden state is drawn; the last one says the answer."),
        title=N_("Layer"),
        pattern=r"^[0-9]{0,2}$",
    )


def look(subject: Subject, options: TrajectoryOptions) -> View:
    """states (T, H) of the example and cloud (M, H), every k-th of some windows' steps.

    Raises:
        ExplorerError: if there is no such layer, or the example is not sound.
    """
    capture = chosen_layer(catalog.resolve(subject.config), options.layer)
    example = example_of(subject.data, options)
    states = float_array(told(subject.model, example.x, capture.name)[0])
    x, _ = probe_window(subject.data, WINDOWS)
    cloud = float_array(told(subject.model, x, capture.name).flatten(0, 1))
    return View(
        "trajectory",
        subject.step,
        {
            "states": states,
            "cloud": np.ascontiguousarray(cloud[:: math.ceil(len(cloud) / CLOUD)]),
            **example.arrays(),
        },
        {
            "title": capture.title,
            "layer": layer_of(capture),
            "labels": step_labels(subject.data, example.x[0], capture.part),
            "first": steps_of(subject.data, capture.part).start,
        },
    )


def chosen_layer(resolved: Resolved, number: str) -> Capture:
    """The hidden state of a layer, counted from 1; of the last one for no number.

    Raises:
        ExplorerError: if there is no such layer.
    """
    # of a layer in both halves, the one that leads to the answer
    known = {
        str(layer_of(c) + 1): c
        for c in sorted(captures_of(resolved, "hidden"), key=lambda c: c.part)
    }
    if not number:
        return list(known.values())[-1]
    if number not in known:
        raise unknown(N_("layer"), number, known)
    return known[number]


def choices(resolved: Resolved) -> dict[str, Choices]:
    """Every layer by its number, the last one first."""
    numbers = sorted({layer_of(c) + 1 for c in captures_of(resolved, "hidden")})
    return {
        "layer": [
            (str(number), Words(N_("layer %(number)d"), {"number": number}))
            for number in reversed(numbers)
        ]
    }


AXES = {
    "states": ("time", "unit"),
    "cloud": ("state", "unit"),
    "input": ("time",),
}

VIEW = ViewSpec(
    "trajectory",
    TrajectoryOptions,
    look,
    has("hidden"),
    choices,
    axes=AXES,
)
