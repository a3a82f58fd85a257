r"""A stock-like random walk, to learn what cannot be forecast.

The log price is a trend plus a gap:  log P_t = log P_0 + m t + gap_t,

    gap_t = (1 - k) gap_{t-1} + w_{t mod 5} + s_t z_t,    z_t ~ N(0, 1)

with daily drift m, mean reversion k, weekday effect w and volatility s_t, which
switches between a calm and a turbulent regime (a Markov chain, as in Hamilton, 1989,
https://doi.org/10.2307/1912559). With k = 0 and w = 0 the best forecast of tomorrow's
price is today's, but for a drift too small to see: nobody beats "repeat the last".
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.config.settings import Settings, setting
from explorer.data.base import Data, Floats, Restore, Scaler, Series, next_value
from explorer.data.baselines import seasonal_baseline, series_baselines
from explorer.data.fields import (
    HeldOut,
    ScaledBy,
    held_out_field,
    scaled_by_field,
    validation_field,
    window_field,
)
from explorer.data.noise import counted_places, matched
from explorer.data.parted import parted, scaled_part
from explorer.data.spec import DataSpec
from explorer.data.windows import Windows, split_point
from explorer.errors import N_

DAYS_A_YEAR = 252
FIRST_DAY = np.datetime64("2015-01-05")  # a Monday
START_PRICE = 100.0
TO_TURBULENT, TO_CALM = 1 / 60, 1 / 30  # chance per day to change the regime
WEEK = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])  # Monday to Friday


class StockSettings(Settings):
    """How the price moves and what is to be foretold."""

    target: Literal["log_return", "price"] = setting(
        "log_return",
        N_("What a model is given and asked for: each day's change, or the price."),
        title=N_("Target"),
        choices={"log_return": N_("log return"), "price": N_("price")},
    )
    drift: float = setting(
        7.0,
        N_("How much the price grows in a middling year."),
        title=N_("Drift"),
        ge=-50.0,
        le=50.0,
        step=1.0,
        unit=N_("% per year"),
    )
    volatility: float = setting(
        20.0,
        N_("How far the price strays from its trend within a year, on average."),
        title=N_("Volatility"),
        ge=1.0,
        le=100.0,
        step=1.0,
        unit=N_("% per year"),
    )
    turbulence: float = setting(
        3.0,
        N_(
            "How many times livelier the turbulent regime is than the calm one; "
            "1 means that there is one regime only."
        ),
        title=N_("Turbulence"),
        ge=1.0,
        le=6.0,
        step=0.5,
    )
    mean_reversion: float = setting(
        0.0,
        N_("Share of the gap to the trend that closes each day; 0: a random walk."),
        title=N_("Mean reversion"),
        ge=0.0,
        le=0.9,
        step=0.05,
    )
    weekly: float = setting(
        0.0,
        N_("How much better Fridays are, and Mondays worse, than a usual day."),
        title=N_("Weekday effect"),
        ge=0.0,
        le=3.0,
        step=0.1,
        unit=N_("% per day"),
    )
    length: int = setting(
        2500,
        N_("How many business days there are; 2500 are about ten years."),
        title=N_("Length"),
        ge=200,
        le=10000,
        step=100,
        unit=N_("days"),
        more=True,
    )
    window: int = window_field(32)
    validation_share: float = validation_field()
    held_out: HeldOut = held_out_field()
    scaled_by: ScaledBy = scaled_by_field()


def volatilities(settings: StockSettings, rng: np.random.Generator) -> Floats:
    """(n,) s_t of each day; its mean square is the set volatility's, per day."""
    turbulent = np.empty(settings.length, bool)
    share = TO_TURBULENT / (TO_TURBULENT + TO_CALM)  # of days, in the long run
    now = bool(rng.random() < share)
    for t, chance in enumerate(rng.random(settings.length)):
        now ^= chance < (TO_CALM if now else TO_TURBULENT)
        turbulent[t] = now
    times = settings.turbulence
    calm = 1 / np.sqrt(1 - share + share * times**2)
    daily = settings.volatility / 100 / np.sqrt(DAYS_A_YEAR)
    return np.asarray(daily * calm * np.where(turbulent, times, 1.0))


def gaps(settings: StockSettings, shocks: Floats) -> Floats:
    """(n,) gap_t between log price and trend; the first is 0."""
    pushes = settings.weekly / 100 * WEEK[np.arange(len(shocks)) % 5] + shocks
    gap = np.zeros(len(shocks))
    for t in range(1, len(shocks)):
        gap[t] = (1 - settings.mean_reversion) * gap[t - 1] + pushes[t]
    return gap


def price_after(scaled: Floats, shown: Floats, scaler: Scaler) -> Floats:
    """Yesterday's price and a predicted log return make a price."""
    with np.errstate(over="ignore"):  # a net that runs away forecasts no finite price
        return np.asarray(shown * np.exp(scaler.undo(scaled)))


class Walk(NamedTuple):
    """How the price went, in logarithms."""

    log_price: Floats  # (n,)
    drift: float  # per day
    volatility: Floats  # (n,) s_t
    shocks: Floats  # (n,) s_t z_t


def walked(settings: StockSettings, volatility: Floats, shocks: Floats) -> Walk:
    """The price that these shocks (n,) make."""
    drift = np.log1p(settings.drift / 100) / DAYS_A_YEAR
    trend = np.log(START_PRICE) + drift * np.arange(len(shocks))
    return Walk(trend + gaps(settings, shocks), drift, volatility, shocks)


class Asked(NamedTuple):
    """What a model is given and asked for."""

    values: Floats  # (n,)
    variance: Floats  # (n,) of each, given all before it
    restore: Restore


def prices_asked(walk: Walk) -> Asked:
    """Each day's price."""
    # Var[P_t | past] of a lognormal step: E[P_t | past]^2 (exp(s^2) - 1).
    expected = np.exp(walk.log_price - walk.shocks + walk.volatility**2 / 2)
    variance = expected**2 * np.expm1(walk.volatility**2)
    return Asked(np.exp(walk.log_price), variance, next_value)


def returns_asked(walk: Walk) -> Asked:
    """Each day's change of the log price."""
    # The return into the first day is drawn as if the gap had been 0 before.
    returns = np.append(walk.drift + walk.shocks[0], np.diff(walk.log_price))
    return Asked(returns, walk.volatility**2, price_after)


def priced(walk: Walk, scaled: NDArray[np.float32], split: int) -> Series:
    """The prices, day by day, and what a model is given of them."""
    return Series(
        np.busday_offset(FIRST_DAY, np.arange(len(scaled))),
        np.exp(walk.log_price),
        scaled,
        split,
        N_("Date (business days)"),
        N_("Price (currency units)"),
    )


def repeat_price_loss(validation: Windows, counted_from: int, scaler: Scaler) -> float:
    """Loss of repeating the last price, where returns are asked for: of saying 0."""
    zero = scaler.apply(np.zeros(1))
    return float(np.mean((validation.y[:, counted_from:] - zero) ** 2))


def noise_rate(settings: StockSettings) -> float | None:
    """Small where changes are asked for: of them, little or nothing can be foretold."""
    return 0.001 if settings.target == "log_return" else None


def make(settings: StockSettings, seed: int) -> Data:
    """Prices from `FIRST_DAY` on, business days only.

    The floor is the mean variance of a day's step for somebody who knows the simulator
    and the regime; a model, which sees a window only, can at best come near to it.

    Raises:
        ExplorerError: if the series is too short for the window.
    """
    rng = np.random.default_rng(seed)
    n, steps = settings.length, settings.window
    split = split_point(n, settings.validation_share, steps)
    counted_from = steps // 2
    ahead = counted_places(n, split, steps, counted_from)

    volatility = volatilities(settings, rng)  # (n,)
    drawn = volatility * rng.normal(size=n)
    walk = walked(settings, volatility, matched(drawn, volatility**2, split, ahead))
    asked = prices_asked(walk) if settings.target == "price" else returns_asked(walk)
    scaler = Scaler.fit(scaled_part(asked.values, split, settings.scaled_by))
    scaled = scaler.apply(asked.values)
    train, validation, places = parted(
        scaled, split, steps, counted_from, settings.held_out, seed
    )
    baselines = series_baselines(validation, counted_from)
    baselines |= seasonal_baseline(scaled, split, steps, counted_from)
    if settings.target == "log_return":
        baselines["repeat last"] = repeat_price_loss(validation, counted_from, scaler)
    return Data(
        task="forecast",
        train=train,
        validation=validation,
        baselines=baselines,
        floor=float(np.mean(asked.variance[places])) / scaler.scale**2,
        floor_note=N_("the variance of a day's unforeseeable step"),
        counted_from=counted_from,
        series=priced(walk, scaled, split),
        scaler=scaler,
        restore=asked.restore,
        ratios=settings.target == "log_return",
        streamed=settings.held_out == "end",
        hint=hint_of(settings),
    )


def hint_of(settings: StockSettings) -> str:
    """What leaks, or that there is nothing to foresee; "" where all is well."""
    if settings.held_out == "chance":
        return OVERLAPPING
    if settings.scaled_by == "all":
        return SCALED_FIRST
    return "" if settings.mean_reversion or settings.weekly else HINT


OVERLAPPING = N_(
    "The held-out windows are drawn by chance and overlap with those that are learnt "
    "from: a low loss says what is known by heart, not what is foreseen."
)
SCALED_FIRST = N_(
    "The series is scaled by values that are still to come: its loss is in other units "
    "than that of a series scaled by its training part, and flatters."
)
HINT = N_(
    "This is a random walk: no model is expected to beat repeating the last price, and "
    "one that seems to has met a lucky stretch."
)

SPEC = DataSpec(
    name="stock",
    title=N_("Stock-like (synthetic)"),
    summary=N_(
        "A random walk with calm and turbulent times, like a share price. It teaches "
        "what cannot be learned: repeating the last price is as good as it gets."
    ),
    settings=StockSettings,
    make=make,
    noise_rate=noise_rate,
    task="forecast",
    order=20,
    resembled=True,
)
