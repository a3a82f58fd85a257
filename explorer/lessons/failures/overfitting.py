"""A net that learns by heart what has no rule."""

from explorer.errors import N_
from explorer.lessons.base import Record, Setup
from explorer.lessons.failures.base import Exhibit
from explorer.lessons.overfitting import LARGE, RISEN


def risen(record: Record) -> float:
    """The held-out loss at the end, as a multiple of its lowest."""
    return record.last / record.lowest


EXHIBIT = Exhibit(
    order=50,
    title=N_("Overfitting"),
    text=N_(
        "A large LSTM reads the same 1,200 random digits again and again. There is no "
        "rule to be found, so it learns them by heart: the training loss falls below "
        "what any forecast can reach, and the held-out loss rises, because the net is "
        "sure of itself and wrong. More data, a smaller net, dropout, or an early stop "
        "at the lowest point help."
    ),
    run=Setup(
        N_("LSTM, 128 units"), "digits", "lstm", {**LARGE, "training.steps": 300}
    ),
    panel="loss",
    page="playground",
    asks=N_("How low can the loss go?"),
    measured=N_("held-out loss at the end, as a multiple of its lowest"),
    figure=risen,
    fails=lambda times: times > RISEN,
)
