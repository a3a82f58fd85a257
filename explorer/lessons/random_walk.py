"""The next move of a random walk is news: no net is better than the last price."""

from collections.abc import Mapping

from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Outcome, Record, Setup, Task
from explorer.lessons.rules import NONE, those_below

CLEARLY = 0.95
"""A loss below this share of the last price's is more than luck."""

SHORT = {"training.steps": 300}


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """Which net is clearly better than repeating the last price."""
    last = runs["rnn"].lines.baselines["repeat last"]
    answer = those_below(runs, CLEARLY * last)
    figures = {
        N_("repeating the last price"): last,
        N_("RNN, lowest"): runs["rnn"].lowest,
        N_("LSTM, lowest"): runs["lstm"].lowest,
        N_("RNN, training loss at the end"): runs["rnn"].training,
        N_("LSTM, training loss at the end"): runs["lstm"].training,
    }
    return Outcome(answer, figures, answer == NONE)


LESSON = Lesson(
    name="random_walk",
    order=4,
    title=N_("Nobody beats a random walk"),
    question=N_(
        "A price goes up or down by chance alone. Which net foresees its next value "
        "clearly better than who just repeats the last price?"
    ),
    guess=Choose(
        {
            "rnn": N_("the RNN"),
            "lstm": N_("the LSTM, with its memory"),
            "both": N_("both"),
            "none": N_("none of them"),
        }
    ),
    runs={
        "rnn": Setup(N_("RNN"), "stock", "rnn", SHORT),
        "lstm": Setup(N_("LSTM"), "stock", "lstm", SHORT),
    },
    outcome=outcome,
    panels=("loss", "prediction"),
    task=Task(
        Setup(N_("LSTM"), "stock", "lstm", SHORT),
        ("data.weekly", "training.steps"),
        0.7,
        {"data.weekly": 3.0},
    ),
)
