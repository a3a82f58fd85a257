"""A GRU and an LSTM with as many numbers to learn: who adds sooner?"""

from collections.abc import Mapping

from explorer.catalog.building import parameter_count
from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Outcome, Record, Setup, Task
from explorer.lessons.rules import lowest_of

CLEARLY = 0.8
"""Who is lower by more than this ratio is clearly lower."""

EQUAL = 0.02
"""Share by which the numbers of parameters may differ."""

SHORT = {"training.steps": 600}


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """Who is clearly lower after the same number of updates."""
    lstm, gru = runs["lstm"], runs["gru"]
    counts = [parameter_count(run.config) for run in (lstm, gru)]
    first = lowest_of(runs)
    low, high = sorted(run.lowest for run in runs.values())
    answer = first if low < CLEARLY * high else "alike"
    figures = {
        N_("GRU, lowest"): gru.lowest,
        N_("LSTM, lowest"): lstm.lowest,
        N_("always answering 1"): gru.lines.baselines["always 1"],
    }
    alike = abs(counts[0] - counts[1]) < EQUAL * counts[0]
    return Outcome(answer, figures, answer == "gru" and alike)


LESSON = Lesson(
    name="equal_size",
    order=9,
    title=N_("GRU or LSTM, at equal parameters"),
    question=N_(
        "Two marked numbers are to be added, up to fifty steps apart. With about "
        "4,600 parameters each and 600 updates, who gets clearly lower?"
    ),
    guess=Choose(
        {
            "gru": N_("the GRU, with 37 units"),
            "lstm": N_("the LSTM, with 32 units"),
            "alike": N_("they are about alike"),
        }
    ),
    runs={
        "gru": Setup(
            N_("GRU, 37 units"), "adding", "gru", {**SHORT, "model.hidden_size": 37}
        ),
        "lstm": Setup(N_("LSTM, 32 units"), "adding", "lstm", SHORT),
    },
    outcome=outcome,
    panels=("loss", "backpropagation"),
    task=Task(
        Setup(N_("LSTM on the adding problem"), "adding", "lstm", SHORT),
        ("model.forget_bias", "training.learning_rate", "training.steps"),
        0.02,
        {"model.forget_bias": 3.0, "training.learning_rate": 0.02},
    ),
)
