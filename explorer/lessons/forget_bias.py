"""The forget gate's bias says how long an untrained LSTM keeps its memory."""

from collections.abc import Mapping

import numpy as np

from explorer.errors import N_
from explorer.lessons.base import Lesson, Look, Number, Outcome, Record, Setup, Task

STEPS = 20
FACTOR = 2.0
"""How far, as a ratio, small random weights may move what the bias alone would keep."""


def kept(record: Record) -> float:
    """What the forget gate leaves of a memory after `STEPS` steps, on average."""
    gate = record.views["inside"].arrays["values"]  # (T, H)
    return float(np.exp(STEPS * np.log(gate).mean()))


def by_bias_alone(bias: float) -> float:
    """sigma(b)^20."""
    return float((1 / (1 + np.exp(-bias))) ** STEPS)


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """What is left of a memory with each of three biases."""
    zero, one, two = (kept(runs[name]) for name in ("zero", "one", "two"))
    figures = {
        N_("left with bias 1"): one,
        N_("left with bias 0"): zero,
        N_("left with bias 2"): two,
    }
    wanted = [by_bias_alone(bias) for bias in (0.0, 1.0, 2.0)]
    near = (
        1 / FACTOR < found / by_bias < FACTOR
        for found, by_bias in zip((zero, one, two), wanted, strict=True)
    )
    return Outcome(one, figures, all(near))


def setup(bias: float, label: str) -> Setup:
    """An LSTM of this forget bias that has hardly been trained."""
    settings = {"training.steps": 5, "model.forget_bias": bias}
    return Setup(label, "sine", "lstm", settings)


LESSON = Lesson(
    name="forget_bias",
    order=7,
    title=N_("The LSTM's memory and its forget bias"),
    question=N_(
        "An LSTM begins with a forget bias of 1, so that its forget gate stands at "
        "about 0.73. Which share of a memory is left after twenty time steps?"
    ),
    guess=Number(1e-7, 1.0, "", "log", within=0.07),
    runs={
        "zero": setup(0.0, N_("forget bias 0")),
        "one": setup(1.0, N_("forget bias 1")),
        "two": setup(2.0, N_("forget bias 2")),
    },
    outcome=outcome,
    panels=("inside", "backpropagation"),
    task=Task(
        Setup(
            N_("LSTM on the adding problem"),
            "adding",
            "lstm",
            {"training.steps": 600, "data.window": 30, "model.forget_bias": 0.0},
        ),
        ("model.forget_bias", "training.learning_rate"),
        0.02,
        {"model.forget_bias": 3.0, "training.learning_rate": 0.01},
    ),
    views={"inside": Look("inside", {"capture": "layer_0.forget_gate"})},
)
