"""Counting single characters and pairs costs nothing, and sets the bar for a net."""

from collections.abc import Mapping

from explorer.errors import N_
from explorer.lessons.base import Lesson, Number, Outcome, Record, Setup, Task
from explorer.lessons.rules import first_below


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """The step at which the net is better than a table of pairs."""
    run = runs["gru"]
    guesses = run.lines.baselines
    pairs, singles = guesses["bigram"], guesses["unigram"]
    step = first_below(run, pairs)
    figures = {
        N_("steps until below the pairs"): step,
        N_("steps until below single characters"): first_below(run, singles),
        N_("loss of single characters"): singles,
        N_("loss of pairs"): pairs,
        N_("lowest held-out loss of the GRU"): run.lowest,
    }
    ordered = run.lowest < pairs < singles < guesses["uniform"]
    return Outcome(step, figures, ordered and step > first_below(run, singles))


LESSON = Lesson(
    name="counting",
    order=2,
    title=N_("Counting first"),
    question=N_(
        "After how many updates does the GRU foresee the next character better than a "
        "table that has only counted which character follows which?"
    ),
    guess=Number(1, 1000, N_("updates"), "log", within=0.12),
    runs={
        "gru": Setup(N_("GRU on fables"), "fables", "gru", {"training.steps": 400}),
    },
    outcome=outcome,
    panels=("loss", "prediction"),
    task=Task(
        Setup(N_("GRU on fables"), "fables", "gru", {"training.steps": 100}),
        ("model.hidden_size", "training.learning_rate", "training.steps"),
        2.2,
        {"training.steps": 300, "training.learning_rate": 0.01},
    ),
)
