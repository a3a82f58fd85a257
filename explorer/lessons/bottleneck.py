"""A sentence squeezed into one vector loses its order; attention looks it up."""

from collections.abc import Mapping

from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Outcome, Record, Setup, Task

SOLVED, HOPELESS = 0.9, 0.2
"""Shares of sequences reversed without a mistake."""

SHORT = {
    "data.symbols": 10,
    "model.hidden_size": 32,
    "training.steps": 400,
}


def exact(record: Record) -> float:
    """The share of held-out sequences written without a mistake at the end."""
    return record.validations[-1].measures["exact_match"]


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """Who reverses sequences after the same number of updates."""
    looking, squeezed = exact(runs["attention"]), exact(runs["bottleneck"])
    able = {"attention": looking > SOLVED, "bottleneck": squeezed > SOLVED}
    names = [name for name, solved in able.items() if solved]
    answer = "both" if len(names) == 2 else (names or ["none"])[0]
    figures = {
        N_("with attention: share without a mistake"): looking,
        N_("through one vector: share without a mistake"): squeezed,
        N_("with attention: lowest loss"): runs["attention"].lowest,
        N_("through one vector: lowest loss"): runs["bottleneck"].lowest,
    }
    return Outcome(answer, figures, answer == "attention" and squeezed < HOPELESS)


LESSON = Lesson(
    name="bottleneck",
    order=15,
    title=N_("From bottleneck to attention"),
    question=N_(
        "An encoder reads 6 to 12 letters, a decoder is to write them backwards. After "
        "400 updates, who does so without a mistake nine times out of ten?"
    ),
    guess=Choose(
        {
            "bottleneck": N_("who is handed one vector of 32 numbers"),
            "attention": N_("who may look back at every letter"),
            "both": N_("both"),
            "none": N_("none of them"),
        }
    ),
    runs={
        "bottleneck": Setup(
            N_("one vector"), "reverse", "seq2seq", {**SHORT, "model.attention": "none"}
        ),
        "attention": Setup(
            N_("attention"),
            "reverse",
            "seq2seq",
            {**SHORT, "model.attention": "additive"},
        ),
    },
    outcome=outcome,
    panels=("loss", "prediction", "alignment"),
    task=Task(
        Setup(
            N_("one vector"),
            "reverse",
            "seq2seq",
            {
                **SHORT,
                "model.attention": "none",
                "data.longest": 8,
                "data.shortest": 4,
            },
        ),
        ("data.longest", "model.attention", "training.steps"),
        0.3,
        {"model.attention": "additive"},
    ),
)
