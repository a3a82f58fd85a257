"""Long after all examples are known by heart, the rule behind them is found."""

from collections.abc import Mapping

from explorer.config.settings import Scalar
from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Outcome, Record, Setup, Task
from explorer.lessons.rules import BOTH, NONE, those_who_can

RIGHT, TRAINED = "accuracy", "trained_accuracy"
"""The measures of held-out and of training sums."""

KNOWN = 0.95
"""Sums are known where this share of them is right."""

BY_CHANCE = 0.5


def first_known(record: Record, measure: str) -> float:
    """The first measured step at which sums are known; one past the last if never."""
    steps = (v.step for v in record.validations if v.measures[measure] >= KNOWN)
    return float(next(steps, record.config.training.steps + 1))


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """From which share of all sums the rule is found."""
    most, few = runs["most"], runs["few"]
    able = [
        name
        for name, run in runs.items()
        if run.validations[-1].measures[RIGHT] > KNOWN
    ]
    answer = those_who_can(able, runs)
    by_heart, found = (first_known(most, name) for name in (TRAINED, RIGHT))
    figures = {
        N_("60 % shown: held-out sums right"): most.validations[-1].measures[RIGHT],
        N_("30 % shown: held-out sums right"): few.validations[-1].measures[RIGHT],
        N_("60 %: steps until the training sums are known"): by_heart,
        N_("60 %: steps until the held-out sums are known"): found,
    }
    late = found > by_heart
    guessed = few.validations[-1].measures[RIGHT] < BY_CHANCE
    return Outcome(answer, figures, answer == "most" and late and guessed)


def setup(share: float, label: str) -> Setup:
    """A Transformer that is shown this share of all sums on a clock."""
    settings: dict[str, Scalar] = {
        "data.share": share,
        "training.optimizer": "muon",
        "training.learning_rate": 0.003,
        "training.schedule": "warmup",
        "training.steps": 1200,
    }
    return Setup(label, "modular", "transformer", settings)


LESSON = Lesson(
    name="grokking",
    order=25,
    title=N_("Grokking: by heart first, then the rule"),
    question=N_(
        "On a clock of 23 hours, 15 + 12 = 4. A Transformer is shown a part of all "
        "sums until it knows them by heart, and trained on. From which part does it "
        "find the sums that it was never shown?"
    ),
    guess=Choose(
        {
            "few": N_("from 30 % alone"),
            "most": N_("from 60 %, not from 30 %"),
            BOTH: N_("from both"),
            NONE: N_("from neither"),
        }
    ),
    runs={
        "few": setup(0.3, N_("30 % shown")),
        "most": setup(0.6, N_("60 % shown")),
    },
    outcome=outcome,
    panels=("fourier", "loss", "prediction"),
    task=Task(
        setup(0.3, N_("30 % shown")),
        ("data.share", "data.modulus"),
        0.95,
        {"data.share": 0.6},
        RIGHT,
    ),
)
