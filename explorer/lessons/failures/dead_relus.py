"""Units that answer zero to everything, and so learn nothing any more."""

from explorer.errors import N_
from explorer.lessons.base import Look, Record, Setup
from explorer.lessons.failures.base import Exhibit

MANY = 1 / 3
"""A share of the units: chance in the first weights leaves fewer silent."""


def dead(record: Record) -> float:
    """The share of units that stay at zero at every step of every window."""
    return float(record.views["health"].arrays["dead"].max())


EXHIBIT = Exhibit(
    order=30,
    title=N_("Dead ReLUs"),
    text=N_(
        "A ReLU whose sum is below zero answers zero, and lets no gradient through. At "
        "too large a learning rate one step can push a unit so far that it is below "
        "zero for everything it will ever read: it is dead, for nothing can move it "
        "back. The net goes on with those that are left. Smaller steps, tanh or a gate "
        "in its place help."
    ),
    run=Setup(
        N_("RNN with ReLU"),
        "sine",
        "rnn",
        {
            "model.activation": "relu",
            "training.learning_rate": 0.05,
            "training.steps": 300,
        },
    ),
    panel="health",
    page="inside",
    asks=N_("Is every layer well?"),
    measured=N_("share of units that are dead"),
    figure=dead,
    fails=lambda share: share > MANY,
    views={"health": Look("health")},
)
