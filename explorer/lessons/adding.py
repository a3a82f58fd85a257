"""Two numbers far apart are to be added: who forgets the first answers 1 for ever."""

from collections.abc import Mapping

from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Outcome, Record, Setup, Task
from explorer.lessons.rules import those_below

LEARNED = 0.5
"""A loss below this share of the answer 1's shows that something is remembered."""

SHORT = {"training.steps": 600}


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """Which net remembers the first number."""
    always_one = runs["gru"].lines.baselines["always 1"]
    answer = those_below(runs, LEARNED * always_one)
    figures = {
        N_("always answering 1"): always_one,
        N_("RNN, lowest"): runs["rnn"].lowest,
        N_("GRU, lowest"): runs["gru"].lowest,
    }
    return Outcome(answer, figures, answer == "gru")


LESSON = Lesson(
    name="adding",
    order=10,
    title=N_("The adding problem"),
    question=N_(
        "Two of fifty numbers between 0 and 1 are marked and to be added. Who always "
        "answers 1 has a loss of 1/6. Which net gets below half of that?"
    ),
    guess=Choose(
        {
            "rnn": N_("only the RNN"),
            "gru": N_("only the GRU"),
            "both": N_("both"),
            "none": N_("none of them"),
        }
    ),
    runs={
        "rnn": Setup(N_("RNN"), "adding", "rnn", SHORT),
        "gru": Setup(N_("GRU"), "adding", "gru", SHORT),
    },
    outcome=outcome,
    panels=("loss", "prediction", "backpropagation"),
    task=Task(
        Setup(N_("GRU"), "adding", "gru", {"training.steps": 150}),
        ("model.hidden_size", "training.learning_rate", "training.steps"),
        0.005,
        {"training.steps": 1500, "training.learning_rate": 0.01},
    ),
)
