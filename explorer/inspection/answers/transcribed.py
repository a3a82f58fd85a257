"""What was heard: every symbol's probability over time, and where the truth lies."""

from typing import Any

import torch

from explorer.inspection.answer import Answer, PredictionOptions
from explorer.inspection.base import Subject, float_array, probe_window
from explorer.tasks import IGNORED
from explorer.training.objectives import objective
from explorer.training.transcribing import align, edit_path, greedy


def look(
    subject: Subject, options: PredictionOptions
) -> tuple[dict[str, Any], dict[str, Any]]:
    """input (T, I); symbols (T, 1 + C), the blank first; path (T,), the likeliest
    alignment of the true labels, one symbol per step; loss (1,), nats per label."""
    data = subject.data
    x, y = probe_window(data)
    with torch.no_grad():
        output = subject.model(x)
        loss = objective(data).each(output, y)
    path, score = align(output[0], y[0])
    truth = [k for k in y[0].tolist() if k != IGNORED]
    arrays = {
        "input": float_array(x[0]),
        "symbols": float_array(output[0].softmax(-1)),
        "path": path,
        "loss": float_array(loss),
    }
    notes = {
        "labels": list(data.labels),
        "edits": [tuple(edit) for edit in edit_path(greedy(output)[0], truth)],
        "score": score,
    }
    return arrays, notes


ANSWER = Answer(
    ("transcribe",),
    look,
    {
        "input": ("time", "band"),
        "symbols": ("time", "symbol"),
        "path": ("time",),
        "loss": ("window",),
    },
)
