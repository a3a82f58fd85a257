"""To find by content what was told: attention looks it up, a state must hold it all."""

from collections.abc import Mapping

from explorer.config.settings import Scalar
from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Outcome, Record, Setup, Task
from explorer.lessons.rules import BOTH, NONE, those_who_can

KNOWN = 0.9
"""Pairs are known where this share of the questions is answered rightly."""

UNKNOWN = 0.6

SIX: Mapping[str, Scalar] = {
    "data.pairs": 6,
    "data.key_kinds": 8,
    "data.value_kinds": 8,
    "model.hidden_size": 64,
    "training.steps": 1000,
}


def right(record: Record) -> float:
    """The share of the questions that is answered rightly at the end."""
    return record.validations[-1].measures["accuracy"]


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """Who answers rightly what was told."""
    gru, attention = runs["gru"], runs["transformer"]
    able = [name for name, run in runs.items() if right(run) > KNOWN]
    answer = those_who_can(able, runs)
    figures = {
        N_("GRU: share of answers that are right"): right(gru),
        N_("Transformer: share of answers that are right"): right(attention),
    }
    return Outcome(answer, figures, answer == "transformer" and right(gru) < UNKNOWN)


LESSON = Lesson(
    name="recall",
    order=23,
    title=N_("Recall: to look up, or to keep all of it"),
    question=N_(
        "A window tells six pairs of a letter and a value, then names letters and asks "
        "which value stood behind each. Pairs change from window to window. After as "
        "many updates, at the same hidden size: who answers rightly?"
    ),
    guess=Choose(
        {
            "gru": N_("the GRU"),
            "transformer": N_("the Transformer"),
            BOTH: N_("both"),
            NONE: N_("neither"),
        }
    ),
    runs={
        "gru": Setup("GRU", "recall", "gru", SIX),
        "transformer": Setup(
            "Transformer",
            "recall",
            "transformer",
            {
                **SIX,
                "model.layers": 2,
                "model.heads": 1,
                "model.positions": "rotary",
                "training.learning_rate": 0.001,
                "training.schedule": "warmup",
            },
        ),
    },
    outcome=outcome,
    panels=("heads", "loss", "prediction"),
    task=Task(
        Setup(N_("GRU, six pairs"), "recall", "gru", SIX),
        ("data.pairs", "data.key_kinds", "model.hidden_size"),
        0.9,
        {"data.pairs": 2, "data.key_kinds": 2},
        "accuracy",
    ),
)
