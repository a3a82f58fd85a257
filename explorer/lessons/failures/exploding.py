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
        "The gradient of one window is then a hundred times as long as that of most, "
        "and the loss may leap. A smaller learning rate keeps the matrix from getting "
        "there. Clipping to a norm of 1 helps plain gradient descent; AdamW, which "
        "trains here, scales every step by the gradients before it, so that clipping "
        "changes little."
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
