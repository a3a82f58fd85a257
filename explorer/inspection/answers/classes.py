"""One example with the odds of every label, and who is taken for whom."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

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
from explorer.training.measures import confusion
from explorer.training.objectives import tensors


def look(
    subject: Subject, options: PredictionOptions
) -> tuple[dict[str, Any], dict[str, Any]]:
    """probabilities (C,) of the example, confusion (C, C) of the held-out part: row
    the truth, column what was said; of a series also the example, input (T, I), and
    image (rows, columns) where it is one.

    Raises:
        ExplorerError: if there is no such held-out window.
    """
    model, data = subject.model, subject.data
    given, left_out = example(data, options)
    x, truth = given.x, int(given.y[0])
    everyone, labels = tensors(data.validation)
    with torch.no_grad():
        chances = model(x)[0].softmax(-1)
        predicted = model(everyone).argmax(-1)
    counts = confusion(predicted, labels, len(data.labels))
    arrays = {"probabilities": float_array(chances), "confusion": counts.numpy()}
    notes: dict[str, Any] = {
        "labels": list(data.labels),
        "truth": None if truth == IGNORED else truth,
        "left_out": left_out,
        "tokens": None,
        "support": None,
        "joiner": data.joiner,
        "channels": list(data.channels),
    }
    if data.symbols:
        shown = x[0].numpy() != FILLED if data.padded else slice(None)
        notes["tokens"] = [data.symbols[token] for token in x[0].numpy()[shown]]
        if given.support is not None:
            notes["support"] = given.support[shown].tolist()
    else:
        real = data.scaler.undo(x[0].numpy())
        arrays["input"] = float_array(torch.from_numpy(real))
    if data.image is not None:
        arrays["image"] = data.painted(x.numpy())[0].astype(np.float32)
        notes |= {"paper": data.image.paper, "ink": data.image.ink}
    return arrays, notes


def example(data: Data, options: PredictionOptions) -> tuple[Example, list[str]]:
    """What is classified, and what was left out: a prompt of tokens, whose label nobody
    knows, or else a held-out window."""
    left_out: list[str] = []
    if data.symbols and options.prompt.strip():
        ids, left_out = encode(data, options.prompt)
        if tokens_of(data, options.prompt)[0]:
            x, unknown = filled_up(data, ids), torch.tensor([IGNORED])
            return Example(x, unknown, None, None), left_out
    return example_of(data, ExampleOptions(example=options.window)), left_out


def filled_up(data: Data, ids: list[int]) -> Tensor:
    """Tokens as a window (1, T), filled up on the side where the data's are."""
    ids = ids[: data.steps]
    if not data.padded:
        return torch.tensor([ids])
    filled = data.train.x == FILLED
    rest = [FILLED] * (data.steps - len(ids))
    before = filled[:, 0].sum() > filled[:, -1].sum()
    return torch.tensor([rest + ids if before else ids + rest])


AXES = {
    "probabilities": ("label",),
    "confusion": ("true label", "said label"),
    "input": ("time", "channel"),
    "image": ("row", "column"),
}

ANSWER = Answer(("classify",), look, AXES)
