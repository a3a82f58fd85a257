"""Division where there may be nothing to divide by."""

import math

NOTHING = 1e-12
"""Beside a square of the size at hand, a square below this share of it is rounding."""


def ratio(part: float, whole: float, size: float = 1.0) -> float:
    """part / whole; NaN, for undefined, where whole is nothing beside `size`.

    >>> ratio(0.5, 2.0), ratio(0.5, 1e-20)
    (0.25, nan)
    """
    return part / whole if whole > NOTHING * size else math.nan
