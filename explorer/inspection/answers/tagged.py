"""A label for every step, beside the true one, and how sure the model is of each."""

from typing import Any

import numpy as np
import torch

from explorer.data.base import Data
from explorer.inspection.answer import Answer, PredictionOptions, encode
from explorer.inspection.base import Subject, float_array
from explorer.inspection.example import (
    Example,
    ExampleOptions,
    example_of,
    tokens_of,
)
from explorer.tasks import FILLED, IGNORED


def look(
    subject: Subject, options: PredictionOptions
) -> tuple[dict[str, Any], dict[str, Any]]:
    """chances (T, C); said (T,), the likeliest; truth (T,), `IGNORED` where unknown or
    not counted; of values also input (T,), in shown units.

    Raises:
        ExplorerError: if the prompt has too few tokens of the vocabulary, or there is
            no such held-out window.
    """
    data, prompt = subject.data, options.prompt
    example = example_of(data, _example(data, options))
    with torch.no_grad():
        chances = subject.model(example.x)[0].softmax(-1)  # (T, C)
    first = filled_in_front(data, example)
    truth = example.y[0].numpy().astype(np.int64)
    truth[: data.counted_from] = IGNORED
    arrays = {
        "chances": float_array(chances[first:]),
        "said": chances[first:].argmax(-1).numpy().astype(np.int64),
        "truth": truth[first:],
        **example.arrays(),
    }
    notes = {
        "tokens": None if example.labels is None else example.labels[first:],
        "joiner": data.joiner,
        "labels": list(data.labels or data.symbols),
        "named": bool(data.labels),
        "left_out": encode(data, prompt)[1] if data.symbols else [],
    }
    return arrays, notes


def filled_in_front(data: Data, example: Example) -> int:
    """How many of the steps before the first token only fill up."""
    if not data.padded:
        return 0
    return int((example.x[0] != FILLED).int().argmax())


def _example(data: Data, options: PredictionOptions) -> ExampleOptions:
    """A text in tokens of the vocabulary, at most a window of them; or a held-out
    window."""
    if not data.symbols:
        return ExampleOptions(example=options.window)
    ids = tokens_of(data, options.prompt)[0][: data.steps]
    typed = data.joiner.join(data.symbols[k] for k in ids)
    return ExampleOptions(example=options.window, text=typed)


def applies(data: Data) -> bool:
    """Labels; or tokens that are not simply the next one read."""
    return data.task == "tag" or not data.shifted


ANSWER = Answer(
    ("tag", "next_token"),
    look,
    {
        "chances": ("time", "label"),
        "said": ("time",),
        "truth": ("time",),
        "input": ("time",),
    },
    applies,
)
