"""A score that is too good, since what it is judged by was learnt from."""

from explorer.errors import N_
from explorer.lessons.base import Setup
from explorer.lessons.failures.base import Exhibit
from explorer.lessons.leakage import CLEARLY, SHUFFLED, to_floor

EXHIBIT = Exhibit(
    order=55,
    title=N_("Leakage"),
    text=N_(
        "The changes of a random walk cannot be foreseen, yet this LSTM is far below "
        "the floor, on windows that it was never trained on. They were drawn by chance "
        "from windows that begin one day after another, so that all of their days also "
        "stand in windows that it knows by heart. On days that are really new it does "
        "worse than who repeats the last price. Hold out the end, in time, and fit "
        "everything, the scale too, on what comes before it."
    ),
    run=Setup(N_("LSTM, shuffled windows"), "stock", "lstm", SHUFFLED),
    panel="loss",
    page="playground",
    asks=N_("How low can the loss go?"),
    measured=N_("lowest held-out loss, as a multiple of the floor"),
    figure=to_floor,
    fails=lambda times: times < CLEARLY,
)
