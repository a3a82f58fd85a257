"""What a score is worth whose held-out part leaks into what is learnt from."""

from collections.abc import Mapping

import numpy as np

from explorer.config.settings import Scalar
from explorer.errors import N_
from explorer.lessons.base import (
    Choose,
    Lesson,
    Look,
    Outcome,
    Record,
    Setup,
    Task,
)

CLEARLY = 0.5
"""A loss below this share of the honest one is another claim."""

RETURNS: Mapping[str, Scalar] = {
    "data.length": 800,
    "model.hidden_size": 128,
    "training.learning_rate": 0.01,
    "training.schedule": "constant",
    "training.steps": 300,
}
SHUFFLED: Mapping[str, Scalar] = {**RETURNS, "data.held_out": "chance"}
PRICES: Mapping[str, Scalar] = {
    "data.target": "price",
    "data.drift": 30.0,
    "training.steps": 300,
}


def to_floor(record: Record) -> float:
    """The lowest held-out loss, as a multiple of the floor."""
    return record.lowest / record.floor


def on_new_days(record: Record) -> float:
    """The squared error on days that no window of the run held, judged or learnt from;
    as a multiple of repeating the last price."""
    arrays = record.views["prediction"].arrays
    truth, forecast = arrays["truth"][1:], arrays["one_step"][1:]  # (n - 1,)
    finite = np.isfinite(forecast)
    again = np.diff(arrays["truth"])[finite]
    return float(np.mean((forecast - truth)[finite] ** 2) / np.mean(again**2))


def repeated(record: Record) -> float:
    """The loss of repeating the last price, in the run's own units."""
    return record.lines.baselines["repeat last"]


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """Which mistake makes the loss less than half of what it honestly is."""
    end, shuffled, training, first = (
        runs[name] for name in ("end", "shuffled", "training", "first")
    )
    flattered = {
        "shuffled": shuffled.lowest / end.lowest,
        "scaled": first.lowest / training.lowest,
    }
    misleading = [name for name, share in flattered.items() if share < CLEARLY]
    answer = {0: "none", 2: "both"}.get(len(misleading)) or misleading[0]
    new = on_new_days(shuffled)
    figures = {
        N_("shuffled: loss / floor"): to_floor(shuffled),
        N_("in time: loss / floor"): to_floor(end),
        N_("shuffled net on new days / the last price"): new,
        N_("scaled by all: loss / honest loss"): flattered["scaled"],
        N_("the same of repeating the last price"): repeated(first)
        / repeated(training),
    }
    impossible = to_floor(shuffled) < CLEARLY
    return Outcome(answer, figures, answer == "both" and impossible and new > 1)


LESSON = Lesson(
    name="leakage",
    order=5,
    title=N_("Splitting in time: what leaks when you shuffle or scale first"),
    question=N_(
        "Nobody can foresee this made-up price. Which mistake shows a loss of less "
        "than half the honest one all the same?"
    ),
    guess=Choose(
        {
            "shuffled": N_("to shuffle the windows before some are held out"),
            "scaled": N_("to scale the series before its end is held out"),
            "both": N_("each of the two"),
            "none": N_("neither: the held-out windows are never trained on"),
        }
    ),
    runs={
        "end": Setup(N_("changes, held out in time"), "stock", "lstm", RETURNS),
        "shuffled": Setup(N_("changes, shuffled"), "stock", "lstm", SHUFFLED),
        "training": Setup(
            N_("prices, scaled by the training part"), "stock", "lstm", PRICES
        ),
        "first": Setup(
            N_("prices, scaled by all"),
            "stock",
            "lstm",
            {**PRICES, "data.scaled_by": "all"},
        ),
    },
    outcome=outcome,
    panels=("loss", "prediction"),
    task=Task(
        Setup(N_("LSTM on a random walk"), "stock", "lstm", RETURNS),
        ("data.held_out", "model.hidden_size", "training.learning_rate"),
        0.3,
        {"data.held_out": "chance"},
    ),
    views={"prediction": Look("prediction")},
)
