r"""A temperature like the weather's: known cycles, a wandering rest, and gaps.

    v_t = mean + A_y cos(2 pi (t/year - 1/2)) + A_d cos(2 pi (t/day - 5/8)) + a_t
    a_t = phi a_{t-1} + e_t,    e_t ~ N(0, q),    q = s^2 (1 - phi^2)

every three hours: the coldest time is the turn of the year, and 3 o'clock at night.
The weather a_t is an AR(1) process, as in the oldest climate models (Hasselmann, 1976,
https://doi.org/10.3402/tellusa.v28i6.11316). Some measurements are missing: a model is
given the last one that is not, and is told so; asked for is always the true next value.

Whoever knows the cycles, and saw a_{t-k} last, can foresee phi^k a_{t-k} and misses by
s^2 (1 - phi^{2k}) on average, k being 1 where nothing is missing. This is the variance
that a Kalman filter has at every step, for a state that is either seen exactly or not
at all.
"""

import numpy as np
from numpy.typing import NDArray

from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Floats, Ints, Scaler, Series
from explorer.data.baselines import seasonal_baseline, series_baselines
from explorer.data.fields import validation_field, window_field
from explorer.data.noise import counted_places
from explorer.data.spec import DataSpec
from explorer.data.windows import Windows, both_parts, split_point
from explorer.errors import N_

HOURS = 3  # from one measurement to the next
DAY = 24 // HOURS  # steps
YEAR = 365 * DAY  # steps
TURN = 2 * np.pi


class WeatherSettings(Settings):
    """How the temperature moves, and how often it is not measured."""

    missing: float = setting(
        0.1,
        N_("Share of the measurements that are missing."),
        title=N_("Missing values"),
        ge=0.0,
        le=0.5,
        step=0.05,
    )
    yearly: float = setting(
        10.0,
        N_("How much warmer summer is than the middle of the year, and winter colder."),
        title=N_("Yearly swing"),
        ge=0.0,
        le=30.0,
        step=1.0,
        unit=N_("°C"),
    )
    daily: float = setting(
        5.0,
        N_("How much warmer afternoons are than the day's middle, and nights colder."),
        title=N_("Daily swing"),
        ge=0.0,
        le=15.0,
        step=0.5,
        unit=N_("°C"),
    )
    weather: float = setting(
        3.0,
        N_("Standard deviation of the weather about these cycles."),
        title=N_("Weather"),
        ge=0.5,
        le=10.0,
        step=0.5,
        unit=N_("°C"),
    )
    persistence: float = setting(
        48.0,
        N_(
            "After so many hours a good third of a warm or cold spell is left, on "
            "average."
        ),
        title=N_("Persistence"),
        ge=3.0,
        le=240.0,
        step=3.0,
        unit=N_("hours"),
        more=True,
    )
    days: int = setting(
        730,
        N_("How many days are measured, eight times each."),
        title=N_("Length"),
        ge=60,
        le=2000,
        step=10,
        unit=N_("days"),
        more=True,
    )
    window: int = window_field(48)
    validation_share: float = validation_field()


def cycles(settings: WeatherSettings) -> Floats:
    """(n,) the year's and the day's part of the temperature, °C about its mean."""
    t = np.arange(settings.days * DAY)
    year = settings.yearly * np.cos(TURN * (t / YEAR - 1 / 2))
    day = settings.daily * np.cos(TURN * (t / DAY - 5 / 8))
    return np.asarray(year + day)


def wander(start: float, phi: float, pushes: Floats) -> Floats:
    """(n,) a_t = phi a_{t-1} + pushes_t, from a_{-1} = start."""
    a, found = start, np.empty(len(pushes))
    for t, push in enumerate(pushes):
        a = phi * a + push
        found[t] = a
    return found


def last_seen(missing: NDArray[np.bool_]) -> Ints:
    """(n,) the place of the newest measurement at or before each; the first is seen."""
    places = np.where(missing, 0, np.arange(len(missing)))
    return np.asarray(np.maximum.accumulate(places))


def spells(
    settings: WeatherSettings,
    seen: Ints,
    split: int,
    places: Ints,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """(n,) a_t, and (n,) the variance of each for somebody who saw a_{t-k} last.

    The pushes from `split` on are scaled, as a whole, so that such a one misses by that
    variance over the places that the validation loss counts.
    """
    n = len(seen)
    phi = float(np.exp(-HOURS / settings.persistence))
    power = settings.weather**2
    pushes = rng.normal(size=n) * np.sqrt(power * (1 - phi**2))
    pushes[0] = rng.normal() * settings.weather
    distance = np.arange(1, n) - seen[:-1]  # (n - 1,) of place t + 1 to what was seen
    variance = np.append(power, power * (1 - phi ** (2 * distance)))
    drawn = wander(0.0, phi, pushes)
    missed = np.append(drawn[0], drawn[1:] - phi**distance * drawn[seen[:-1]])
    pushes[split:] *= np.sqrt(
        variance[places].mean() / np.square(missed[places]).mean()
    )
    return wander(0.0, phi, pushes), variance


def make(settings: WeatherSettings, seed: int) -> Data:
    """Temperatures from the first of January on.

    The noise of the held-out part is scaled, as a whole, so that somebody who knows
    the cycles scores the floor itself (see `noise.py`).

    Raises:
        ExplorerError: if the series is too short for the window.
    """
    rng = np.random.default_rng(seed)
    n, steps = settings.days * DAY, settings.window
    split = split_point(n, settings.validation_share, steps)
    counted_from = steps // 2
    places = counted_places(n, split, steps, counted_from)
    gaps = rng.random(n) < settings.missing
    gaps[0] = False
    seen = last_seen(gaps)
    weather, variance = spells(settings, seen, split, places, rng)
    values = MEAN + cycles(settings) + weather
    scaler = Scaler.fit(values[:split])
    truth = scaler.apply(values)[:, None]  # (n, 1)
    given = np.stack([truth[seen, 0], gaps], 1).astype(np.float32)  # (n, 2)
    train, validation = both_parts(given, truth, split, steps)
    last = Windows(validation.x[..., :1], validation.y)
    return Data(
        task="forecast",
        train=train,
        validation=validation,
        baselines=series_baselines(last, counted_from)
        | seasonal_baseline(truth[:, 0], split, steps, counted_from),
        floor=float(variance[places].mean()) / scaler.scale**2,
        floor_note=FLOOR_NOTE,
        even_noise=not gaps.any() and settings.weather > 0,
        counted_from=counted_from,
        series=Series(
            np.arange(n) / DAY, values, given, split, N_("Time (days)"), LABEL
        ),
        channels=(N_("temperature"), N_("missing")),
        scaler=scaler,
        shifted=False,
    )


MEAN = 10.0
"""°C, over the years."""

LABEL = N_("Temperature (°C)")
FLOOR_NOTE = N_("the variance of the next value for somebody who knows the cycles")

SPEC = DataSpec(
    name="weather",
    title=N_("Weather (synthetic)"),
    summary=N_(
        "A temperature every three hours: year, day and changeable weather, with gaps. "
        "It teaches how to go on where measurements are missing."
    ),
    settings=WeatherSettings,
    make=make,
    task="forecast",
    order=22,
)
