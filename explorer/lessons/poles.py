"""A linear recurrence remembers for as long as its poles lie near the unit circle."""

from collections.abc import Mapping

import numpy as np

from explorer.config.settings import Scalar
from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Look, Outcome, Record, Setup, Task
from explorer.lessons.rules import BOTH, NONE, those_below

ADDED = 0.05
"""Below this loss sums are known; always answering 1 has 1/6."""


def longest(record: Record) -> float:
    """After how many steps a tenth of an input is left, at the slowest pole."""
    return float(np.max(record.views["poles"].arrays["steps"]))


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """From which poles sums across fifty steps are learned."""
    inner, outer = runs["inner"], runs["outer"]
    answer = those_below(runs, ADDED)
    figures = {
        N_("poles begin within 0.5, lowest"): inner.lowest,
        N_("poles begin within 0.999, lowest"): outer.lowest,
        N_("within 0.5: steps until a tenth is left"): longest(inner),
        N_("within 0.999: steps until a tenth is left"): longest(outer),
    }
    lasting = longest(outer) > 50 > longest(inner)
    return Outcome(answer, figures, answer == "outer" and lasting)


def setup(radius: float, label: str) -> Setup:
    """A linear recurrence whose poles begin within this radius, on sums."""
    settings: dict[str, Scalar] = {
        "data.window": 50,
        "model.radius": radius,
        "training.steps": 1000,
    }
    return Setup(label, "adding", "lru", settings)


LESSON = Lesson(
    name="poles",
    order=22,
    title=N_("Poles: how long a linear recurrence remembers"),
    question=N_(
        "Two marked numbers are to be added, up to fifty steps apart. The state of a "
        "linear recurrence is multiplied by its poles at every step. From where do "
        "they have to begin for the sum to be learned?"
    ),
    guess=Choose(
        {
            "inner": N_("within 0.5"),
            "outer": N_("within 0.999"),
            BOTH: N_("from both"),
            NONE: N_("from neither"),
        }
    ),
    runs={
        "inner": setup(0.5, N_("poles within 0.5")),
        "outer": setup(0.999, N_("poles within 0.999")),
    },
    outcome=outcome,
    panels=("poles", "loss", "prediction"),
    task=Task(
        setup(0.5, N_("poles within 0.5")),
        ("model.radius", "training.learning_rate"),
        0.02,
        {"model.radius": 0.999},
    ),
    views={"poles": Look("poles")},
)
