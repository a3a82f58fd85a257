"""Too small a learning rate hardly moves, too large a one flies away."""

from collections.abc import Mapping

from explorer.config.settings import Scalar
from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Outcome, Record, Setup, Task
from explorer.lessons.rules import lowest_of

FAR = 5.0
"""Who stays this many times above the best has learned little, or nothing."""


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """Which of three learning rates gets lowest."""
    figures = {
        N_("learning rate 0.01"): runs["middle"].lowest,
        N_("learning rate 0.0001"): runs["small"].lowest,
        N_("learning rate 10"): runs["large"].lowest,
        N_("steps that rate 10 survives"): float(len(runs["large"].curves.losses)),
    }
    best = runs["middle"].lowest
    far = all(runs[name].lowest > FAR * best for name in ("small", "large"))
    return Outcome(lowest_of(runs), figures, far)


def setup(rate: float, label: str) -> Setup:
    """A GRU that learns at a rate that stays, and is not clipped."""
    settings: dict[str, Scalar] = {
        "training.learning_rate": rate,
        "training.steps": 200,
        "training.schedule": "constant",
        "training.clip": 0.0,
    }
    return Setup(label, "sine", "gru", settings)


LESSON = Lesson(
    name="learning_rates",
    order=11,
    title=N_("Too fast, too slow: learning rates"),
    question=N_(
        "The same GRU learns a sine for 200 updates at three learning rates. Which "
        "gets lowest?"
    ),
    guess=Choose(
        {
            "small": N_("0.0001: small steps are safe"),
            "middle": N_("0.01"),
            "large": N_("10: large steps are quick"),
        }
    ),
    runs={
        "small": setup(0.0001, N_("learning rate 0.0001")),
        "middle": setup(0.01, N_("learning rate 0.01")),
        "large": setup(10.0, N_("learning rate 10")),
    },
    outcome=outcome,
    panels=("loss", "prediction"),
    task=Task(
        setup(1.0, N_("learning rate 1")),
        ("training.learning_rate", "training.clip"),
        0.023,
        {"training.learning_rate": 0.01},
    ),
)
