"""Do generated windows have the values and the rhythm of real ones?"""

import numpy as np

from explorer.config.settings import Settings
from explorer.inspection.answers.generated import both, shown
from explorer.inspection.base import Subject, ViewSpec, by_rivalry
from explorer.runs.records import View, nullable
from explorer.training.generating import (
    autocorrelation,
    autocorrelation_distance,
    value_distance,
)

BINS = 40


class LikenessOptions(Settings):
    """Nothing to choose."""


def look(subject: Subject, options: LikenessOptions) -> View:
    """edges (41,) in the units of the data, which real windows alone decide; shares
    (2, 40) of the values between them, real and generated; autocorrelation (2, T/2+1).

    A generated value beyond the last edge is counted in the last bin.
    """
    real, fake = both(subject)
    values = [shown(subject.data, each) for each in (real, fake)]
    low, high = float(values[0].min()), float(values[0].max())
    room = 0.15 * (high - low) or 1.0
    edges = np.linspace(low - room, high + room, BINS + 1)
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


AXES = {
    "edges": ("edge",),
    "shares": ("real or generated", "bin"),
    "autocorrelation": ("real or generated", "lag"),
}

VIEW = ViewSpec("likeness", LikenessOptions, look, by_rivalry, axes=AXES)
