"""The numbers of a view, to be taken along."""

import csv
import io

import numpy as np

from explorer.runs.records import View
from explorer.ui.plain import harmless


def table(view: View) -> str:
    """Every number of a view as CSV: the array's name, its indices, the value."""
    out = io.StringIO()
    writer = csv.writer(out)
    deepest = max((a.ndim for a in view.arrays.values()), default=0)
    writer.writerow(["array", *(f"index_{k}" for k in range(deepest)), "value"])
    for name, values in view.arrays.items():
        for place in np.ndindex(values.shape):
            filled = [*place, *[""] * (deepest - len(place))]
            writer.writerow(harmless([name, *filled, values[place]]))
    return out.getvalue()
