"""Notes as a piano roll: beats to the right, pitch upwards."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.plots.parts import Translate
from explorer.plots.theme import GREY

PITCHES = ("c", "c♯", "d", "d♯", "e", "f", "f♯", "g", "g♯", "a", "b♭", "b")
THICK = 0.9
"""Of a note, in semitones."""


def name(midi: int) -> str:
    """A pitch as it is written, with its octave.

    >>> name(60), name(66)
    ('c4', 'f♯4')
    """
    return f"{PITCHES[midi % 12]}{midi // 12 - 1}"


def roll(
    notes: NDArray[np.float32], colours: Iterable[str], row: str, _: Translate
) -> dict[str, Any]:
    """The trace of some notes, a bar for each.

    Args:
        notes: (n, 4) start and length in beats, pitch, token.
        colours: of each note.
        row: the axis of the pitches.
    """
    words = _("%(pitch)s, %(beats)s beats")
    return {
        "type": "bar",
        "orientation": "h",
        "base": notes[:, 0],
        "x": notes[:, 1],
        "y": notes[:, 2],
        "yaxis": row,
        "width": THICK,
        "marker": {"color": list(colours), "line": {"width": 0}},
        "hovertext": [
            words % {"pitch": name(int(midi)), "beats": f"{beats:g}"}
            for _start, beats, midi, _token in notes
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def bar_line(at: float, row: str) -> dict[str, Any]:
    """The shape of the end of a bar."""
    return {
        "type": "line",
        "x0": float(at),
        "x1": float(at),
        "yref": f"{row} domain",
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "opacity": 0.5,
        "line": {"color": GREY, "width": 1},
    }


def pitch_ticks(low: int, high: int) -> dict[str, Any]:
    """The notes c and g of every octave."""
    places = [midi for midi in range(low, high + 1) if midi % 12 in (0, 7)]
    names = [name(midi) for midi in places]
    return {"tickmode": "array", "tickvals": places, "ticktext": names}
