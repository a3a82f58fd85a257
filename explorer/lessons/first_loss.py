"""Who knows nothing gives every character the same chance: the first loss is ln V."""

import math
from collections.abc import Mapping

from explorer.errors import N_
from explorer.lessons.base import Lesson, Number, Outcome, Record, Setup, Task

LEARNER = Setup(N_("GRU on fables"), "fables", "gru", {"training.steps": 150})
NEAR = 0.2
"""Nats by which fresh weights may miss ln V: they favour some characters a little."""


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """The loss before any update, beside the logarithm of the vocabulary."""
    run = runs["gru"]
    even = run.lines.baselines["uniform"]  # ln V
    figures = {
        N_("first loss"): run.first,
        N_("all characters alike: ln V"): even,
        N_("size of the vocabulary, V"): math.exp(even),
        N_("training loss after 150 steps"): run.training,
    }
    holds = abs(run.first - even) < NEAR and run.training < even - 1
    return Outcome(run.first, figures, holds)


LESSON = Lesson(
    name="first_loss",
    order=1,
    title=N_("What is a sequence model's first loss?"),
    question=N_(
        "The text has 56 different characters, and no weight has been updated yet. "
        "What is the loss, in nats per character?"
    ),
    guess=Number(0.0, 8.0, N_("nats"), within=0.04),
    runs={"gru": LEARNER},
    outcome=outcome,
    panels=("loss", "prediction"),
    task=Task(
        Setup(N_("GRU on fables"), "fables", "gru", {"training.steps": 100}),
        ("training.learning_rate", "training.steps"),
        2.0,
        {"training.steps": 400, "training.learning_rate": 0.01},
    ),
)
