"""Random digits have no rule: what a large net learns of them it learns by heart."""

from collections.abc import Mapping

from explorer.config.settings import Scalar
from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Outcome, Record, Setup, Task

RISEN = 1.2
"""A held-out loss this many times its lowest has risen again."""

BY_HEART = 0.5
"""A training loss below this share of ln 10 is memory: digits cannot be foreseen."""

LARGE: Mapping[str, Scalar] = {
    "model.hidden_size": 128,
    "training.learning_rate": 0.01,
    "training.schedule": "constant",
}


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """What becomes of the loss on digits that the net was not shown."""
    run = runs["lstm"]
    if run.last > RISEN * run.lowest:
        answer = "rises"
    else:
        answer = "falls" if run.last < BY_HEART * run.floor else "stays"
    figures = {
        N_("held-out loss at the end"): run.last,
        N_("lowest held-out loss"): run.lowest,
        N_("training loss at the end"): run.training,
        N_("the floor: ln 10"): run.floor,
    }
    by_heart = run.training < BY_HEART * run.floor
    return Outcome(answer, figures, answer == "rises" and by_heart)


LESSON = Lesson(
    name="overfitting",
    order=12,
    title=N_("Overfitting: digits learnt by heart"),
    question=N_(
        "An LSTM of 128 units reads 1,200 random digits again and again, and its "
        "training loss falls. What does the loss on new digits do?"
    ),
    guess=Choose(
        {
            "falls": N_("it falls as well"),
            "stays": N_("it stays where it was"),
            "rises": N_("it rises"),
        }
    ),
    runs={
        "lstm": Setup(
            N_("LSTM, 128 units"), "digits", "lstm", {**LARGE, "training.steps": 300}
        )
    },
    outcome=outcome,
    panels=("loss", "prediction"),
    task=Task(
        Setup(
            N_("LSTM on fables"),
            "fables",
            "lstm",
            {
                "training.examples": 40,
                "training.steps": 400,
                "training.learning_rate": 0.01,
            },
        ),
        ("training.examples", "model.dropout", "training.patience"),
        2.1,
        {"training.examples": 0},
    ),
)
