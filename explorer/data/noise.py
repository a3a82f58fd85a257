"""Noise whose size on the validation part is exactly what the settings say.

A floor is an expected loss. On a few hundred held-out values the noise that was really
drawn is easily 7 % larger or smaller, which would lift or sink every model against the
line it is measured by. So the held-out noise is moment-matched: scaled, as a whole, to
its stated variance. A predictor that knows everything but the noise then scores the
floor itself, and the distance to the line is the model's own.
"""

import numpy as np

from explorer.data.base import Floats, Ints
from explorer.data.windows import MAX_VALIDATION_WINDOWS, windows


def counted_places(length: int, split: int, steps: int, counted_from: int) -> Ints:
    """Places of the sequence that the validation loss counts, once per count.

    Returns:
        (N, T - counted_from): the target places of the validation windows.
    """
    held_out = np.arange(split, length)
    targets = windows(held_out, steps, MAX_VALIDATION_WINDOWS).y  # (N, T)
    return targets[:, counted_from:]


def matched(noise: Floats, variance: Floats, split: int, places: Ints) -> Floats:
    """The noise, scaled from `split` on to its stated mean variance over `places`.

    Args:
        noise: (n,) as it was drawn.
        variance: (n,) the variance each value was drawn with.
        split: first place of the validation part; what lies before is left alone.
        places: as `counted_places` gives them.
    """
    drawn = float(np.mean(noise[places] ** 2))
    stated = float(np.mean(variance[places]))
    if drawn == 0:
        return noise
    scaled = noise[split:] * np.sqrt(stated / drawn)
    return np.concatenate([noise[:split], scaled])
