"""What lies outside the receptive field of convolutions cannot be learned at all."""

from collections.abc import Mapping

from explorer.errors import N_
from explorer.lessons.base import Choose, Lesson, Outcome, Record, Setup, Task
from explorer.lessons.rules import BOTH, NONE, those_who_can

RECALLED = 0.9
"""Symbols are recalled where this share of them is named rightly."""

CHANCE = 0.2
"""Below this share they are guessed: of eight symbols one in eight is right."""


def recalled(record: Record) -> float:
    """The share of the ten symbols that is named rightly at the end."""
    return record.validations[-1].measures["recalled"]


def field(record: Record) -> float:
    """How many time steps an answer can see: 1 + (k - 1) (2^L - 1)."""
    model = record.config.model_settings
    kernel, layers = int(model["kernel"]), int(model["layers"])
    return float(1 + (kernel - 1) * (2**layers - 1))


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """With how many layers the symbols are recalled."""
    three, four = runs["three"], runs["four"]
    able = [name for name, run in runs.items() if recalled(run) > RECALLED]
    answer = those_who_can(able, runs)
    figures = {
        N_("three layers: share recalled"): recalled(three),
        N_("four layers: share recalled"): recalled(four),
        N_("three layers: steps that an answer sees"): field(three),
        N_("four layers: steps that an answer sees"): field(four),
    }
    return Outcome(answer, figures, answer == "four" and recalled(three) < CHANCE)


def setup(layers: int, label: str) -> Setup:
    """Dilated convolutions that are to say ten symbols again, twenty steps later."""
    return Setup(
        label, "copy_memory", "tcn", {"model.layers": layers, "training.steps": 600}
    )


LESSON = Lesson(
    name="receptive_field",
    order=21,
    title=N_("Convolutions see so far and no further"),
    question=N_(
        "Ten symbols are told, and each is asked for twenty steps later. Convolutions "
        "read three steps at once, in every layer twice as far apart as in the one "
        "below. How many layers do they need?"
    ),
    guess=Choose(
        {
            BOTH: N_("three are enough"),
            "four": N_("four"),
            NONE: N_("four are not enough either"),
        }
    ),
    runs={"three": setup(3, N_("three layers")), "four": setup(4, N_("four layers"))},
    outcome=outcome,
    panels=("receptive", "loss", "prediction"),
    task=Task(
        Setup(
            N_("four layers, forty blanks"),
            "copy_memory",
            "tcn",
            {"data.blanks": 40, "training.steps": 600},
        ),
        ("model.layers", "model.kernel"),
        0.9,
        {"model.layers": 5},
        "recalled",
    ),
)
