r"""Sound as an ear's filters hear it: how loud each band of a mel scale is, in time.

A frame is a stretch of samples under a Hann window w, its power the squared spectrum

    P(f) = |sum_t w_t x_t exp(-2 pi i f t / rate)|^2 / (sum_t w_t)^2

and a band is P under a triangle from the centre of the band below to that of the band
above. Centres lie evenly on the mel scale, m(f) = 2595 log10(1 + f / 700), on which
equal steps sound equally far apart (O'Shaughnessy, Speech Communication, 1987).
"""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from explorer.data.base import Floats

BANDS = 24
FRAME_SECONDS, HOP_SECONDS = 0.032, 0.016
LOWEST, HIGHEST = 60.0, 8000.0
"""Hertz: where the bands begin and end, if the rate reaches so far."""

SILENCE = -100.0
"""Decibels below a full swing: what is quieter counts as this."""

AT_ONCE = 256
"""Frames whose spectra are computed at one time."""


class Frames(NamedTuple):
    """How loud a sound is, frame by frame, in decibels of a constant full swing."""

    levels: NDArray[np.float64]  # (n,) of all bands together
    bands: NDArray[np.float64]  # (n, BANDS) from low to high
    centres: NDArray[np.float64]  # (BANDS,) Hz
    hop: float  # seconds from one frame to the next


def frames(samples: NDArray[np.float32], rate: int) -> Frames:
    """The whole frames of a sound (m,) between -1 and 1; m is at least one frame."""
    length, hop = (round(rate * s) for s in (FRAME_SECONDS, HOP_SECONDS))
    weights = np.hanning(length + 1)[:-1]
    bank = filters(rate, length)  # (BANDS, F)
    views = sliding_window_view(samples, length)[::hop]  # (n, length)
    power = np.empty((len(views), len(bank)))
    for first in range(0, len(views), AT_ONCE):
        spectra = np.fft.rfft(views[first : first + AT_ONCE] * weights, axis=1)
        power[first : first + AT_ONCE] = np.square(np.abs(spectra)) @ bank.T
    power /= weights.sum() ** 2
    every = np.concatenate([power.sum(1, keepdims=True), power], 1)
    decibels = 10 * np.log10(np.maximum(every, 10 ** (SILENCE / 10)))
    return Frames(decibels[:, 0], decibels[:, 1:], edges(rate)[1:-1], hop / rate)


def edges(rate: int) -> NDArray[np.float64]:
    """(BANDS + 2,) Hz: where the first band begins, every centre, where the last
    ends."""
    low, high = (mel(f) for f in (LOWEST, min(HIGHEST, rate / 2)))
    return np.asarray(700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1))


def mel(frequency: float) -> float:
    """Hertz as mel.

    >>> round(mel(1000.0), 2)
    999.99
    """
    return float(2595 * np.log10(1 + frequency / 700))


def filters(rate: int, length: int) -> Floats:
    """How much of each place of a spectrum (F,) each band takes (BANDS, F): a triangle
    of height 1, or the nearest place alone where none lies within."""
    places = np.fft.rfftfreq(length, 1 / rate)  # (F,)
    below, centre, above = (edges(rate)[k : k + BANDS, None] for k in range(3))
    rising = (places - below) / (centre - below)
    falling = (above - places) / (above - centre)
    bank = np.maximum(0.0, np.minimum(rising, falling))
    for band in np.flatnonzero(bank.sum(1) == 0):
        bank[band, np.abs(places - centre[band]).argmin()] = 1.0
    return np.asarray(bank)
