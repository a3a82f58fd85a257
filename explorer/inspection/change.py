"""What if one thing were different? The same model with a change, beside the original.

The loss is the mean over the held-out windows, the change made in each of them. The
forecast that is left to itself, the text, or the odds of the labels are drawn anew with
the change in place; where there is none of these, the example's loss is.
"""

from typing import Any

import numpy as np
import torch

from explorer.catalog import specs
from explorer.catalog.specs import Resolved
from explorer.config.settings import extra_of
from explorer.data.base import Data, Floats, Series
from explorer.errors import Words
from explorer.inspection.answers.pairs import pairs
from explorer.inspection.base import (
    Choices,
    Subject,
    ViewSpec,
    capture_choices,
    float_array,
)
from explorer.inspection.example import Example, ExampleOptions, example_of
from explorer.models.base import SequenceModel
from explorer.runs.records import View
from explorer.tasks import BEGIN, END, FILLED, TASKS
from explorer.training.changed import Changed
from explorer.training.changes import Change, checked, completed, offered
from explorer.training.decoding import greedy
from explorer.training.forecasting import forecast
from explorer.training.objectives import evaluate, objective
from explorer.training.sampling import generate

LENGTH = 60
TEMPERATURE = 0.8

Both = tuple[SequenceModel, SequenceModel]
"""The model as it is, and with the change."""


class ChangeOptions(ExampleOptions, Change):
    """A change, and the example that it is shown on."""


def look(subject: Subject, options: ChangeOptions) -> View:
    """loss (2,): before and after; each (2, T): the example's loss at every step, or
    (2, 1) where it has only one.

    For a series also positions, truth and free (2, n): the forecasts left to itself;
    for text the notes have what is written before and after; for a label chances
    (2, C); for numbers that are no series truth (n,) and said (2, n).

    Raises:
        ExplorerError: if the model has no such part, or the example is not sound.
    """
    resolved, data = specs.resolve(subject.config), subject.data
    change = checked(completed(_change(options), resolved), resolved)
    example = example_of(data, options)
    both = subject.model, Changed(subject.model, [change]).eval()
    losses = [evaluate(model, data, data.validation) for model in both]
    each = np.stack([_each(subject, model, example) for model in both])
    each = each.reshape(2, -1)
    arrays = {"loss": np.array(losses, np.float32), "each": each}
    notes: dict[str, Any] = {
        "task": data.task,
        "labels": _answered(example, each.shape[1]),
        "first": example.steps - each.shape[1],
        "change": change.values(),
        "unit": data.loss_unit or TASKS[data.task].loss_unit,
    }
    answers, words = _answers(subject, both, example)
    return View("change", subject.step, arrays | answers, notes | words)


def _answers(
    subject: Subject, both: Both, example: Example
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arrays and notes of what both answer to this task."""
    data = subject.data
    match data.task:
        case "forecast" if data.series is not None:
            return _forecasts(data, data.series, both)
        case "forecast":
            (truth, unchanged), (_, changed) = (pairs(model, data) for model in both)
            return {"truth": truth, "said": np.stack([unchanged, changed])}, {}
        case "next_token":
            return {}, _texts(subject, both, example)
        case "translate":
            return {}, _translations(data, both, example)
        case "classify":
            chances = np.stack([_chances(model, example) for model in both])
            return {"chances": chances}, {"names": list(data.labels)}
        case _:
            return {}, {}


def _change(options: ChangeOptions) -> Change:
    values = options.values()
    return Change.read({name: values[name] for name in Change.model_fields})


def _each(subject: Subject, model: SequenceModel, example: Example) -> Floats:
    with torch.no_grad():
        aim = objective(subject.data)
        loss = aim.each(model(example.x), example.y)[0]
    return np.atleast_1d(float_array(loss))


def _chances(model: SequenceModel, example: Example) -> Floats:
    """(C,) the odds of the labels."""
    with torch.no_grad():
        return float_array(model(example.x)[0].softmax(-1))


def _answered(example: Example, answers: int) -> list[str] | None:
    """The tokens of the last steps, which are those that have an answer."""
    return None if example.labels is None else example.labels[-answers:]


def _translations(data: Data, both: Both, example: Example) -> dict[str, Any]:
    source = example.x[:, : data.source]
    written = [
        greedy(model, source, data.steps - data.source)[0].tolist() for model in both
    ]
    names = data.symbols
    return {
        "joiner": data.joiner,
        "prompt": [names[t] for t in source[0].tolist() if t != FILLED]
        + [names[BEGIN]],
        "written": [
            [names[t] for t in ids if t not in (FILLED, END)] for ids in written
        ],
    }


def _forecasts(
    data: Data, series: Series, both: Both
) -> tuple[dict[str, Any], dict[str, Any]]:
    before, after = (forecast(model, data) for model in both)
    positions = series.positions[before.places]
    dates = np.issubdtype(positions.dtype, np.datetime64)
    shown = positions.astype("datetime64[D]").astype(np.int64) if dates else positions
    arrays = {
        "positions": shown if dates else shown.astype(np.float64),
        "truth": before.truth,
        "free": np.stack([before.free, after.free]),
    }
    notes = {"axis": series.axis, "label": series.label, "dates": bool(dates)}
    return arrays, notes


def _texts(subject: Subject, both: Both, example: Example) -> dict[str, Any]:
    names = subject.data.symbols
    prompt = [int(token) for token in example.x[0, : max(2, example.steps // 4)]]
    written = [
        generate(
            model,
            prompt,
            LENGTH,
            subject.data.steps,
            TEMPERATURE,
            seed=subject.config.seed,
        )
        for model in both
    ]
    return {
        "joiner": subject.data.joiner,
        "prompt": [names[token] for token in prompt],
        "written": [[names[token] for token in tokens] for tokens in written],
    }


def choices(resolved: Resolved) -> dict[str, Choices]:
    """What can be done to this model, and to which of its parts."""
    words = extra_of(Change.model_fields["what"])["choices"]
    parts = offered(resolved)
    kinds = [what for what in words if parts[what] or what == "zero"]
    every = [*parts["clamp"], *parts["mute"]]
    ordered = sorted(every, key=lambda c: not c.favourite)
    return {
        "what": [(what, Words(words[what])) for what in kinds],
        "capture": capture_choices(ordered),
    }


AXES = {
    "loss": ("original or changed",),
    "each": ("original or changed", "time"),
    "chances": ("original or changed", "label"),
    "said": ("original or changed", "place"),
    "positions": ("place",),
    "truth": ("place",),
    "free": ("original or changed", "place"),
}


def applies(resolved: Resolved) -> bool:
    """Every task but making windows, which has no example to answer."""
    return specs.task_of(resolved.data, resolved.model) != "generate"


VIEW = ViewSpec("change", ChangeOptions, look, applies, choices, AXES)
