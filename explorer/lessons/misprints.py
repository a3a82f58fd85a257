"""Five formulas as popular articles print them, each run beside the right one."""

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.config.settings import Scalar
from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Outcome, Record, Setup, Task
from explorer.lessons.gan_game import diversity
from explorer.training.generating import COLLAPSED

BETTER = 0.5
"""A loss below this share of the right formula's would be news."""

WORSE = 1.05

SHORT: Mapping[str, Scalar] = {"data.window": 32, "training.steps": 300}
SMALL: Mapping[str, Scalar] = {
    **SHORT,
    "training.batch_size": 16,
    "training.schedule": "warmup",
    "model.layers": 1,
    "model.hidden_size": 32,
}
RIVALS: Mapping[str, Scalar] = {**SHORT, "training.batch_size": 32}

PAIRS = {
    "candidate": "lstm",
    "product": "transformer",
    "heads": "transformer",
    "signs": "gan",
}
"""By misprint: the run of the right formula."""

TRUTH, ANSWERS = (3.0, 5.0, 2.0, 7.0, 4.0), (2.0, 5.0, 4.0, 7.0, 4.0)
"""A worked example whose mean squared error is printed as 1.2."""


def mean_squared_error(answers: Sequence[float], truth: Sequence[float]) -> float:
    """(1 / T) sum over t of (answer_t - truth_t)^2."""
    return float(np.mean(np.subtract(answers, truth) ** 2))


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """Which misprint shows a loss far below that of the right formula."""
    ratio = {
        name: runs[name].lowest / runs[right].lowest for name, right in PAIRS.items()
    }
    better = [name for name in ratio if ratio[name] < BETTER]
    answer = min(better, key=ratio.__getitem__) if better else "none"
    figures = {
        N_("signs mixed: loss / right loss"): ratio["signs"],
        N_("candidate through σ: loss / right loss"): ratio["candidate"],
        N_("attention times values: loss / right loss"): ratio["product"],
        N_("heads summed: loss / right loss"): ratio["heads"],
        N_("diversity with signs mixed (real windows: 1)"): diversity(runs["signs"]),
        N_("the error printed as 1.2"): mean_squared_error(ANSWERS, TRUTH),
    }
    worse = ratio["candidate"] > WORSE and ratio["product"] > WORSE
    collapsed = diversity(runs["signs"]) < COLLAPSED < diversity(runs["gan"])
    return Outcome(answer, figures, answer == "signs" and worse and collapsed)


LESSON = Lesson(
    name="misprints",
    order=8,
    title=N_("Spot the misprint: five formulas as popular articles print them"),
    question=N_(
        "Four nets are trained as printed here, beside the right ones. Which of them "
        "shows a loss of less than half the right one's?"
    ),
    guess=Choose(
        {
            "candidate": N_("the LSTM, its candidate through σ"),
            "product": N_("the Transformer, attention times values"),
            "heads": N_("the Transformer, its heads summed"),
            "signs": N_("the GAN, its signs mixed"),
            "none": N_("none: a misprint never helps"),
        }
    ),
    runs={
        "lstm": Setup(N_("LSTM"), "sine", "lstm", SHORT),
        "candidate": Setup(N_("candidate through σ"), "sine", "lstm_candidate", SHORT),
        "transformer": Setup(N_("Transformer"), "sine", "transformer", SMALL),
        "product": Setup(
            N_("attention times values"), "sine", "attention_product", SMALL
        ),
        "heads": Setup(N_("heads summed"), "sine", "heads_summed", SMALL),
        "gan": Setup(N_("GAN"), "sine", "gan", RIVALS),
        "signs": Setup(N_("signs mixed"), "sine", "gan_signs", RIVALS),
    },
    outcome=outcome,
    panels=("loss", "prediction", "heads"),
    task=Task(
        Setup(
            N_("LSTM, candidate through σ"),
            "sine",
            "lstm_candidate",
            {"training.steps": 150},
        ),
        ("training.steps", "model.hidden_size", "training.learning_rate"),
        0.024,
        {"training.steps": 600},
    ),
)
