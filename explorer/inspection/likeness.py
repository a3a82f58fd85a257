"""Do generated windows have the values and the rhythm of real ones?"""

import numpy as np

from explorer.config.settings import Settings
from explorer.data.base import Floats
from explorer.inspection.answers.generated import both, shown
from explorer.inspection.base import Subject, ViewSpec, by_rivalry
from explorer.runs.records import View, nullable
from explorer.training.generating import (
    autocorrelation,
    autocorrelation_distance,
    value_distance,
)

BINS = 40
"""Of values that lie anywhere."""


class LikenessOptions(Settings):
    """Nothing to choose."""


def look(subject: Subject, options: LikenessOptions) -> View:
    """edges (B + 1,) in the units of the data, which real windows alone decide; shares
    (2, B) of the values between them, real and generated; autocorrelation (2, T/2+1).

    A generated value beyond the last edge is counted in the last bin.
    """
    real, fake = both(subject)
    values = [shown(subject.data, each) for each in (real, fake)]
    edges = edges_about(values[0])
    counts = [np.histogram(v.clip(edges[0], edges[-1]), edges)[0] for v in values]
    a, b = real.double().numpy(), fake.double().numpy()
    return View(
        "likeness",
        subject.step,
        {
            "edges": edges.astype(np.float32),
            "shares": np.stack([c / c.sum() for c in counts]).astype(np.float32),
            "autocorrelation": np.stack([autocorrelation(each) for each in (a, b)]),
        },
        {
            "value_distance": nullable(value_distance(a, b)),
            "autocorrelation_distance": nullable(autocorrelation_distance(a, b)),
        },
    )


def edges_about(real: Floats) -> Floats:
    """The edges of `BINS` bins, with room on either side; of a bin for each level where
    real values have a few levels, all equally far apart."""
    low, high = float(real.min()), float(real.max())
    room = 0.15 * (high - low) or 1.0
    steps = np.diff(np.unique(real))
    if len(steps) and np.allclose(steps, width := float(steps[0])):
        count = round((high - low) / width)
        if count < BINS:
            beyond = max(1, round(room / width))
            return np.asarray(
                low + width * (np.arange(-beyond, count + beyond + 2) - 0.5)
            )
    return np.linspace(low - room, high + room, BINS + 1)


AXES = {
    "edges": ("edge",),
    "shares": ("real or generated", "bin"),
    "autocorrelation": ("real or generated", "lag"),
}

VIEW = ViewSpec("likeness", LikenessOptions, look, by_rivalry, axes=AXES)
