"""One step of one unit, line by line, with the run's own numbers in the equations."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.catalog import specs
from explorer.catalog.specs import Resolved
from explorer.config.settings import setting
from explorer.errors import N_, ExplorerError, Words
from explorer.inspection.base import (
    Choices,
    Subject,
    ViewSpec,
    capture_choices,
    captures_of,
    layer_of,
    layers_of,
    state_of,
)
from explorer.inspection.example import Example, MarkedOptions, example_of
from explorer.models.captures import Recorder, reads_back
from explorer.runs.records import View


class CellOptions(MarkedOptions):
    """Which unit of which layer, and how far the computation has come."""

    layer: str = setting(
        "0", N_("Which layer, counted from 0."), title=N_("Layer"), pattern=r"^\d{1,2}$"
    )
    unit: int = setting(
        1, N_("Which hidden unit, counted from 1."), title=N_("Unit"), ge=1, le=1024
    )
    stage: int = setting(
        0,
        N_("How many lines have been computed; move with the arrow keys."),
        title=N_("Line"),
        ge=0,
        le=12,
        step=1,
    )


@dataclass(frozen=True)
class Before:
    """What a unit's step starts from, in float64."""

    x: Tensor  # (I,)
    h: Tensor  # (H,)
    c: Tensor  # (H,) zeros where a cell has no memory
    after: float  # the unit's hidden state after the step, as the model had it


def look(subject: Subject, options: CellOptions) -> View:
    """values (n,) of the lines; inputs (n, 4), NaN where a line has fewer.

    Raises:
        ExplorerError: if there is no such unit, layer or example.
    """
    resolved = specs.resolve(subject.config)
    layer, unit = int(options.layer), options.unit - 1
    _check(resolved, layer, unit)
    example = example_of(subject.data, options)
    t = example.marked(options.mark)
    before = _before(subject, resolved, example, layer, unit, t)
    assert resolved.model.lines is not None  # `applies`
    with torch.no_grad():
        lines = resolved.model.lines(
            subject.model, layer, unit, before.x, before.h, before.c
        )
    inputs = np.full((len(lines), 4), np.nan)
    for row, line in enumerate(lines):
        inputs[row, : len(line.inputs)] = [value for _, value in line.inputs]
    return View(
        "cell",
        subject.step,
        {
            "values": np.array([line.value for line in lines]),
            "inputs": inputs,
        },
        {
            "targets": [line.target for line in lines],
            "kinds": [line.kind for line in lines],
            "colours": [line.colour for line in lines],
            "symbols": [[name for name, _ in line.inputs] for line in lines],
            "stage": options.stage,
            "t": t,
            "layer": layer_of(captures_of(resolved, "hidden")[layer]),
            "unit": unit,
            "label": example.labels[t] if example.labels else None,
            "residual": abs(lines[-1].value - before.after),
        },
    )


def _check(resolved: Resolved, layer: int, unit: int) -> None:
    cells = len(captures_of(resolved, "hidden"))
    for what, came, count in (
        (N_("layer"), layer, cells),
        (N_("unit"), unit, resolved.model_settings.hidden_size),
    ):
        if not 0 <= came < count:
            raise ExplorerError(
                N_(
                    "This model has %(count)d of what is called %(what)s, but number "
                    "%(came)d was asked for. Choose one from 1 to %(count)d."
                ),
                count=count,
                what=Words(what),
                came=came + 1,
            )


def _before(
    subject: Subject,
    resolved: Resolved,
    example: Example,
    layer: int,
    unit: int,
    t: int,
) -> Before:
    recorder, model = Recorder(), subject.model
    with torch.no_grad():
        model(example.x, recorder)
        recorded = {
            name: value[0].double() for name, value in recorder.values().items()
        }
        entered = model.embedding(example.x)[0].double()
    shown = captures_of(resolved, "hidden")[layer]
    h = recorded[shown.name]  # (T, H)
    memories = captures_of(resolved, "memory")  # as many as hidden states, or none
    c = recorded[memories[layer].name] if memories else torch.zeros_like(h)
    depth = layer_of(shown)
    below = state_of(layers_of(resolved)[depth - 1], recorded) if depth else entered
    nothing = torch.zeros_like(h[:1])
    # the step before, as the cell reads: for one that reads backward it is t + 1
    back = reads_back(shown.name)
    old_h, old_c = (
        torch.cat([v[1:], nothing] if back else [nothing, v[:-1]])[t] for v in (h, c)
    )
    return Before(below[t], old_h, old_c, float(h[t, unit]))


def choices(resolved: Resolved) -> dict[str, Choices]:
    """The layers by number, where a layer reads both ways each direction by itself."""
    shown = captures_of(resolved, "hidden")
    if any(reads_back(c.name) for c in shown):
        names = [words for _, words in capture_choices(shown)]
    else:
        layer = N_("layer %(number)d")
        names = [Words(layer, {"number": k + 1}) for k in range(len(shown))]
    return {"layer": [(str(k), name) for k, name in enumerate(names)]}


def applies(resolved: Resolved) -> bool:
    """Every cell that can write its step out."""
    return resolved.model.lines is not None


AXES = {"values": ("line",), "inputs": ("line", "input")}

VIEW = ViewSpec("cell", CellOptions, look, applies, choices, axes=AXES)
