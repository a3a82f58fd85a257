"""Attention without positions sees which steps there are, and not in which order."""

from collections.abc import Mapping

from explorer.config.settings import Scalar
from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Look, Outcome, Record, Setup, Task

APART = 0.8
"""Shapes are told apart where this share of their windows is named rightly."""


def alike(record: Record) -> float:
    """The share of all bells and funnels that is named rightly."""
    table = record.views["prediction"].arrays["confusion"]  # (C, C), truth by said
    return float(table[1:, 1:].trace() / table[1:].sum())


def cylinder_or_not(record: Record) -> float:
    """The share of windows of which is said rightly whether they are a cylinder."""
    table = record.views["prediction"].arrays["confusion"]
    return float((table[0, 0] + table[1:, 1:].sum()) / table.sum())


def told_apart(record: Record) -> str:
    """Which shapes a run tells apart."""
    if cylinder_or_not(record) < APART:
        return "none"
    return "all" if alike(record) >= APART else "cylinder"


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """Which shapes are told apart where steps have no positions."""
    bag, ordered = runs["bag"], runs["ordered"]
    figures = {
        N_("without positions: bells and funnels, share right"): alike(bag),
        N_("without positions: cylinder or not, share right"): cylinder_or_not(bag),
        N_("with positions: bells and funnels, share right"): alike(ordered),
        N_("with positions: cylinder or not, share right"): cylinder_or_not(ordered),
    }
    answer = told_apart(bag)
    return Outcome(
        answer, figures, answer == "cylinder" and told_apart(ordered) == "all"
    )


def setup(positions: str, label: str) -> Setup:
    """A Transformer on short series of three shapes."""
    settings: dict[str, Scalar] = {
        "training.steps": 400,
        "training.schedule": "warmup",
        "model.positions": positions,
    }
    return Setup(label, "shapes", "transformer", settings)


LESSON = Lesson(
    name="bag",
    order=14,
    title=N_("Without positions a Transformer sees a bag"),
    question=N_(
        "A bell rises and drops, a funnel jumps up and falls, a cylinder stays high. "
        "Which shapes does a Transformer tell apart that is not told the positions of "
        "the time steps?"
    ),
    guess=Choose(
        {
            "all": N_("all three"),
            "cylinder": N_("the cylinder from the others, but not bell from funnel"),
            "none": N_("not even the cylinder"),
        }
    ),
    runs={
        "bag": setup("none", N_("without positions")),
        "ordered": setup("learned", N_("learned positions")),
    },
    outcome=outcome,
    panels=("loss", "prediction", "heads"),
    task=Task(
        setup("none", N_("without positions")),
        ("model.positions", "model.layers", "training.steps"),
        0.3,
        {"model.positions": "sinusoidal"},
    ),
    views={"prediction": Look("prediction")},
)
