"""Gates that stand at their end whatever is read."""

from explorer.errors import N_
from explorer.lessons.base import Look, Record, Setup
from explorer.lessons.failures.base import Exhibit

NEARLY_ALL = 0.9


def saturated(record: Record) -> float:
    """The share of units and time steps at which the gate is beyond 10 or 90 %."""
    arrays = record.views["raster"].arrays
    return float((arrays["low"] + arrays["high"]).mean())


EXHIBIT = Exhibit(
    order=40,
    title=N_("Saturated gates"),
    text=N_(
        "This LSTM begins with a forget bias of 5, so that its forget gate stands at "
        "0.99, where the sigmoid is flat: its slope is 0.007 instead of 0.25. Whatever "
        "is read, the gate stays open, and the gradient that could close it is forty "
        "times too small. The memory only collects. A bias of 1 or 2 keeps a gate in "
        "the part where it can move."
    ),
    run=Setup(
        N_("LSTM, forget bias 5"),
        "sine",
        "lstm",
        {"model.forget_bias": 5.0, "training.steps": 150},
    ),
    panel="raster",
    page="inside",
    asks=N_("Which units do the same?"),
    measured=N_("share of units and time steps at which the gate is saturated"),
    figure=saturated,
    fails=lambda share: share > NEARLY_ALL,
    views={"raster": Look("raster", {"capture": "layer_0.forget_gate"})},
)
