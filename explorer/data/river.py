r"""Gauges along a river: several series that are forecast together.

    a_1,t = u_1,t
    a_k,t = c a_(k-1),(t-d) + sqrt(1 - c^2) u_k,t        k = 2 .. K
    u_k,t = phi u_k,(t-1) + e_k,t,    e_k,t ~ N(0, 1 - phi^2)

v_k = mean + swing a_k is the level of gauge k, measured every hour. What comes from
above arrives d hours later; the rest, u_k, is the rain in between.

Each a_k alone is an AR(1) process of variance 1, whatever c is: from its own past
nobody foresees it better than phi a_k,(t-1), and misses by 1 - phi^2. Who reads the
gauge above as well knows what is on its way, and so u_k,(t-1), and misses by
(1 - c^2)(1 - phi^2) only. The gauges differ in nothing that one of them shows.

That a series helps to forecast another one is what Granger (1969) called causality,
https://doi.org/10.2307/1912791
"""

import numpy as np

from explorer.config.pace import Tuned
from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Floats, Ints, Joint, Scaler, Series
from explorer.data.baselines import series_baselines
from explorer.data.fields import validation_field, window_field
from explorer.data.noise import counted_places, matched
from explorer.data.spec import DataSpec, Together
from explorer.data.windows import MAX_VALIDATION_WINDOWS, Windows, split_point, windows
from explorer.errors import N_, ExplorerError

MEAN, SWING = 200.0, 40.0
"""cm, and the standard deviation of every gauge."""

NAMES = (
    N_("Gauge 1, upstream"),
    N_("Gauge 2"),
    N_("Gauge 3"),
    N_("Gauge 4"),
    N_("Gauge 5"),
    N_("Gauge 6"),
)

LABELS = (
    N_("Gauge 1, upstream (cm)"),
    N_("Gauge 2 (cm)"),
    N_("Gauge 3 (cm)"),
    N_("Gauge 4 (cm)"),
    N_("Gauge 5 (cm)"),
    N_("Gauge 6 (cm)"),
)


class RiverSettings(Settings):
    """How many gauges, and what one tells of the next."""

    gauges: int = setting(
        3,
        N_("How many series are forecast together, from the source downwards."),
        title=N_("Gauges"),
        ge=2,
        le=6,
    )
    delay: int = setting(
        4,
        N_("After so many hours the water of one gauge is at the next."),
        title=N_("Delay"),
        ge=1,
        le=24,
        unit=N_("hours"),
    )
    share: float = setting(
        0.9,
        N_(
            "How much of a gauge's ups and downs comes from the gauge above, c²: at 0 "
            "no gauge tells anything of another."
        ),
        title=N_("From above"),
        ge=0.0,
        le=0.98,
        step=0.02,
    )
    persistence: float = setting(
        12.0,
        N_("After so many hours a good third of a flood is left, on average."),
        title=N_("Persistence"),
        ge=1.0,
        le=96.0,
        step=1.0,
        unit=N_("hours"),
        more=True,
    )
    length: int = setting(
        3000,
        N_("How many hours are measured."),
        title=N_("Length"),
        ge=300,
        le=20000,
        step=100,
        unit=N_("hours"),
        more=True,
    )
    window: int = window_field(48)
    validation_share: float = validation_field()


def rain(
    settings: RiverSettings, split: int, places: Ints, rng: np.random.Generator
) -> Floats:
    """(n,) u_t of one gauge; its pushes have their stated variance over the places that
    the held-out loss counts (see `noise.py`)."""
    n, phi = settings.length, decay(settings)
    variance = np.full(n, 1 - phi**2)
    pushes = rng.normal(size=n) * np.sqrt(variance)
    first = rng.normal()
    pushes = matched(pushes, variance, split, places)
    found = np.empty(n)
    for t, push in enumerate(pushes):
        first = found[t] = phi * first + push
    return found


def decay(settings: RiverSettings) -> float:
    """phi."""
    return float(np.exp(-1 / settings.persistence))


def levels(
    settings: RiverSettings, split: int, places: Ints, rng: np.random.Generator
) -> Floats:
    """(n, K) a_k,t; what is on its way at the first hour came from nowhere."""
    c, d = np.sqrt(settings.share), settings.delay
    found = [rain(settings, split, places, rng)]
    for _gauge in range(1, settings.gauges):
        before = np.empty(settings.length)
        before[d:] = found[-1][:-d]
        before[:d] = found[-1][d:0:-1]  # as likely as what is read forwards
        own = np.sqrt(1 - c**2) * rain(settings, split, places, rng)
        found.append(c * before + own)
    return np.stack(found, 1)


def make(settings: RiverSettings, seed: int) -> Data:
    """Every gauge is given, and the next level of every gauge is asked for.

    Raises:
        ExplorerError: if the series is too short for the window, or the window for the
            delay.
    """
    n, steps = settings.length, settings.window
    counted_from = steps // 2
    _check_delay(settings, counted_from)
    split = split_point(n, settings.validation_share, steps)
    places = counted_places(n, split, steps, counted_from)
    drawn = levels(settings, split, places, np.random.default_rng(seed))
    values = MEAN + SWING * drawn  # (n, K)
    scalers = [Scaler.fit(v[:split]) for v in values.T]
    scaled = np.stack([s.apply(v) for s, v in zip(scalers, values.T, strict=True)], 1)
    validation = windows(scaled[split:], steps, MAX_VALIDATION_WINDOWS)
    called, shown = together(settings)
    sizes = np.array([SWING / s.scale for s in scalers])  # (K,)
    middle = np.array([float(s.apply(np.array(MEAN))) for s in scalers])
    unforeseen = np.full(settings.gauges, 1 - decay(settings) ** 2)
    unforeseen[1:] *= 1 - settings.share
    return Data(
        task="forecast",
        train=windows(scaled[:split], steps),
        validation=validation,
        baselines=series_baselines(validation, counted_from)
        | _one_each(validation, counted_from, middle, decay(settings)),
        floor=float(np.mean(unforeseen * sizes**2)),
        floor_note=FLOOR_NOTE,
        counted_from=counted_from,
        series=Series(
            np.arange(n) / HOURS,
            values[:, shown],
            scaled,
            split,
            N_("Time (days)"),
            LABELS[shown],
            number=shown,
            foretold=settings.gauges,
        ),
        together=tuple(
            Joint(v, label, scaler)
            for v, label, scaler in zip(values.T, LABELS, scalers, strict=False)
        ),
        channels=tuple(called),
        scaler=scalers[shown],
    )


def _check_delay(settings: RiverSettings, counted_from: int) -> None:
    """See that who is judged has seen what is on its way."""
    if counted_from < settings.delay:
        raise ExplorerError(
            N_(
                "A window must be at least twice the delay, so that what is on its way "
                "can be seen, but got a window of %(window)d and a delay of "
                "%(delay)d hours. Take a longer window or a shorter delay."
            ),
            window=settings.window,
            delay=settings.delay,
        )


def _one_each(
    validation: Windows, counted_from: int, middle: Floats, phi: float
) -> dict[str, float]:
    """Mean squared error of who knows how each gauge goes on by itself, and looks at no
    other: the next value is phi times as far from the middle (K,), as scaled."""
    x, y = (part[:, counted_from:] for part in validation)
    answered = middle + phi * (x - middle)
    return {N_("each gauge from its own past"): float(np.mean((y - answered) ** 2))}


def together(settings: RiverSettings) -> Together:
    """The gauges, from the source downwards; the others tell most of the last one."""
    return Together(NAMES[: settings.gauges], settings.gauges - 1)


HOURS = 24  # a day's
FLOOR_NOTE = N_("the variance of each hour's new rain")

SPEC = DataSpec(
    name="river",
    title=N_("River gauges (synthetic)"),
    summary=N_(
        "The levels of several gauges along a river, all forecast together. Each looks "
        "the same by itself, but the gauge above tells what is on its way."
    ),
    settings=RiverSettings,
    make=make,
    task="forecast",
    together=together,
    order=23,
    tuned={
        "lru": Tuned(0.0017, "warmup"),
        "lstm": Tuned(0.028, "warmup"),
        "selective": Tuned(0.0018, "linear"),
        "tcn": Tuned(0.00079, "cosine"),
        "transformer": Tuned(0.029, "warmup"),
    },
)
