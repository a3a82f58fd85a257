r"""How far back the error reaches: \|dL/dh_t\| for a loss at the last step alone.

L is the loss of the window's last position; h_t is a layer's hidden state (of a
Transformer: the residual stream after the block) at time step t. A norm that shrinks
with the distance from the loss is a vanishing gradient, one that grows an exploding
one (Bengio, Simard and Frasconi, 1994, https://doi.org/10.1109/72.279181).
"""

from collections.abc import Container

import numpy as np
import torch

from explorer.catalog import specs
from explorer.config.settings import Settings
from explorer.data.base import Floats
from explorer.inspection.base import (
    Subject,
    ViewSpec,
    by_gradient,
    captures_of,
    layer_of,
    probe_window,
    steps_of,
)
from explorer.models.captures import Recorder, reads_back
from explorer.runs.records import View
from explorer.tasks import IGNORED
from explorer.training.objectives import objective

EXAMPLES = 8
"""The norms are means over this many held-out windows."""


class GradientOptions(Settings):
    """Nothing to choose."""


def look(subject: Subject, options: GradientOptions) -> View:
    r"""Mean norm by layer and time step: norms (L, T), and of an LSTM memory (L, T).

    A note has sigma, the bound of the last layer's growth per step: its norm k steps
    back is at most sigma^k times the norm at the loss. None where no bound is known.
    Another has whether the model attends to its own steps.
    """
    x, y = alike(*probe_window(subject.data, EXAMPLES))
    captures = captures_of(specs.resolve(subject.config), "hidden", "memory")
    kinds = {c.name: c.kind for c in captures}
    norms = _norms(subject, x, y, kinds)
    for capture in captures:
        if capture.part != "whole":
            steps = np.full(x.shape[1], np.nan)
            steps[steps_of(subject.data, capture.part)] = norms[capture.name]
            norms[capture.name] = steps
    hidden = {k: v for k, v in norms.items() if kinds[k] == "hidden"}
    # After a Transformer's last block only the loss's own position matters to it.
    reaching = {k: v for k, v in hidden.items() if np.nansum(v[:-1])} or hidden
    arrays = {"norms": np.stack(list(reaching.values())).astype(np.float32)}
    memory = {k: v for k, v in norms.items() if kinds[k] == "memory"}
    if memory:
        arrays["memory"] = np.stack(list(memory.values())).astype(np.float32)
    title_of = {c.name: (c.title, layer_of(c)) for c in captures}
    sigma = subject.model.spectral_norm(len(hidden) - 1)
    return View(
        "gradients",
        subject.step,
        arrays,
        {
            "layers": list(reaching),
            "titles": {
                c.name: title_of[c.name]
                for c in captures
                if c.name in reaching and c.part != "whole"
            },
            "memories": [title_of[name] for name in memory],
            "sigma": sigma,
            "attention": _attends(subject),
        },
    )


def _attends(subject: Subject) -> bool:
    """Whether steps read each other directly, rather than through those between."""
    heads = captures_of(specs.resolve(subject.config), "attention")
    return any(c.keys == c.part for c in heads)


def _norms(
    subject: Subject, x: torch.Tensor, y: torch.Tensor, names: Container[str]
) -> dict[str, Floats]:
    """Of every state of those names, at the steps (T,) that it reads."""
    recorder = Recorder()
    with torch.enable_grad():
        output = subject.model(x, recorder)
        # A sum over examples, so that no example's gradient depends on their number.
        loss = objective(subject.data).last(output, y).sum()
        states = {
            name: values for name, values in recorder.recorded.items() if name in names
        }
        kept = [value for values in states.values() for value in values]
        found = iter(torch.autograd.grad(loss, kept, allow_unused=True))
    return {
        name: np.concatenate([_norm(next(found), value) for value in values])[
            :: -1 if reads_back(name) else 1
        ]
        for name, values in states.items()
    }


def alike(x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The windows whose answer is as long as the first one's, cut off at its end, so
    that the last step of all has a loss. Of a series with gaps, those that are known
    where the last known target of all stands, cut off there."""
    if y.dim() < 2:
        return x, y
    if y.is_floating_point():
        known = ~y.isnan().any(-1)  # (B, T)
        if not known.any():
            return x, y
        end = int(known.any(0).nonzero()[-1]) + 1
        same = known[:, end - 1]
        return x[same, :end], y[same, :end]
    lengths = (y != IGNORED).sum(1)
    same, over = lengths == lengths[0], y.shape[1] - int(lengths[0])
    return x[same, : x.shape[1] - over], y[same, : y.shape[1] - over]


def _norm(gradient: torch.Tensor | None, value: torch.Tensor) -> Floats:
    """Mean over examples of a (B, H) step's norm, or of every step of a (B, T, H)."""
    if gradient is None:
        steps = value.shape[1] if value.dim() == 3 else 1
        return np.zeros(steps)
    norms = gradient.norm(dim=-1).mean(0)  # () or (T,)
    return np.atleast_1d(norms.numpy())


AXES = {"norms": ("layer", "time"), "memory": ("layer", "time")}

VIEW = ViewSpec("gradients", GradientOptions, look, by_gradient, axes=AXES)
