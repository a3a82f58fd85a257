"""A gradient that grows on its way back through time."""

import numpy as np

from explorer.errors import N_
from explorer.lessons.base import Record, Setup
from explorer.lessons.failures.base import Exhibit

FAR = 10.0
"""Times the norm to which gradients are usually clipped, 1."""


def largest(record: Record) -> float:
    """The largest norm of a gradient."""
    return float(np.nanmax(record.curves.gradient_norms))


EXHIBIT = Exhibit(
    order=20,
    title=N_("Exploding gradients"),
    text=N_(
        "A ReLU does not hold a state back, so where the recurrent matrix stretches "
        "some direction, the error grows at every step on its way back through time. "
        "A window then moves all weights a hundred times as far as the others do, and "
        "the loss leaps or the run ends. Here gradients are not clipped; clipping them "
        "to a norm of 1 cures it, and so does a smaller learning rate."
    ),
    run=Setup(
        N_("RNN with ReLU, without clipping"),
        "sine",
        "rnn",
        {
            "model.activation": "relu",
            "model.hidden_size": 64,
            "training.clip": 0.0,
            "training.learning_rate": 0.03,
            "training.steps": 150,
        },
    ),
    panel="loss",
    page="playground",
    asks=N_("How low can the loss go?"),
    measured=N_("largest gradient norm"),
    figure=largest,
    fails=lambda norm: norm > FAR,
)
