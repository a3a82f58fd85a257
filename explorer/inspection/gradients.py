r"""How far back the error reaches: \|dL/dh_t\| for a loss at the last step alone.

L is the loss of the window's last position; h_t is a layer's hidden state (of a
Transformer: the residual stream after the block) at time step t. A norm that shrinks
with the distance from the loss is a vanishing gradient, one that grows an exploding
one (Bengio, Simard and Frasconi, 1994, https://doi.org/10.1109/72.279181).
"""

import numpy as np
import torch

from explorer.config import Settings
from explorer.data.base import Floats
from explorer.inspection.base import Subject, ViewSpec, probe_window
from explorer.models.base import Recorder
from explorer.runs.records import View
from explorer.training.objectives import objective

EXAMPLES = 8
"""The norms are means over this many held-out windows."""


class GradientOptions(Settings):
    """Nothing to choose."""


def look(subject: Subject, options: GradientOptions) -> View:
    """Mean norm by layer and time step: norms (L, T)."""
    x, y = probe_window(subject.data, EXAMPLES)
    recorder = Recorder()
    with torch.enable_grad():
        output = subject.model(x, recorder)
        # A sum over examples, so that no example's gradient depends on their number.
        loss = objective(subject.data).each(output, y)[:, -1].sum()
        hidden = {k: v for k, v in recorder.told.items() if k.endswith(".hidden")}
        told = [value for values in hidden.values() for value in values]
        found = iter(torch.autograd.grad(loss, told, allow_unused=True))
    norms = []
    for values in hidden.values():
        each = [_norm(next(found), value) for value in values]
        norms.append(np.concatenate(each))
    found_norms = dict(zip(hidden, norms, strict=True))
    # After a Transformer's last block only the loss's own position matters to it.
    reaching = {k: v for k, v in found_norms.items() if v[:-1].any()} or found_norms
    return View(
        "gradients",
        subject.step,
        {"norms": np.stack(list(reaching.values())).astype(np.float32)},
        {"layers": list(reaching)},
    )


def _norm(gradient: torch.Tensor | None, value: torch.Tensor) -> Floats:
    """Mean over examples of a (B, H) step's norm, or of every step of a (B, T, H)."""
    if gradient is None:
        steps = value.shape[1] if value.dim() == 3 else 1
        return np.zeros(steps)
    norms = gradient.norm(dim=-1).mean(0)  # () or (T,)
    return np.atleast_1d(norms.numpy())


VIEW = ViewSpec("gradients", GradientOptions, look)
