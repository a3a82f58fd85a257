"""The hidden states of one layer: those of the example, and a cloud of others.

The states are given as they are; the picture projects them, onto axes that may come
from another moment of the run.
"""

import math

import numpy as np
import torch
from torch import Tensor

from explorer.catalog import specs
from explorer.catalog.specs import Resolved
from explorer.config.settings import setting
from explorer.errors import N_, Words, unknown
from explorer.inspection.base import (
    Choices,
    Subject,
    ViewSpec,
    float_array,
    has,
    layer_of,
    layers_of,
    probe_window,
    step_labels,
    steps_of,
)
from explorer.inspection.example import ExampleOptions, example_of
from explorer.inspection.traces import recorded
from explorer.models.captures import Capture
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
    layer = chosen_layer(specs.resolve(subject.config), options.layer)
    example = example_of(subject.data, options)
    states = float_array(_states(subject, layer, example.x)[0])
    x, _ = probe_window(subject.data, WINDOWS)
    cloud = float_array(_states(subject, layer, x).flatten(0, 1))
    return View(
        "trajectory",
        subject.step,
        {
            "states": states,
            "cloud": np.ascontiguousarray(cloud[:: math.ceil(len(cloud) / CLOUD)]),
            **example.arrays(),
        },
        {
            "title": layer[0].title if len(layer) == 1 else N_("Hidden state"),
            "layer": layer_of(layer[0]),
            "labels": step_labels(subject.data, example.x[0], layer[0].part),
            "first": steps_of(subject.data, layer[0].part).start,
        },
    )


def _states(subject: Subject, layer: list[Capture], x: Tensor) -> Tensor:
    """A layer's states (B, T, H) over x."""
    return torch.cat([recorded(subject.model, x, c.name) for c in layer], -1)


def chosen_layer(resolved: Resolved, number: str) -> list[Capture]:
    """The hidden states of a layer, counted from 1; of the last one for no number.

    Raises:
        ExplorerError: if there is no such layer.
    """
    layers = {str(layer_of(c[0]) + 1): c for c in answering(resolved)}
    if not number:
        return list(layers.values())[-1]
    if number not in layers:
        raise unknown(N_("layer"), number, layers)
    return layers[number]


def answering(resolved: Resolved) -> list[list[Capture]]:
    """The hidden states of every layer; of one in both halves of an encoder-decoder,
    those that lead to the answer."""
    layers = layers_of(resolved)
    return [layer for layer in layers if layer[0].part != "source"] or layers


def choices(resolved: Resolved) -> dict[str, Choices]:
    """Every layer by its number, the last one first."""
    numbers = [layer_of(c[0]) + 1 for c in answering(resolved)]
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
