"""What does a sound look like? How loud each band is, in time."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.plots.parts import Figure, Translate, axis, layout
from explorer.plots.theme import ATTENTION

MOST_COLUMNS = 400
TICKS = 6
"""Bands whose centre is written."""


class SpectrogramDrawn(NamedTuple):
    """Exactly what the map shows."""

    levels: NDArray[np.float32]  # (bands, columns) dB, the loudest of each stretch
    centres: NDArray[np.float64]  # (bands,) Hz
    step: float  # seconds of a column
    seconds: float


def extract(
    bands: NDArray[np.float64], centres: NDArray[np.float64], hop: float
) -> SpectrogramDrawn:
    """The bands (n, B) of a sound in dB, several frames a column where there are many.

    Args:
        centres: (B,) of the bands, in Hz.
        hop: seconds from one frame to the next.
    """
    n = len(bands)
    each = max(1, -(-n // MOST_COLUMNS))
    starts = np.arange(0, n, each)
    levels = np.maximum.reduceat(bands, starts) if n else bands
    return SpectrogramDrawn(levels.T.astype(np.float32), centres, each * hop, n * hop)


def figure(drawn: SpectrogramDrawn, _: Translate = str) -> Figure:
    """Time to the right, pitch upwards in steps of the mel scale."""
    bands = len(drawn.centres)
    heat = {
        "type": "heatmap",
        "z": drawn.levels,
        "x0": drawn.step / 2,
        "dx": drawn.step,
        "y0": 1,
        "dy": 1,
        "coloraxis": ATTENTION,
        "hoverinfo": "skip",
    }
    named = np.linspace(1, bands, min(TICKS, bands)).round().astype(int)
    y = axis(
        _("Frequency (Hz)"),
        tickmode="array",
        tickvals=named.tolist(),
        ticktext=[f"{drawn.centres[k - 1]:.0f}" for k in named],
        showgrid=False,
    )
    x = axis(_("Time (s)"), nticks=6, showgrid=False)
    low, high = 0.0, 0.0
    if drawn.levels.size:
        low, high = float(drawn.levels.min()), float(drawn.levels.max())
    bar = {"title": {"text": _("dB")}, "thickness": 10, "nticks": 4}
    colours = {"cmin": low, "cmax": max(high, low + 1), "colorbar": bar}
    return {
        "data": [heat],
        "layout": layout(x, y, margin={"r": 12}, **{ATTENTION: colours}),
    }


def reading(drawn: SpectrogramDrawn, _: Translate = str) -> str:
    """How long it is, and which band is the loudest."""
    if not drawn.levels.size:
        return _("There is no sound.")
    message = _(
        "%(seconds).1f seconds; most of the time the band about %(centre).0f Hz is the "
        "loudest."
    )
    loudest = np.bincount(drawn.levels.argmax(0)).argmax()
    return message % {
        "seconds": drawn.seconds,
        "centre": float(drawn.centres[loudest]),
    }


def alternative(drawn: SpectrogramDrawn, _: Translate = str) -> str:
    """The map in words, for those who do not see it."""
    message = _("Map of how loud each band of a sound is, over time. %(reading)s")
    return message % {"reading": reading(drawn, _)}
