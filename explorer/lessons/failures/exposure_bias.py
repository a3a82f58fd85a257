"""A net that was only ever given the truth, and is then left alone."""

from explorer.errors import N_
from explorer.lessons.base import Look, Record, Setup
from explorer.lessons.failures.base import Exhibit

WORSE = 5.0
"""So many times the error of one step ahead."""


def drift(record: Record) -> float:
    """The squared error of a forecast left alone, as a multiple of one step ahead."""
    view = record.views["prediction"]
    truth, one_step, free = (
        view.arrays[name][view.notes["context"] :]
        for name in ("truth", "one_step", "free")
    )
    return float(((free - truth) ** 2).mean() / ((one_step - truth) ** 2).mean())


EXHIBIT = Exhibit(
    order=70,
    title=N_("Exposure bias"),
    text=N_(
        "While it trains, a net is given the true value at every step, and forecasts "
        "the next one well. Left alone it reads its own forecasts: small errors bring "
        "it to where no training window ever was, there it errs more, and the wave "
        "shrinks or runs out of step. The sine here has no noise, so that nothing else "
        "is to blame. Longer training helps, and so does to train on one's own "
        "forecasts now and then."
    ),
    run=Setup(
        N_("GRU on a sine without noise"),
        "sine",
        "gru",
        {"data.noise": 0.0, "training.steps": 60},
    ),
    panel="prediction",
    page="playground",
    asks=N_("What does it foresee?"),
    measured=N_("squared error left alone, as a multiple of one step ahead"),
    figure=drift,
    fails=lambda times: times > WORSE,
    views={"prediction": Look("prediction")},
)
