"""Where a layer's output comes from: the attention that a recurrence comes to."""

import math

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
    captures_of,
    float_array,
    layer_of,
)
from explorer.inspection.example import ExampleOptions, example_of
from explorer.models.mixing import Mixed
from explorer.runs.records import View

ALL = "all"

OFFERED = 64
"""Units to choose from; by a link any can be asked for."""


class EffectiveOptions(ExampleOptions):
    """Which matrix to show."""

    layer: str = setting(
        "0", N_("Which layer, counted from 0."), title=N_("Layer"), pattern=r"^\d{1,2}$"
    )
    part: str = setting(
        ALL,
        N_("One head or unit by its number from 1, or the mean of all by size."),
        title=N_("Head or unit"),
        pattern=r"^(all|\d{1,4})$",
    )


def applies(resolved: Resolved) -> bool:
    """Whether the model's layers are sums over time, with weights that are known."""
    return resolved.model.mixing is not None


def look(subject: Subject, options: EffectiveOptions) -> View:
    """weights (T, T): of one part; or of all the mean size. by_distance (T,): the mean
    size of the weights so many steps back, over all parts.

    A note has how far the sums are from what the model computed at most.

    Raises:
        ExplorerError: if there is no such layer or part, or the example is not sound.
    """
    resolved = specs.resolve(subject.config)
    layers = dict(choices(resolved)["layer"])
    if options.layer not in layers:
        raise unknown(N_("layer"), options.layer, layers)
    example = example_of(subject.data, options)
    assert resolved.model.mixing is not None  # `applies`
    with torch.no_grad():
        mixed = resolved.model.mixing(subject.model, int(options.layer), example.x)
    parts = [ALL, *(str(k + 1) for k in range(len(mixed.weights)))]
    if options.part not in parts:
        raise unknown(N_("head or unit"), options.part, parts)
    sizes = mixed.weights.abs().mean(0)
    return View(
        "effective",
        subject.step,
        {
            "weights": float_array(_shown(mixed, options.part, sizes)),
            "by_distance": float_array(_by_distance(sizes)),
        },
        {
            "layer": int(options.layer),
            "part": options.part,
            "parts": len(mixed.weights),
            "of": mixed.of,
            "seen": mixed.seen,
            "waves": mixed.weights.is_complex(),
            "residual": mixed.residual(),
            "labels": example.labels,
        },
    )


def _shown(mixed: Mixed, part: str, sizes: Tensor) -> Tensor:
    """Of a wave its real part."""
    return sizes if part == ALL else mixed.weights[int(part) - 1].real


def _by_distance(sizes: Tensor) -> Tensor:
    """The mean of every diagonal of (T, T), from the main one down."""
    each = [sizes.diagonal(-k).mean() for k in range(len(sizes))]
    return torch.stack(each).nan_to_num(nan=math.nan)


def choices(resolved: Resolved) -> dict[str, Choices]:
    """Every layer and every head or unit by its number."""
    numbers = sorted({layer_of(c) for c in captures_of(resolved, "hidden")})
    title, settings = N_("layer %(number)d"), resolved.model_settings
    parts = settings.heads if resolved.model.attends else settings.hidden_size
    each = [(str(k), Words(str(k))) for k in range(1, min(parts, OFFERED) + 1)]
    return {
        "layer": [(str(k), Words(title, {"number": k + 1})) for k in numbers],
        "part": [(ALL, Words(N_("all"))), *each],
    }


VIEW = ViewSpec(
    "effective",
    EffectiveOptions,
    look,
    applies,
    choices,
    {"weights": ("time", "looked-at time"), "by_distance": ("distance",)},
)
