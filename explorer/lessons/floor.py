"""Noise cannot be foreseen: its variance is the floor, and below it is luck alone."""

from collections.abc import Mapping

from explorer.errors import N_
from explorer.lessons.base import Lesson, Number, Outcome, Record, Setup, Task

ABOVE, BELOW = 1.25, 0.95
"""How near to the floor, as a ratio, the run of this lesson is to come."""


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """The lowest held-out loss, beside the noise's share of the variance."""
    run = runs["gru"]
    figures = {
        N_("lowest held-out loss"): run.lowest,
        N_("the floor: the noise's share"): run.floor,
        N_("always guessing the mean"): run.lines.baselines["mean"],
        N_("repeating the last value"): run.lines.baselines["repeat last"],
    }
    return Outcome(run.lowest, figures, BELOW < run.lowest / run.floor < ABOVE)


LESSON = Lesson(
    name="floor",
    order=3,
    title=N_("A sine and its floor: when to stop"),
    question=N_(
        "A wave of amplitude 1 carries noise with a standard deviation of 0.1; the "
        "data are scaled to variance 1. How low does the held-out loss get?"
    ),
    guess=Number(0.0001, 1.0, "", "log", within=0.06),
    runs={"gru": Setup(N_("GRU on a sine"), "sine", "gru", {"training.steps": 400})},
    outcome=outcome,
    panels=("loss", "prediction"),
    task=Task(
        Setup(
            N_("GRU on a sine"),
            "sine",
            "gru",
            {"training.steps": 200, "data.noise": 0.3},
        ),
        ("data.noise", "training.steps"),
        0.01,
        {"data.noise": 0.05, "training.steps": 600},
    ),
)
