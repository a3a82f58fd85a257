"""To copy what came before, one layer marks each token and the next one looks it up."""

from collections.abc import Mapping

import numpy as np

from explorer.config.settings import Scalar
from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Look, Outcome, Record, Setup, Task
from explorer.lessons.rules import BOTH, those_below

INDUCTION = 2
"""The place of the induction score among a head's scores."""

COPIES = 0.6
"""The induction score from which a head is one that copies."""

NEAR = 1.6
"""This near to the floor, as a ratio, repeats are found."""


def setup(layers: int, label: str) -> Setup:
    """A Transformer of one head a layer on random blocks that are repeated."""
    settings: dict[str, Scalar] = {
        "data.shortest": 4,
        "data.longest": 8,
        "data.window": 32,
        "model.layers": layers,
        "model.heads": 1,
        "model.hidden_size": 64,
        "model.positions": "rotary",
        "training.steps": 1000,
        "training.learning_rate": 0.003,
        "training.schedule": "warmup",
    }
    return Setup(label, "repeats", "transformer", settings)


def induction(record: Record) -> float:
    """The highest induction score of a run's heads, from 0 to 1."""
    badges = record.views["heads"].arrays["badges"]  # (L, N, 5)
    return float(np.nanmax(badges[..., INDUCTION]))


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """With how many layers repeats are found."""
    one, two = runs["one"], runs["two"]
    below = those_below(runs, NEAR * two.floor)
    answer = BOTH if below == "one" else below  # one is enough
    figures = {
        N_("one layer, lowest"): one.lowest,
        N_("two layers, lowest"): two.lowest,
        N_("floor"): two.floor,
        N_("one layer: best induction score"): induction(one),
        N_("two layers: best induction score"): induction(two),
    }
    found = induction(two) > COPIES > induction(one)
    return Outcome(answer, figures, answer == "two" and found)


LESSON = Lesson(
    name="lookup",
    order=13,
    title=N_("Attention looks things up"),
    question=N_(
        "A random block of 4 to 8 letters is repeated to the end of the window. How "
        "many layers of attention does a Transformer need to foresee the repeats?"
    ),
    guess=Choose(
        {
            "both": N_("one is enough"),
            "two": N_("two"),
            "none": N_("two are not enough either"),
        }
    ),
    runs={
        "one": setup(1, N_("one layer")),
        "two": setup(2, N_("two layers")),
    },
    outcome=outcome,
    panels=("loss", "heads", "prediction"),
    task=Task(
        setup(1, N_("one layer")),
        ("model.layers", "data.longest"),
        1.0,
        {"model.layers": 2},
    ),
    views={"heads": Look("heads")},
)
