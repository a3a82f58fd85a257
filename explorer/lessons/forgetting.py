"""Through a plain net the error is multiplied at every step, and so it fades."""

from collections.abc import Mapping

from explorer.errors import N_
from explorer.lessons.base import Lesson, Look, Number, Outcome, Record, Setup, Task

BACK = 20
"""Steps between the loss and where it is asked for."""

FADED = 0.01
UNTRAINED = {"training.steps": 50}


def share(record: Record) -> float:
    """Of the gradient's norm at the last step: what is left `BACK` steps earlier."""
    norms = record.views["gradients"].arrays["norms"][0]  # (T,)
    return float(norms[-1 - BACK] / norms[-1])


def outcome(runs: Mapping[str, Record]) -> Outcome:
    """What is left after twenty steps back, in all and for each step."""
    plain, gated = share(runs["rnn"]), share(runs["lstm"])
    figures = {
        N_("RNN: left after 20 steps back"): plain,
        N_("LSTM, forget bias 2: left after 20 steps back"): gated,
        N_("RNN: factor for each step"): plain ** (1 / BACK),
        N_("LSTM: factor for each step"): gated ** (1 / BACK),
    }
    return Outcome(plain, figures, plain < FADED and gated > 3 * plain)


LESSON = Lesson(
    name="forgetting",
    order=6,
    title=N_("Why plain nets forget"),
    question=N_(
        "The loss is at the last step of a plain RNN that has hardly been trained. "
        "Which share of its gradient is left twenty time steps earlier?"
    ),
    guess=Number(1e-8, 10.0, "", "log", within=0.15),
    runs={
        "rnn": Setup(N_("plain RNN"), "adding", "rnn", UNTRAINED),
        "lstm": Setup(
            N_("LSTM, forget bias 2"),
            "adding",
            "lstm",
            {**UNTRAINED, "model.forget_bias": 2.0},
        ),
    },
    outcome=outcome,
    panels=("backpropagation", "loss"),
    task=Task(
        Setup(
            N_("RNN on the adding problem"), "adding", "rnn", {"training.steps": 600}
        ),
        ("data.window", "training.learning_rate"),
        0.05,
        {"data.window": 10, "training.learning_rate": 0.01},
    ),
    views={"gradients": Look("gradients")},
)
