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
    capture_choices,
    captures_of,
    float_array,
    has,
    layer_of,
    steps_of,
)
from explorer.inspection.example import ExampleOptions, example_of
from explorer.models.base import Recorder
from explorer.runs.records import View
from explorer.tasks import CAUSAL

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

    A map between parts of the window stands at their places in it, and 0 around it; a
    note "maps" says which places those are. Between different parts all scores but the
    entropy are NaN.

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
    recorded = recorder.values()
    captures = captures_of(resolved, "attention")
    maps = [recorded[c.name][0] for c in captures]  # L x (N, T, T)
    places = [
        (steps_of(subject.data, c.part), steps_of(subject.data, c.keys))
        for c in captures
    ]
    T = example.steps
    A = maps[0].new_zeros(len(maps), len(maps[0]), T, T)
    for whole, (rows, columns), one in zip(A, places, maps, strict=True):
        whole[:, rows, columns] = one
    tokens = None if example.labels is None else example.x[0]
    found = [
        scores(one, None if tokens is None else tokens[rows])
        if rows == columns
        else torch.stack([one.new_full((len(one),), math.nan)] * 4 + [spread(one)], -1)
        for one, (rows, columns) in zip(maps, places, strict=True)
    ]
    least = min(len(one[0]) for one in maps)
    uniform = torch.ones(least, least).tril()
    uniform /= uniform.sum(-1, keepdim=True)
    causal = [
        one
        for one, c in zip(maps, captures, strict=True)
        if c.part == c.keys != "source"
        and (c.part == "target" or subject.data.task in CAUSAL)
    ]
    return View(
        "heads",
        subject.step,
        {
            "attention": float_array(A),
            "badges": float_array(torch.stack(found)),
            "badges_by_chance": float_array(
                scores(uniform, None if tokens is None else tokens[-least:])
            ),
        },
        {
            "layer": layer,
            "head": head,
            "labels": example.labels,
            "maps": [
                {
                    "title": "" if c.part == "whole" else c.title,
                    "layer": layer_of(c),
                    "rows": rows.indices(T)[:2],
                    "columns": columns.indices(T)[:2],
                }
                for c, (rows, columns) in zip(captures, places, strict=True)
            ],
            "residual": max(float((one.sum(-1) - 1).abs().max()) for one in maps),
            "above": sum(float(one.triu(1).sum()) for one in causal)
            if causal
            else None,
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
    # at t = 0 there is nothing to choose from
    most = torch.arange(2, T + 1).double().log()
    entropy = _entropy(A)[..., 1:] / most
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


def spread(A: Tensor) -> Tensor:
    """Mean entropy (...) of rows over other steps (..., T, S), from 0 to 1."""
    most = math.log(max(2, A.shape[-1]))
    return (_entropy(A.double()) / most).mean(-1)


def _entropy(A: Tensor) -> Tensor:
    """-sum A log A of each row (..., T), where 0 log 0 is 0."""
    return -torch.xlogy(A, A).sum(-1)


def _mass(A: Tensor, wanted: Tensor) -> Tensor:
    """Mean weight (...) on the wanted places (T, T), over the rows that have one."""
    rows = wanted.any(-1)
    return (A * wanted).sum(-1)[..., rows].mean(-1)


def _index(kind: str, chosen: str, offered: Choices) -> int | None:
    """A chosen layer or head counted from 0; None for all of them.

    Raises:
        ExplorerError: if the model has none of that number.
    """
    values = [value for value, _ in offered]
    if chosen not in values:
        raise unknown(kind, chosen, values)
    return None if chosen == ALL else int(chosen)


def choices(resolved: Resolved) -> dict[str, Choices]:
    """Every layer and every head by its number, after all of them."""
    captures = captures_of(resolved, "attention")
    heads = getattr(resolved.model_settings, "heads", 1)
    layers = _numbered(N_("layer %(number)d"), len(captures))
    if any(c.part != "whole" for c in captures):
        named = capture_choices(captures)
        layers[1:] = [(str(k), words) for k, (_, words) in enumerate(named)]
    return {
        "layer": layers,
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
