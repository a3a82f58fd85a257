"""What learns from examples without any update: regression inside a window."""

from collections.abc import Mapping

from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Outcome, Record, Setup, Task

LEAST_SQUARES = "least squares"
"""Among the simple guesses of this data."""


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """Who is nearest to the answers of new rules, told by examples alone."""
    gru, attention = runs["gru"], runs["transformer"]
    squares = attention.lines.baselines[LEAST_SQUARES]
    losses = {
        "squares": squares,
        "gru": gru.lowest,
        "transformer": attention.lowest,
    }
    answer = min(losses, key=losses.__getitem__)
    figures = {
        N_("Transformer, lowest"): attention.lowest,
        N_("GRU, lowest"): gru.lowest,
        N_("least squares"): squares,
        N_("ridge regression, the floor"): attention.floor,
    }
    near = attention.lowest < attention.floor + 0.5 * (squares - attention.floor)
    return Outcome(answer, figures, answer == "transformer" and near)


LESSON = Lesson(
    name="in_context",
    order=24,
    title=N_("In-context learning: no update, and yet it learns"),
    question=N_(
        "Every window has a rule of its own, three weights that nobody names, and "
        "shows twenty examples of it. Nets do not learn on these windows any more. Who "
        "foretells the answers best, over all twenty?"
    ),
    guess=Choose(
        {
            "squares": N_("least squares on the examples so far"),
            "gru": N_("the GRU"),
            "transformer": N_("the Transformer"),
        }
    ),
    runs={
        "gru": Setup("GRU", "in_context", "gru", {"training.steps": 1200}),
        "transformer": Setup(
            "Transformer",
            "in_context",
            "transformer",
            {
                "model.layers": 3,
                "model.heads": 4,
                "model.hidden_size": 64,
                "model.positions": "rotary",
                "model.queries": "normalised",
                "model.outputs": "zero",
                "training.optimizer": "muon",
                "training.learning_rate": 0.01,
                "training.schedule": "linear",
                "training.steps": 1200,
            },
        ),
    },
    outcome=outcome,
    panels=("loss", "prediction", "influence"),
    task=Task(
        Setup(
            N_("GRU of size 8"),
            "in_context",
            "gru",
            {"model.hidden_size": 8, "training.steps": 1000},
        ),
        ("model.hidden_size", "data.dimensions"),
        0.4,
        {"model.hidden_size": 64},
    ),
)
