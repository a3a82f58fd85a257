r"""How much each input moves each prediction: \|d yhat_t / d x_s\|, on the same axes
for every architecture.

For a series yhat_t is the prediction and x_s the standardised input. For tokens yhat_t
is the log-probability of the token that really came next, and x_s the embedding of
token s. Of labels it is the log-probability of the true one, or of the likeliest where
no truth is known. The example stands in the batch once per target t, so that one
backward pass of the sum of yhat_t, each in its own copy, gives all T x T of them.
"""

import numpy as np
import torch
from torch import Tensor, nn

from explorer.catalog import specs
from explorer.catalog.specs import Resolved
from explorer.data.base import Floats
from explorer.inspection.base import Subject, ViewSpec, float_array, stepwise
from explorer.inspection.example import ExampleOptions, example_of
from explorer.models.base import SequenceModel
from explorer.runs.records import View
from explorer.tasks import CAUSAL, IGNORED
from explorer.training.objectives import point_forecast

POSITIONS = 2**13
"""Time steps, of all copies together, that one backward pass is given at most: all
copies of an example of up to 90 steps."""


class InfluenceOptions(ExampleOptions):
    """Nothing to choose but the example."""


def look(subject: Subject, options: InfluenceOptions) -> View:
    """norms (T, T), target by source; reach (T,), their mean at every distance.

    A row is NaN where nothing is predicted.

    Raises:
        ExplorerError: if the example is not sound.
    """
    example = example_of(subject.data, options)
    T, places = example.steps, predicted(example.y)
    found = [
        influence(subject.model, example.x, example.y, targets)
        for targets in places.chunk(-(-T * len(places) // POSITIONS))
    ]
    whole = torch.full((T, T), torch.nan, dtype=torch.float64)
    whole[places + T - example.y.shape[1]] = torch.cat(found)
    norms = float_array(whole)
    causal = subject.data.task in CAUSAL or subject.data.source > 0
    return View(
        "influence",
        subject.step,
        {"norms": norms, "reach": reach(norms), **example.arrays()},
        {
            "labels": example.labels,
            "residual": float(np.nansum(np.triu(norms, 1))) if causal else None,
        },
    )


def influence(model: SequenceModel, x: Tensor, y: Tensor, targets: Tensor) -> Tensor:
    """Norms (n, T) of the gradients of yhat at n target steps to every input.

    Args:
        model: in evaluation mode.
        x, y: one window, (1, T, I) and (1, T, O), or tokens (1, T) and (1, T).
        targets: (n,) steps.
    """
    n, tokens = len(targets), x.dim() == 2
    copies = x.repeat(n, *[1] * (x.dim() - 1))
    leaf = copies

    def entered(_module: nn.Module, _given: object, vectors: Tensor) -> Tensor:
        nonlocal leaf
        leaf = vectors.detach().requires_grad_()
        return leaf

    with torch.enable_grad():
        if tokens:
            hook = model.embedding.register_forward_hook(entered)
            try:
                answers = model(copies)
            finally:
                hook.remove()
        else:
            answers = model(copies.requires_grad_())
        answered = answers[torch.arange(n), targets]  # (n, O)
        if y.is_floating_point():
            answered = point_forecast(answered, y)
        else:
            chances = answered.log_softmax(-1)
            aligned = y.shape[1] == x.shape[1]  # else labels are no step's own
            truth = y[0, targets] if aligned else torch.full_like(targets, IGNORED)
            chosen = torch.where(truth == IGNORED, chances.argmax(-1), truth)
            answered = chances.gather(-1, chosen[:, None])
        gradient = torch.autograd.grad(answered.sum(), leaf)[0]  # (n, T, I or H)
    return gradient.double().square().sum(-1).sqrt()


def predicted(y: Tensor) -> Tensor:
    """The places (n,) of one window's y that are answers, and are counted."""
    if y.is_floating_point():
        return torch.arange(y.shape[1])
    return (y[0] != IGNORED).nonzero()[:, 0]


def reach(norms: Floats) -> Floats:
    """Mean norm (T,) of the targets t at source t - k, for every distance k.

    NaN at a distance at which there is no prediction.
    """
    steps = range(len(norms))
    each = (np.diagonal(norms, -k) for k in steps)
    finite = [pull[~np.isnan(pull)] for pull in each]
    return np.array([k.mean() if len(k) else np.nan for k in finite], np.float32)


AXES = {"norms": ("target", "source"), "reach": ("distance",), "input": ("time",)}


def applies(resolved: Resolved) -> bool:
    """Models with an answer at every time step, or at those of a target."""
    task = specs.task_of(resolved.data, resolved.model)
    return stepwise(resolved) or task == "translate"


VIEW = ViewSpec("influence", InfluenceOptions, look, applies, axes=AXES)
