"""What goes on inside: one gate, state or attention map over the probe window."""

from typing import Any

import torch

from explorer.catalog import specs
from explorer.catalog.specs import Resolved
from explorer.config.settings import Settings, setting
from explorer.errors import N_, Words
from explorer.inspection.base import (
    Choices,
    Subject,
    ViewSpec,
    capture_field,
    captures_of,
    chosen_capture,
    float_array,
    has,
    layer_of,
    step_labels,
    steps_of,
)
from explorer.inspection.example import ExampleOptions, example_of, first_of
from explorer.models.captures import Capture, Recorder
from explorer.runs.records import View


class InsideOptions(Settings):
    """Which value to look at."""

    capture: str = capture_field()
    head: int = setting(
        0, N_("Which attention head to look at."), title=N_("Head"), ge=0, le=63
    )


def look(subject: Subject, options: InsideOptions) -> View:
    """The values (T, H) of a capture, or one head's attention (T, S); of attention
    also support (T,), the steps that tell the answer, where they are known.

    A note "columns" names what an attention's columns are, where its rows are others.

    Raises:
        ExplorerError: if the model has no such capture.
    """
    capture = chosen_capture(specs.resolve(subject.config), options.capture)
    example = example_of(subject.data, ExampleOptions())
    x = example.x
    recorder = Recorder()
    with torch.no_grad():
        subject.model(x, recorder)
    values = recorder.values()[capture.name][0]  # (T, H) or (N, T, T)
    heads = len(values) if capture.kind == "attention" else 0
    if heads:
        values = values[min(options.head, heads - 1)]
    labels = step_labels(subject.data, x[0], capture.part)
    arrays: dict[str, Any] = {"values": float_array(values)}
    if labels is None:
        arrays["input"] = first_of(subject.data, x[0])
    if heads and example.support is not None:
        arrays["support"] = example.support
    return View(
        "inside",
        subject.step,
        arrays,
        {
            **capture.notes(),
            "labels": labels,
            "first": steps_of(subject.data, capture.part).start,
            "columns": None
            if capture.keys == capture.part
            else step_labels(subject.data, x[0], capture.keys),
            "head": min(options.head, heads - 1) if heads else None,
            "heads": heads,
        },
    )


def choices(resolved: Resolved) -> dict[str, Choices]:
    """Every capture by its name, every head by its number."""
    heads = getattr(resolved.model_settings, "heads", 0)
    return {
        "capture": [(c.name, _titled(c)) for c in captures_of(resolved)],
        "head": [(str(k), Words(str(k + 1))) for k in range(heads)],
    }


def _titled(capture: Capture) -> Words:
    title = N_("%(title)s · layer %(number)d")
    layer = layer_of(capture) + 1
    return Words(title, {"title": Words(capture.title), "number": layer})


AXES = {
    "values": ("time", "unit or looked-at time"),
    "input": ("time",),
    "support": ("time",),
}

VIEW = ViewSpec("inside", InsideOptions, look, has(), choices, AXES)
