"""A gradient that fades on its way back through time."""

from explorer.errors import N_
from explorer.lessons.base import Look, Setup
from explorer.lessons.failures.base import Exhibit
from explorer.lessons.forgetting import FADED, share

EXHIBIT = Exhibit(
    order=10,
    title=N_("Vanishing gradients"),
    text=N_(
        "A plain RNN is to add two numbers that it read up to fifty steps apart, and "
        "never learns it. On its way back the error is multiplied at every step by the "
        "slope of tanh and by the recurrent matrix, so that after twenty steps next to "
        "nothing is left, and no weight hears of what came early. Gates, residual "
        "paths or attention let it through."
    ),
    run=Setup(N_("RNN"), "adding", "rnn", {"training.steps": 50}),
    panel="backpropagation",
    page="playground",
    asks=N_("How far back does the error reach?"),
    measured=N_("share of the gradient that is left after 20 steps back"),
    figure=share,
    fails=lambda left: left < FADED,
    views={"gradients": Look("gradients")},
)
