r"""A wave with what does not belong in it, and where that is.

    x_t = sin(2 pi t / P) + e_t,    e_t ~ N(0, noise^2)

A spike adds `size` noises to one value, up or down. A level shift adds as much to all
values of a stretch. A changed rhythm runs two waves in the time of one. Each stands at
a random place of a stretch of its own, so that none touches another. A spike is hidden
within the swing of the wave: who looks at single values does not see it, who foresees
the next one does.
"""

from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Floats, Odd, Scaler, Series
from explorer.data.baselines import seasonal_baseline, series_baselines
from explorer.data.fields import validation_field, window_field
from explorer.data.spec import DataSpec
from explorer.data.windows import MAX_VALIDATION_WINDOWS, split_point, windows
from explorer.errors import N_

KINDS = ("spike", "shift", "rhythm")
NAMES = (N_("spikes"), N_("level shifts"), N_("changed rhythms"))
SHIFTED = 15
"""Steps that a shifted level holds."""


class AnomaliesSettings(Settings):
    """What does not belong, how often, and how clearly."""

    kind: Literal["all", "spike", "shift", "rhythm"] = setting(
        "all",
        N_("What is put into the wave that does not belong there."),
        title=N_("Anomalies"),
        choices={"all": N_("all kinds"), **dict(zip(KINDS, NAMES, strict=True))},
    )
    rate: int = setting(
        6,
        N_("How many anomalies there are in a thousand steps."),
        title=N_("Anomalies per 1000 steps"),
        ge=2,
        le=20,
    )
    size: float = setting(
        8.0,
        N_(
            "How far a spike or a shifted level is off, in standard deviations of the "
            "noise: the smaller, the harder to tell from noise."
        ),
        title=N_("Size"),
        ge=1.0,
        le=20.0,
        step=0.5,
    )
    period: float = setting(
        20.0,
        N_("Steps from one crest to the next."),
        title=N_("Period"),
        ge=4.0,
        le=24.0,
        step=1.0,
        unit=N_("steps"),
        more=True,
    )
    noise: float = setting(
        0.1,
        N_("Standard deviation of what is added to each value and cannot be foreseen."),
        title=N_("Noise"),
        ge=0.01,
        le=1.0,
        step=0.01,
        more=True,
    )
    length: int = setting(
        6000,
        N_("How many values there are to learn from and to be judged by."),
        title=N_("Length"),
        ge=500,
        le=20000,
        step=100,
        unit=N_("steps"),
        more=True,
    )
    window: int = window_field(48)
    validation_share: float = validation_field()


class Injected(NamedTuple):
    """What is put in, and where."""

    turns: Floats  # (n,) waves that have passed
    added: Floats  # (n,) in standard deviations of the noise, up to a factor `size`
    kinds: NDArray[
        np.int64
    ]  # (n,) 0 where a place belongs, else 1 + its place in `KINDS`


def injected(settings: AnomaliesSettings, rng: np.random.Generator) -> Injected:
    """One anomaly in each of equal stretches, its kind drawn, or as it is chosen."""
    n, period = settings.length, settings.period
    count = max(1, round(n * settings.rate / 1000))
    speed, added, kinds = np.ones(n), np.zeros(n), np.zeros(n, np.int64)
    lengths = {"spike": 1, "shift": SHIFTED, "rhythm": round(period)}
    edges = np.linspace(0, n, count + 1).astype(int)
    for low, high in pairwise(edges):
        drawn = KINDS[rng.integers(len(KINDS))]
        kind = drawn if settings.kind == "all" else settings.kind
        # one place stays free at either end
        length = min(lengths[kind], high - low - 2)
        begin = int(rng.integers(low + 1, high - length))
        here = slice(begin, begin + length)
        sign = 1.0 if rng.random() < 0.5 else -1.0
        if kind == "rhythm":
            speed[here] = 2.0
        else:
            added[here] = sign
        kinds[here] = 1 + KINDS.index(kind)
    turns = np.concatenate([[0.0], np.cumsum(speed[:-1])]) / period
    return Injected(turns, added, kinds)


def make(settings: AnomaliesSettings, seed: int) -> Data:
    """The wave, its noise, and what does not belong, in both parts alike.

    Raises:
        ExplorerError: if the series is too short for the window.
    """
    n, steps = settings.length, settings.window
    split = split_point(n, settings.validation_share, steps)
    counted_from = steps // 2
    rng = np.random.default_rng(seed)
    phase, noise = rng.random(), rng.normal(0, settings.noise, n)
    put = injected(settings, rng)
    wave = np.sin(2 * np.pi * (put.turns + phase))
    values = wave + noise + settings.size * settings.noise * put.added  # (n,)
    scaler = Scaler.fit(values[:split])
    scaled = scaler.apply(values)
    validation = windows(scaled[split:, None], steps, MAX_VALIDATION_WINDOWS)
    return Data(
        task="forecast",
        train=windows(scaled[:split, None], steps),
        validation=validation,
        baselines=series_baselines(validation, counted_from)
        | seasonal_baseline(scaled, split, steps, counted_from),
        counted_from=counted_from,
        series=Series(
            np.arange(n),
            values,
            scaled,
            split,
            N_("Time (steps)"),
            N_("Value (arbitrary units)"),
        ),
        scaler=scaler,
        odd=Odd(put.kinds, NAMES),
    )


SPEC = DataSpec(
    name="anomalies",
    title=N_("What does not belong"),
    summary=N_(
        "A noisy wave with spikes, shifted levels and changed rhythms in it. A model "
        "that foresees the next value is surprised by what does not belong; how many "
        "of them it finds, and how often it is wrong, shows on the page Look inside."
    ),
    settings=AnomaliesSettings,
    make=make,
    task="forecast",
    order=25,
    surprising=True,
)
