"""What the last answer can see, layer by layer, and how strongly it listens there."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.catalog import specs
from explorer.catalog.specs import Resolved
from explorer.inspection.base import Subject, ViewSpec, layers_of
from explorer.inspection.example import MarkedOptions, example_of
from explorer.models.base import SequenceModel
from explorer.runs.records import View

Taps = Sequence[Sequence[int]]
"""By layer: how many steps back it reads."""


class ReceptiveOptions(MarkedOptions):
    """Which window, and the time step whose answer it is."""


def applies(resolved: Resolved) -> bool:
    """Whether layers read a few steps that are known, and nothing else."""
    return resolved.model.taps is not None


def look(subject: Subject, options: ReceptiveOptions) -> View:
    """read (L + 1, T), 0 or 1: whether the answer at the marked step can see each step
    of what goes into layer 1, and of what comes out of each layer. strength (L, T): the
    size of that answer's gradient there, 0 where nothing reaches it.

    Raises:
        ExplorerError: if the example is not sound.
    """
    resolved = specs.resolve(subject.config)
    assert resolved.model.taps is not None  # `applies`
    taps = resolved.model.taps(resolved.model_settings)
    example = example_of(subject.data, options)
    steps = example.steps
    mark = steps - 1 if subject.model.pooled else example.marked(options.mark)
    names = [layer[0].name for layer in layers_of(resolved)]
    strength = _strength(subject.model, example.x, names, mark)
    read = reached(taps, steps, mark)
    return View(
        "receptive",
        subject.step,
        {"read": read.astype(np.uint8), "strength": strength},
        {
            "taps": [list(each) for each in taps],
            "mark": mark,
            "field": 1 + sum(max(each) for each in taps),
            "labels": example.labels,
            "residual": float(strength[~read[1:]].max(initial=0)),
        },
    )


def _strength(
    model: SequenceModel, x: Tensor, names: Sequence[str], mark: int
) -> NDArray[np.float32]:
    """(L, T) the size of the gradient of the answer at `mark`, in every named layer."""
    kept: dict[str, list[Tensor]] = {name: [] for name in names}

    def listen(name: str, value: Tensor) -> Tensor:
        if name in kept:
            kept[name].append(value)
        return value

    with torch.enable_grad():
        answer = model(x, listen)
        last = answer if model.pooled else answer[:, mark]
        wanted = [value for name in names for value in kept[name]]
        slopes = torch.autograd.grad(last.square().sum(), wanted, allow_unused=True)
    norms = [0.0 if s is None else float(s.norm()) for s in slopes]
    return np.array(norms, np.float32).reshape(len(names), x.shape[1])


def reached(taps: Taps, steps: int, mark: int) -> NDArray[np.bool_]:
    """(L + 1, T): the steps from which a way leads to the marked one at the top.

    >>> reached([[0, 1], [0, 2]], 5, 4).astype(int).tolist()
    [[0, 1, 1, 1, 1], [0, 0, 1, 0, 1], [0, 0, 0, 0, 1]]
    >>> reached([[0, 8]], 3, 2).astype(int).tolist()
    [[0, 0, 1], [0, 0, 1]]
    """
    read = np.zeros((len(taps) + 1, steps), bool)
    read[-1, mark] = True
    for k in range(len(taps) - 1, -1, -1):
        for back in taps[k]:
            if back < steps:
                read[k, : steps - back] |= read[k + 1, back:]
    return read


VIEW = ViewSpec(
    "receptive",
    ReceptiveOptions,
    look,
    applies,
    axes={"read": ("level", "time"), "strength": ("layer", "time")},
)
