r"""What kind each attention head is: five scores of its weights A, where row t looks.

    previous    mean over t >= 1 of A[t, t-1]
    same        mean over t of sum A[t, s] over s < t with token s = token t, over those
                t that have such an s
    induction   mean over t of sum A[t, s+1] over s <= t-2 with token s = token t, over
                those t that have such an s: what came after this token before. A step
                that looks at itself (s = t-1) does not count.
    first       mean over t >= 1 of A[t, 0]
    entropy     mean over t >= 1 of -sum A[t] log A[t] / log(t+1), from 0 to 1

A score is NaN where no step counts, and the second and third are NaN for a series.

Induction heads: Olsson et al. (2022). https://arxiv.org/abs/2209.11895
"""

import math

import torch
from torch import Tensor

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
)
from explorer.inspection.example import ExampleOptions, example_of
from explorer.models.base import Recorder
from explorer.runs.records import View

ALL = "all"


class HeadsOptions(ExampleOptions):
    """Which maps to show."""

    layer: str = setting(
        ALL,
        N_("Show the heads of this layer only."),
        title=N_("Layer"),
        pattern=r"^[a-z0-9]{1,3}$",
    )
    head: str = setting(
        ALL,
        N_("Show this head only. One head of one layer is drawn large."),
        title=N_("Head"),
        pattern=r"^[a-z0-9]{1,3}$",
    )


def look(subject: Subject, options: HeadsOptions) -> View:
    """attention (L, N, T, T), badges (L, N, 5), badges_by_chance (5,).

    Raises:
        ExplorerError: if there is no such layer or head, or the example is not sound.
    """
    resolved = catalog.resolve(subject.config)
    offered = choices(resolved)
    layer = _index(N_("layer"), options.layer, offered["layer"])
    head = _index(N_("head"), options.head, offered["head"])
    example = example_of(subject.data, options)
    recorder = Recorder()
    with torch.no_grad():
        subject.model(example.x, recorder)
    told = recorder.values()
    names = [c.name for c in captures_of(resolved, "attention")]
    A = torch.stack([told[name][0] for name in names])  # (L, N, T, T)
    tokens = None if example.labels is None else example.x[0]
    uniform = torch.ones(A.shape[-2:]).tril()
    uniform /= uniform.sum(-1, keepdim=True)
    return View(
        "heads",
        subject.step,
        {
            "attention": float_array(A),
            "badges": float_array(scores(A, tokens)),
            "badges_by_chance": float_array(scores(uniform, tokens)),
        },
        {
            "layer": layer,
            "head": head,
            "labels": example.labels,
            "residual": float((A.sum(-1) - 1).abs().max()),
            "above": float(A.triu(1).sum()),
        },
    )


def scores(A: Tensor, tokens: Tensor | None) -> Tensor:
    """The five scores (..., 5) of attention (..., T, T) between tokens (T,)."""
    A = A.double()
    T = A.shape[-1]
    same = induction = A.new_full(A.shape[:-2], math.nan)
    if tokens is not None:
        equal = tokens[:, None] == tokens  # (T, T): row t, column s
        after = torch.zeros_like(equal)
        after[:, 1:] = equal.tril(-2)[:, :-1]
        same, induction = _mass(A, equal.tril(-1)), _mass(A, after)
    # 0 log 0 is 0; at t = 0 there is nothing to choose from
    most = torch.arange(2, T + 1).double().log()
    entropy = -torch.xlogy(A, A).sum(-1)[..., 1:] / most
    return torch.stack(
        [
            A.diagonal(-1, -2, -1).mean(-1),
            same,
            induction,
            A[..., 1:, 0].mean(-1),
            entropy.mean(-1),
        ],
        -1,
    )


def _mass(A: Tensor, wanted: Tensor) -> Tensor:
    """Mean weight (...) on the wanted places (T, T), over the rows that have one."""
    rows = wanted.any(-1)
    return (A * wanted).sum(-1)[..., rows].mean(-1)


def _index(kind: str, chosen: str, offered: Choices) -> int | None:
    """A chosen layer or head counted from 0; None for all of them.

    Raises:
        ExplorerError: if the model has none of that number.
    """
    known = [value for value, _ in offered]
    if chosen not in known:
        raise unknown(kind, chosen, known)
    return None if chosen == ALL else int(chosen)


def choices(resolved: Resolved) -> dict[str, Choices]:
    """Every layer and every head by its number, after all of them."""
    layers = len(captures_of(resolved, "attention"))
    heads = resolved.model_settings.heads
    return {
        "layer": _numbered(N_("layer %(number)d"), layers),
        "head": _numbered(N_("head %(number)d"), heads),
    }


def _numbered(title: str, count: int) -> Choices:
    each = [(str(k), Words(title, {"number": k + 1})) for k in range(count)]
    return [(ALL, Words(N_("all"))), *each]


AXES = {
    "attention": ("layer", "head", "query", "key"),
    "badges": ("layer", "head", "badge"),
    "badges_by_chance": ("badge",),
}

VIEW = ViewSpec("heads", HeadsOptions, look, has("attention"), choices, AXES)
