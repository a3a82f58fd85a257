"""How healthy is each layer? The size of the next update, and units that do nothing.

The update-to-weight ratio of a matrix W is |dW| / |W| (Frobenius norms) of the very
next step, taken on a copy. A unit is dead where its hidden state stays within 0.001 of
zero at every step of every probe window, and saturated where it stays beyond 90 %.
"""

import math

import numpy as np
import torch

from explorer.catalog import specs
from explorer.catalog.specs import Resolved
from explorer.config.settings import Settings
from explorer.data.base import Floats
from explorer.inspection.base import (
    Subject,
    ViewSpec,
    has,
    layers_of,
    probe_window,
    state_of,
)
from explorer.models.captures import Recorder
from explorer.runs.records import View
from explorer.training.trainer import Trainer

WINDOWS = 8
DEAD, SATURATED = 1e-3, 0.9


class HealthOptions(Settings):
    """Nothing to choose."""


def look(subject: Subject, options: HealthOptions) -> View:
    """By weight matrix: ratios (G,), weights (G,) and gradients (G,), all norms; no
    ratio (NaN) where the optimizer's memory is not kept, which the step depends on.

    By layer: dead (L,) and saturated (L,), shares of its units; norm (1,): the whole
    gradient's, before clipping.
    """
    copy = Trainer(subject.config, subject.pack())
    matrices = {n: p for n, p in copy.model.named_parameters() if p.dim() > 1}
    before = {n: p.detach().clone() for n, p in matrices.items()}
    fresh = not copy.rule.memory()
    norm = copy.rehearse()
    forgotten = fresh and subject.step > 0 and bool(copy.rule.memory())
    sizes = [float(before[n].norm()) for n in matrices]
    moved = [float((p.detach() - before[n]).norm()) for n, p in matrices.items()]
    pulled = [
        float(p.grad.norm()) if p.grad is not None else 0.0 for p in matrices.values()
    ]
    dead, saturated = _units(subject)
    ratios = [m / s if s else 0.0 for m, s in zip(moved, sizes, strict=True)]
    if forgotten:
        ratios = [math.nan] * len(ratios)
    return View(
        "health",
        subject.step,
        {
            "ratios": np.array(ratios, np.float32),
            "weights": np.array(sizes, np.float32),
            "gradients": np.array(pulled, np.float32),
            "norm": np.array([norm], np.float32),
            "dead": dead,
            "saturated": saturated,
        },
        {"names": list(matrices), "clip": subject.config.training.clip},
    )


def _units(subject: Subject) -> tuple[Floats, Floats]:
    x, _ = probe_window(subject.data, WINDOWS)
    recorder = Recorder()
    with torch.no_grad():
        subject.model(x, recorder)
    recorded = recorder.values()
    dead, saturated = [], []
    for layer in layers_of(specs.resolve(subject.config)):
        values = state_of(layer, recorded).abs().flatten(0, 1)  # (B * T, H)
        dead.append(float((values.amax(0) < DEAD).float().mean()))
        stuck = values.amin(0) > SATURATED * layer[0].high
        saturated.append(float(stuck.float().mean()))
    return np.array(dead, np.float32), np.array(saturated, np.float32)


AXES = {
    "ratios": ("matrix",),
    "weights": ("matrix",),
    "gradients": ("matrix",),
    "norm": ("gradient",),
    "dead": ("layer",),
    "saturated": ("layer",),
}


def applies(resolved: Resolved) -> bool:
    """Nets of hidden units that learn by gradients."""
    return resolved.model.learning != "expectation" and has("hidden")(resolved)


VIEW = ViewSpec("health", HealthOptions, look, applies, axes=AXES)
