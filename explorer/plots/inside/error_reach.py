r"""How far back the error reaches: the one rule by which a gradient is judged.

The strength at a distance is the root of the sum of squares of all gradients there,
sqrt(|dL/dh|^2 + |dL/dc|^2) over the layers; its share is that of the strength at the
loss. Only distances that were measured are judged.

grows    a share above `GROWN`: exploding
fades    the last distance above `REACHED` lies before the farthest: vanishing
holds    neither

A factor per step is told only of a curve that does not turn. Attention reads every
step directly: its shares say nothing of a product of steps, so that it neither
vanishes nor explodes.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.plots.parts import Translate, short
from explorer.plots.ratio import MOST_PERCENT, times
from explorer.plots.words import paragraph

REACHED = 0.01
"""The error counts as gone below this share of its strength at the loss."""

GROWN = 10.0
"""It counts as exploding above this one."""

TURN = 1.1
"""A curve turns where it goes against its own trend by more than this factor."""

Kind = Literal["none", "apart", "attention", "grows", "fades", "holds"]


class ErrorReach(NamedTuple):
    """What a curve of strengths by distance from the loss comes to."""

    kind: Kind
    end: int = 0  # the farthest distance that was measured
    at: int = 0  # the last above `REACHED`; of "grows" and "apart", the strongest
    share: float = 0.0  # at the end; of "grows", the greatest
    factor: float | None = None  # per step; None where the curve turns


def strength(*norms: NDArray[np.floating]) -> NDArray[np.float64]:
    """Norms (L, T) of several kinds -> (T,) of all together."""
    every = np.concatenate(norms).astype(np.float64)
    return np.asarray(np.sqrt(np.nansum(np.square(every), axis=0)))


def judged(strengths: NDArray[np.float64], attention: bool) -> ErrorReach:
    """The verdict on (T,) by distance; 0 where nothing was measured.

    Args:
        strengths: from the loss backwards.
        attention: whether steps read each other directly.
    """
    measured = np.flatnonzero(strengths)
    if not len(measured):
        return ErrorReach("none")
    end = int(measured[-1])
    if measured[0] > 0:
        return ErrorReach("apart", end, int(strengths.argmax()))
    shares = strengths[: end + 1] / strengths[0]
    reached = int(np.flatnonzero(shares >= REACHED)[-1])
    left = float(shares[-1])
    if attention:
        return ErrorReach("attention", end, reached, left)
    factor = _factor(shares)
    if shares.max() > GROWN:
        return ErrorReach(
            "grows", end, int(shares.argmax()), float(shares.max()), factor
        )
    return ErrorReach("fades" if reached < end else "holds", end, reached, left, factor)


def _factor(shares: NDArray[np.float64]) -> float | None:
    """The mean factor per step of shares (k + 1,), where they go one way."""
    end = len(shares) - 1
    if end == 0 or not shares.all():
        return None
    falls = (shares <= TURN * np.minimum.accumulate(shares)).all()
    rises = (TURN * shares >= np.maximum.accumulate(shares)).all()
    return float(shares[-1] ** (1 / end)) if falls or rises else None


def in_words(reach: ErrorReach, _: Translate) -> str:
    """The verdict as a sentence."""
    numbers = {
        "at": reach.at,
        "end": reach.end,
        "times": times(reach.share),
        "percent": short(100 * reach.share),
    }
    sentence = _message(reach, _) % numbers
    if reach.factor is None:
        return sentence
    factor = _("Each step back multiplies it by %(factor)s on average.")
    return paragraph(sentence, factor % {"factor": f"{reach.factor:.3f}"})


def _message(reach: ErrorReach, _: Translate) -> str:
    if reach.kind == "none":
        return _("There is no gradient to judge yet.")
    if reach.kind == "apart":
        return _(
            "The error reaches back into the source; it is strongest %(at)d steps "
            "before the end."
        )
    if reach.kind == "attention":
        return _(
            "Attention reads every step directly: the farthest that gets 1 %% of the "
            "error at the loss lies %(at)d steps back; %(end)d steps back it is "
            "%(percent)s %%."
        )
    if reach.kind == "grows":
        return _("The error grows %(times)s-fold, %(at)d steps back (exploding).")
    if reach.kind == "fades":
        return _(
            "The error reaches %(at)d steps back, then stays below 1 %% of its force "
            "(vanishing): %(percent)s %% is left after %(end)d steps."
        )
    if 100 * reach.share > MOST_PERCENT:
        return _("%(end)d steps back, the error has %(times)s times its force.")
    return _("%(end)d steps back, the error still has %(percent)s %% of its force.")
