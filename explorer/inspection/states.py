"""What is believed of each step: every label, or every hidden state, and the best path.

Of a chain the path is Viterbi's; of another tagger, the likeliest label of each step.
"""

from typing import Any

import numpy as np
import torch

from explorer.catalog.specs import Resolved, task_of
from explorer.data.base import Data
from explorer.inspection.base import Subject, ViewSpec, float_array, has
from explorer.inspection.example import MarkedOptions, example_of
from explorer.inspection.traces import recorded
from explorer.inspection.transitions import names_of
from explorer.models.chain import is_chain
from explorer.runs.records import View


class StateOptions(MarkedOptions):
    """Nothing to choose but the example."""


def look(subject: Subject, options: StateOptions) -> View:
    """chances (T, K), path (T,), and truth (T,), -1 where it is not known.

    Raises:
        ExplorerError: if the example is not sound.
    """
    data, model = subject.data, subject.model
    example = example_of(data, options)
    tagged = data.task == "tag"
    with torch.no_grad():
        if tagged:
            chances = model(example.x)[0].softmax(-1)
        else:
            chances = recorded(model, example.x, "layer_0.posterior")[0]
        path = chances.argmax(-1)
        if is_chain(model):
            path = model.decode(example.x)[0]
    typed = bool(options.text.strip())
    truth = example.y[0].numpy() if tagged and not typed else np.full(len(path), -1)
    return View(
        "states",
        subject.step,
        {
            "chances": float_array(chances),
            "path": path.numpy(),
            "truth": np.maximum(truth, -1).astype(np.int64),
            **example.arrays(),
        },
        {
            **(labels_of(data) if tagged else names_of(subject)),
            "labelled": tagged,
            "viterbi": is_chain(model),
            "labels": example.labels,
        },
    )


def labels_of(data: Data) -> dict[str, Any]:
    """The same as of a chain's states, of what each step is labelled with."""
    return {"names": list(data.labels), "numbered": False}


def applies(resolved: Resolved) -> bool:
    """Models with probabilities of their own, and whatever labels each step."""
    task = task_of(resolved.data, resolved.model)
    return task == "tag" or has("probability")(resolved)


VIEW = ViewSpec(
    "states",
    StateOptions,
    look,
    applies,
    axes={
        "chances": ("time", "label or state"),
        "path": ("time",),
        "truth": ("time",),
        "input": ("time",),
    },
)
