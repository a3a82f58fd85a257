"""Ten times the usual learning rate: the loss falls, and then gets no further."""

from explorer.errors import N_
from explorer.lessons.base import Record, Setup
from explorer.lessons.failures.base import Exhibit


def above_pairs(record: Record) -> float:
    """The lowest held-out loss, as a multiple of that of counting pairs."""
    return record.lowest / record.lines.baselines["bigram"]


EXHIBIT = Exhibit(
    order=80,
    title=N_("A learning rate ten times too high"),
    text=N_(
        "A Transformer learns fables at 0.05 instead of 0.005. The first steps look "
        "fine, for any direction is better than none; then each step jumps across the "
        "valley that it should go down into, and the loss stays above that of counting "
        "which letter follows which. Divide the rate by ten and train again."
    ),
    run=Setup(
        N_("Transformer on fables, learning rate 0.05"),
        "fables",
        "transformer",
        {
            "training.learning_rate": 0.05,
            "training.schedule": "constant",
            "training.steps": 200,
        },
    ),
    panel="loss",
    page="playground",
    asks=N_("How low can the loss go?"),
    measured=N_("lowest held-out loss, as a multiple of counting pairs"),
    figure=above_pairs,
    fails=lambda times: times > 1.05,
)
