"""What each layer alone would predict: the model's own way out, applied to its state.

Layers between were never trained to be read like that; where one can be, the answer
is there already. For language models this is the logit lens (nostalgebraist, 2020,
https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru/interpreting-gpt-the-logit-lens).
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.catalog import specs
from explorer.catalog.specs import Resolved
from explorer.data.base import Scaler, next_value
from explorer.inspection.base import (
    Subject,
    ViewSpec,
    float_array,
    layers_of,
    state_of,
    stepwise,
)
from explorer.inspection.example import Example, ExampleOptions, example_of
from explorer.models.captures import Recorder
from explorer.runs.records import View
from explorer.tasks import IGNORED, TASKS
from explorer.training.objectives import objective


def look(subject: Subject, options: ExampleOptions) -> View:
    """losses (L, T), NaN where the truth is not known, and mean (L,) over the counted
    steps where it is; for tokens and labels top
    (L, T), chance (L, T) of it and rank (L, T) of the truth, from 1; for a series said
    (L, T) and truth (T,).

    Raises:
        ExplorerError: if the example is not sound.
    """
    data, model = subject.data, subject.model
    example = example_of(data, options)
    with torch.no_grad():
        answers = _answers(subject, example)
        rest = float((answers[-1] - model(example.x)[0]).abs().max())
        aim = objective(data)
        losses = aim.each(answers, example.y.expand(len(answers), *example.y.shape[1:]))
    counted = aim.counted_from if aim.counted_from < example.steps else 0
    arrays = {
        "losses": float_array(losses),
        "mean": float_array(losses[:, counted:].nanmean(1)),
    }
    notes: dict[str, Any] = {
        "labels": example.labels,
        "residual": rest,
        "unit": data.loss_unit or TASKS[data.task].loss_unit,
        "counted": counted,
    }
    if names := data.labels or data.symbols:
        arrays |= _tokens(answers, example)
        notes["labelled"] = bool(data.labels)
        notes["top"] = [[names[int(k)] for k in row] for row in arrays["top"]]
        notes["truth"] = ["" if k == IGNORED else names[k] for k in example.y[0]]
    else:
        real = data.restore is next_value
        number = data.series.number if data.series else 0
        shown = answers[..., number], example.y[0, :, number]
        arrays |= _numbers(*shown, data.scaler if real else None)
        notes["label"] = data.series.label if real and data.series else None
    return View("lens", subject.step, arrays, notes)


def _answers(subject: Subject, example: Example) -> Tensor:
    """(L, T, O): the way out of the model, applied to the state of every layer."""
    recorder = Recorder()
    subject.model(example.x, recorder)
    recorded = recorder.values()
    layers = layers_of(specs.resolve(subject.config))
    states = [state_of(layer, recorded) for layer in layers]
    return torch.cat([subject.model.readout(h) for h in states])


def _tokens(answers: Tensor, example: Example) -> dict[str, Any]:
    """Of logits (L, T, V): the likeliest token, its probability, the truth's rank."""
    chances, top = answers.softmax(-1).max(-1)  # (L, T)
    truth = example.y.expand(answers.shape[:2])[..., None].clamp(min=0)  # (L, T, 1)
    rank = 1 + (answers > answers.gather(-1, truth)).sum(-1)
    return {
        "top": top.numpy(),
        "chance": float_array(chances),
        "rank": rank.numpy(),
    }


def _numbers(answers: Tensor, truth: Tensor, scaler: Scaler | None) -> dict[str, Any]:
    """Answers (L, T) and the truth (T,), in real units if there is a scaler."""
    both = answers.numpy(), truth.numpy()
    if scaler is not None:
        both = scaler.undo(both[0]), scaler.undo(both[1])
    return {"said": both[0].astype(np.float32), "truth": both[1].astype(np.float32)}


def deep(resolved: Resolved) -> bool:
    """Whether there is a layer before the last, and every step has a loss."""
    judged = stepwise(resolved) and resolved.data.task != "transcribe"
    return judged and len(layers_of(resolved)) > 1


AXES = {
    "losses": ("layer", "time"),
    "mean": ("layer",),
    "top": ("layer", "time"),
    "chance": ("layer", "time"),
    "rank": ("layer", "time"),
    "said": ("layer", "time"),
    "truth": ("time",),
}

VIEW = ViewSpec("lens", ExampleOptions, look, deep, axes=AXES)
