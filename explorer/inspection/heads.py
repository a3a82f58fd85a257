r"""What kind each attention head is: five scores of its weights A, where row t looks.

    previous    mean over t >= 1 of A[t, t-1]
    same        mean over t of sum A[t, s] over s < t with token s = token t, over those
                t that have such an s
    induction   mean over t of sum A[t, s+1] over s <= t-2 with token s = token t, over
                those t that have such an s: what came after this token before. A step
                that looks at itself (s = t-1) does not count.
    first       mean over t >= 1 of A[t, 0]
    entropy     mean over t >= 1 of -sum A[t] log A[t] / log(t+1), from 0 to 1; where a
                row may look ahead, too, over log T

A score is NaN where no step counts, and the second and third are NaN for a series.
Where it is known which steps tell the answer, there is the weight on these too: the
mean over all t of the sum of A[t, s] over them.

Induction heads: Olsson et al. (2022). https://arxiv.org/abs/2209.11895
"""

import math
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.catalog import specs
from explorer.catalog.specs import Resolved
from explorer.config.settings import setting
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
from explorer.inspection.example import Example, ExampleOptions, example_of
from explorer.models.captures import Capture, Recorder
from explorer.runs.records import View
from explorer.tasks import CAUSAL, Task

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
    """attention (L, N, T, T), badges (L, N, 5), badges_by_chance (5,); where it is
    known what tells the answer, also support (T,) and on_support (L, N).

    A map between parts of the window stands at their places in it, and 0 around it; a
    note "maps" says which places those are. Between different parts all scores but the
    entropy are NaN.

    Raises:
        ExplorerError: if there is no such layer or head, or the example is not sound.
    """
    resolved = specs.resolve(subject.config)
    offered = choices(resolved)
    layer = _index(N_("layer"), options.layer, offered["layer"])
    head = _index(N_("head"), options.head, offered["head"])
    example = example_of(subject.data, options)
    maps = _maps(subject, example)
    tokens = None if example.labels is None else example.x[0]
    attention = _whole(maps, example.steps)
    return View(
        "heads",
        subject.step,
        {
            "attention": float_array(attention),
            "badges": float_array(torch.stack([_badges(one, tokens) for one in maps])),
            "badges_by_chance": float_array(_by_chance(maps, tokens)),
            **_on_support(attention, example.support),
        },
        {
            "layer": layer,
            "head": head,
            "labels": example.labels,
            "maps": [one.notes(example.steps) for one in maps],
            "residual": max(float((one.A.sum(-1) - 1).abs().max()) for one in maps),
            "above": _above(maps),
        },
    )


def _on_support(A: Tensor, support: NDArray[np.bool_] | None) -> dict[str, Any]:
    """The steps (T,) that tell the answer, and the mean weight (L, N) of attention
    (L, N, T, T) on them; nothing where nobody knows them."""
    if support is None:
        return {}
    weight = A[..., torch.from_numpy(support)].sum(-1).mean(-1)
    return {"support": support, "on_support": float_array(weight)}


class Map(NamedTuple):
    """The attention of one layer, and where in the window its steps stand."""

    capture: Capture
    A: Tensor  # (N, T, S)
    rows: slice
    columns: slice
    causal: bool
    """Whether no row may look at what comes later."""

    def notes(self, steps: int) -> dict[str, Any]:
        """Its words, and its places in a window of so many steps."""
        return {
            "title": "" if self.capture.part == "whole" else self.capture.title,
            "layer": layer_of(self.capture),
            "rows": self.rows.indices(steps)[:2],
            "columns": self.columns.indices(steps)[:2],
        }


def _maps(subject: Subject, example: Example) -> list[Map]:
    """Every layer's attention over the example."""
    recorder = Recorder()
    with torch.no_grad():
        subject.model(example.x, recorder)
    recorded = recorder.values()
    return [
        Map(
            c,
            recorded[c.name][0],
            steps_of(subject.data, c.part),
            steps_of(subject.data, c.keys),
            _causal(c, subject.data.task),
        )
        for c in captures_of(specs.resolve(subject.config), "attention")
    ]


def _causal(capture: Capture, task: Task) -> bool:
    within = capture.part == capture.keys != "source"
    return within and (capture.part == "target" or task in CAUSAL)


def _whole(maps: list[Map], steps: int) -> Tensor:
    """All maps (L, N, T, T) at their places in the window."""
    A = maps[0].A.new_zeros(len(maps), len(maps[0].A), steps, steps)
    for whole, one in zip(A, maps, strict=True):
        whole[:, one.rows, one.columns] = one.A
    return A


def _badges(one: Map, tokens: Tensor | None) -> Tensor:
    """The five scores (N, 5) of a map, in a window of these tokens."""
    if one.rows == one.columns:
        own_tokens = None if tokens is None else tokens[one.rows]
        return scores(one.A, own_tokens, one.causal)
    none = [one.A.new_full((len(one.A),), math.nan)] * 4
    return torch.stack([*none, spread(one.A)], -1)


def _by_chance(maps: list[Map], tokens: Tensor | None) -> Tensor:
    """The five scores (5,) where every row looks at all that it may look at alike."""
    least = min(len(one.A[0]) for one in maps)
    causal = any(one.causal for one in maps)
    uniform = torch.ones(least, least)
    if causal:
        uniform = uniform.tril()
    uniform /= uniform.sum(-1, keepdim=True)
    return scores(uniform, None if tokens is None else tokens[-least:], causal)


def _above(maps: list[Map]) -> float | None:
    """The weight on what comes later, in maps that may not look there; None where
    there is none of those."""
    causal = [one.A for one in maps if one.causal]
    return sum(float(A.triu(1).sum()) for A in causal) if causal else None


def scores(A: Tensor, tokens: Tensor | None, causal: bool = True) -> Tensor:
    """The five scores (..., 5) of attention (..., T, T) between tokens (T,)."""
    A = A.double()
    T = A.shape[-1]
    same = induction = A.new_full(A.shape[:-2], math.nan)
    if tokens is not None:
        equal = tokens[:, None] == tokens  # (T, T): row t, column s
        after = torch.zeros_like(equal)
        after[:, 1:] = equal.tril(-2)[:, :-1]
        same, induction = _mass(A, equal.tril(-1)), _mass(A, after)
    # at t = 0 there is nothing to choose from, where nobody looks ahead
    most = torch.arange(2, T + 1) if causal else torch.tensor(T)
    entropy = _entropy(A)[..., 1:] / most.double().log()
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
    "support": ("key",),
    "on_support": ("layer", "head"),
}

VIEW = ViewSpec("heads", HeadsOptions, look, has("attention"), choices, AXES)
