"""Which die was rolled? Who reads both ways comes to the exact floor, and who reads
forwards alone to that of the past."""

from collections.abc import Mapping

from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Outcome, Record, Setup, Task
from explorer.lessons.rules import those_below

NEAR = 1.08
"""This near to a floor, as a ratio, somebody has reached it."""

SHORT = {"training.steps": 300}
NETS = ("lstm", "bidirectional")


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """Which net comes near the floor of who reads the whole window."""
    both_ways, past = runs["bidirectional"].floor, runs["lstm"].floor
    answer = those_below({name: runs[name] for name in NETS}, NEAR * both_ways)
    figures = {
        N_("floor, reading both ways"): both_ways,
        N_("LSTM both ways, lowest"): runs["bidirectional"].lowest,
        N_("HMM, lowest"): runs["hmm"].lowest,
        N_("LSTM forwards, lowest"): runs["lstm"].lowest,
        N_("floor, seeing the past alone"): past,
    }
    at_its_floor = runs["lstm"].lowest < NEAR * past
    return Outcome(answer, figures, answer == "bidirectional" and at_its_floor)


LESSON = Lesson(
    name="casino",
    order=17,
    title=N_("The casino and its exact floor"),
    question=N_(
        "A casino swaps a fair die for a loaded one now and then. Which net comes near "
        "the exact floor of whoever knows the casino and reads all rolls?"
    ),
    guess=Choose(
        {
            "lstm": N_("the LSTM that reads forwards"),
            "bidirectional": N_("the LSTM that reads both ways"),
            "both": N_("both"),
            "none": N_("none of them"),
        }
    ),
    runs={
        "lstm": Setup(N_("LSTM forwards"), "casino", "lstm", SHORT),
        "bidirectional": Setup(N_("LSTM both ways"), "casino", "bidirectional", SHORT),
        "hmm": Setup(
            N_("HMM, two states"),
            "casino",
            "hmm",
            {"training.steps": 200, "model.hidden_size": 2},
        ),
    },
    outcome=outcome,
    panels=("loss", "prediction"),
    task=Task(
        Setup(N_("LSTM forwards"), "casino", "lstm", SHORT),
        ("data.six", "training.steps"),
        0.4,
        {"data.six": 0.8},
    ),
)
