"""Single places of a series of which something is known."""

import numpy as np

from explorer.data.base import Data, Ints, Odd, Series
from explorer.data.onward import known_values
from explorer.errors import N_


def marked(data: Data, series: Series) -> list[tuple[str, Ints]]:
    """What is known, and the places (k,): values that a model is not given, and of
    everything that does not belong its middle, by its kind."""
    shown = np.isfinite(np.asarray(series.values, np.float64))
    lacking = np.flatnonzero(shown & np.isnan(known_values(series)))
    return [(N_("missing"), lacking), *(_middles(data.odd) if data.odd else ())]


def _middles(odd: Odd) -> list[tuple[str, Ints]]:
    edges = np.flatnonzero(np.diff(odd.kinds, prepend=0, append=0))
    middles = (edges[:-1] + edges[1:] - 1) // 2  # of what does belong, too
    kinds = odd.kinds[middles]
    return [(name, middles[kinds == k]) for k, name in enumerate(odd.names, 1)]
