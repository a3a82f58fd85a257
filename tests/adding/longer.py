"""The smallest lesson: a run that trains longer gets lower."""

from collections.abc import Mapping

from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Outcome, Record, Setup, Task

SHORT, LONG = 5, 60


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """Which of the two got lower."""
    figures = {
        N_("short: lowest loss"): runs["short"].lowest,
        N_("long: lowest loss"): runs["long"].lowest,
    }
    answer = min(runs, key=lambda name: runs[name].lowest)
    return Outcome(answer, figures, answer == "long")


def setup(steps: int, label: str) -> Setup:
    """A plain recurrent network on a sine wave."""
    return Setup(label, "sine", "rnn", {"training.steps": steps})


LESSON = Lesson(
    name="longer",
    order=900,
    title=N_("Longer gets lower"),
    question=N_("Which of two runs gets lower, the short or the long one?"),
    guess=Choose({"short": N_("the short one"), "long": N_("the long one")}),
    runs={"short": setup(SHORT, N_("short")), "long": setup(LONG, N_("long"))},
    outcome=outcome,
    panels=("loss",),
    task=Task(
        setup(SHORT, N_("short")), ("training.steps",), 0.9, {"training.steps": LONG}
    ),
)
