"""Many waves at once: what a model is pretrained on before it meets its own series.

Each series is a noisy wave of its own form and period, standardised by itself, as in
`explorer.data.sine`; windows of all of them are learned together. A model that has seen
many waves knows what waves have in common, and needs few examples of a new one.
"""

import numpy as np

from explorer.config.settings import Settings, setting
from explorer.data import sine
from explorer.data.base import Data
from explorer.data.baselines import series_baselines
from explorer.data.fields import window_field
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows
from explorer.errors import N_

SHORTEST, LONGEST = 8.0, 60.0
"""Periods are drawn between these, in steps, evenly on a logarithmic scale."""

LENGTH = 600
"""Values of each series, if that is at least this many windows."""
LEAST_WINDOWS = 6


class MixtureSettings(Settings):
    """How many waves, and how noisy."""

    series: int = setting(
        24,
        N_("How many different waves there are to learn from."),
        title=N_("Series"),
        ge=2,
        le=64,
    )
    noise: float = setting(
        0.1,
        N_(
            "Standard deviation of what is added to each value and cannot be foreseen, "
            "where each wave's amplitude is 1."
        ),
        title=N_("Noise"),
        ge=0.0,
        le=2.0,
        step=0.05,
    )
    window: int = window_field(64)


def make(settings: MixtureSettings, seed: int) -> Data:
    """Waves of random form and period, each split in time by itself.

    Raises:
        ExplorerError: if a series is too short for the window.
    """
    rng = np.random.default_rng(seed)
    shapes = list(sine.SHAPES)
    periods = np.exp(rng.uniform(np.log(SHORTEST), np.log(LONGEST), settings.series))
    parts = [
        sine.make(
            sine.SineSettings.read(
                {
                    "shape": shapes[k % len(shapes)],
                    "period": float(period),
                    "noise": settings.noise,
                    "length": max(LENGTH, LEAST_WINDOWS * settings.window),
                    "window": settings.window,
                }
            ),
            int(rng.integers(2**31)),
        )
        for k, period in enumerate(periods)
    ]
    train = _joined([part.train for part in parts])
    each = max(1, MAX_VALIDATION_WINDOWS // settings.series)
    held = [_evenly(part.validation, each) for part in parts]
    validation = _joined(held)
    counted_from = parts[0].counted_from
    return Data(
        task="forecast",
        train=train,
        validation=validation,
        baselines=series_baselines(validation, counted_from),
        floor=float(np.mean([part.floor for part in parts])),
        floor_note=N_("the mean variance of the noise, in each series' own units"),
        counted_from=counted_from,
        streamed=False,
    )


def _evenly(windows: Windows, most: int) -> Windows:
    count = len(windows.x)
    rows = np.linspace(0, count - 1, min(most, count)).round().astype(int)
    return Windows(windows.x[rows], windows.y[rows])


def _joined(parts: list[Windows]) -> Windows:
    """All windows in one array, of which x and y are views."""
    whole = np.concatenate(
        [np.concatenate([p.x, p.y[:, -1:]], 1) for p in parts]
    )  # (N, T + 1, 1)
    return Windows(whole[:, :-1], whole[:, 1:])


SPEC = DataSpec(
    name="mixture",
    title=N_("Many waves"),
    summary=N_(
        "Waves of many forms and periods at once. A model that has learned them all "
        "knows what waves have in common, and needs few examples of a new one."
    ),
    settings=MixtureSettings,
    make=make,
    task="forecast",
    order=25,
)
