"""How does a tune go? Its notes as a piano roll, before anything learns from it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.plots.parts import Figure, Translate, axis, layout
from explorer.plots.roll import bar_line, name, pitch_ticks, roll
from explorer.plots.theme import GREY

MOST_NOTES = 400
"""More would be too thin to be seen."""


class TuneDrawn(NamedTuple):
    """Exactly what the roll shows."""

    notes: NDArray[np.float32]  # (n, 4): start and length in beats, pitch, token
    bars: NDArray[np.float32]  # (m,) beats
    length: int  # notes of the whole tune
    beats: float  # of the whole tune


def extract(
    notes: Sequence[tuple[int, float, float, int]], bars: Sequence[float]
) -> TuneDrawn:
    """The first notes of a tune, and its bars up to their end.

    Args:
        notes: of each its token, start and length in beats, and pitch.
        bars: where each ends, in beats.
    """
    rows = np.array(notes, np.float32).reshape(-1, 4)[:, [1, 2, 3, 0]]
    ends = rows[:, 0] + rows[:, 1]
    shown, every = rows[:MOST_NOTES], np.array(bars, np.float32)
    kept = every[every <= ends[:MOST_NOTES].max(initial=0.0)]
    return TuneDrawn(shown, kept, len(rows), float(ends.max(initial=0.0)))


def figure(drawn: TuneDrawn, _: Translate = str) -> Figure:
    """Grey notes, for data has no model's colour; thin lines are the ends of bars."""
    x, y = axis(_("beats"), showgrid=False), axis(_("pitch"), showgrid=False)
    if len(drawn.notes):
        pitches = drawn.notes[:, 2]
        low, high = int(pitches.min()) - 1, int(pitches.max()) + 1
        x["range"] = [0, float((drawn.notes[:, 0] + drawn.notes[:, 1]).max())]
        y |= {"range": [low, high], **pitch_ticks(low, high)}
    trace = roll(drawn.notes, [GREY] * len(drawn.notes), "y", _)
    lines = [bar_line(float(at), "y") for at in drawn.bars]
    more = {"shapes": lines, "bargap": 0, "barmode": "overlay"}
    return {"data": [trace], "layout": layout(x, y, margin={"r": 12}, **more)}


def reading(drawn: TuneDrawn, _: Translate = str) -> str:
    """How long the tune is, how far it reaches, and how much of it is seen."""
    if not len(drawn.notes):
        return _("There are no notes.")
    message = _("%(count)s notes from %(low)s to %(high)s over %(beats)g beats.")
    if len(drawn.notes) < drawn.length:
        message = _(
            "%(count)s notes over %(beats)g beats; the first %(shown)s are drawn, from "
            "%(low)s to %(high)s."
        )
    return message % {
        "count": f"{drawn.length:,}",
        "shown": f"{len(drawn.notes):,}",
        "low": name(int(drawn.notes[:, 2].min())),
        "high": name(int(drawn.notes[:, 2].max())),
        "beats": drawn.beats,
    }


def alternative(drawn: TuneDrawn, _: Translate = str) -> str:
    """The roll in words, for those who do not see it."""
    return _("Piano roll of a tune: %(reading)s") % {"reading": reading(drawn, _)}
