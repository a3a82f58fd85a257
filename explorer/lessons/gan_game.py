"""The loss of a GAN says how the game stands, and not what is made in it."""

import math
from collections.abc import Mapping

from explorer.config.settings import Scalar
from explorer.errors import N_
from explorer.lessons.base import Lesson, Number, Outcome, Record, Setup, Task
from explorer.training.generating import COLLAPSED

EVEN: Mapping[str, Scalar] = {
    "training.steps": 300,
    "training.batch_size": 32,
    "training.learning_rate": 0.005,
}
"""A generator and a discriminator that take turns, at the same rate."""

AHEAD: Mapping[str, Scalar] = {
    **EVEN,
    "training.learning_rate": 0.02,
    "model.generator_steps": 5,
    "model.discriminator_pace": 0.05,
}
"""A generator far ahead of its discriminator."""

NEAR = 0.1
"""So near to ln 2, in nats, a generator has a judge that can only guess."""


def diversity(run: Record) -> float:
    """How far two generated windows lie apart at the end, as a multiple of two real
    ones."""
    return run.validations[-1].measures["diversity"]


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """How much the windows of the generator differ that is far ahead."""
    ahead, even = runs["ahead"], runs["even"]
    figures = {
        N_("far ahead: how much its windows differ"): diversity(ahead),
        N_("in turns: how much its windows differ"): diversity(even),
        N_("far ahead: the generator's loss"): ahead.last,
        N_("in turns: the generator's loss"): even.last,
        N_("where the other can only guess: ln 2"): math.log(2),
    }
    at_rest = abs(ahead.last - math.log(2)) < NEAR
    collapsed = diversity(ahead) < COLLAPSED <= diversity(even)
    return Outcome(diversity(ahead), figures, at_rest and collapsed)


LESSON = Lesson(
    name="gan_game",
    order=19,
    title=N_("A GAN's game and how it collapses"),
    question=N_(
        "A generator learns five times for each time that its judge learns, and the "
        "judge learns slowly. In the end the judge can only guess. How much do two "
        "windows that it makes differ, where two real ones differ by 1?"
    ),
    guess=Number(0.0, 1.5, "", within=0.2),
    runs={
        "ahead": Setup(N_("generator far ahead"), "sine", "gan", AHEAD),
        "even": Setup(N_("in turns, at one rate"), "sine", "gan", EVEN),
    },
    outcome=outcome,
    panels=("windows", "loss", "verdicts"),
    task=Task(
        Setup(N_("generator far ahead"), "sine", "gan", AHEAD),
        (
            "model.generator_steps",
            "model.discriminator_pace",
            "training.learning_rate",
        ),
        0.6,
        {
            "model.generator_steps": 1,
            "model.discriminator_pace": 1.0,
            "training.learning_rate": 0.005,
        },
        measure="diversity",
    ),
)
