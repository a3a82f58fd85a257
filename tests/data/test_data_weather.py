"""Weather: the floor against a Gaussian's conditional variance, and the gaps."""

import numpy as np
import pytest

from explorer.data.noise import counted_places
from explorer.data.weather import (
    DAY,
    HOURS,
    MEAN,
    WeatherSettings,
    cycles,
    last_seen,
    make,
    wander,
)
from explorer.data.windows import MAX_VALIDATION_WINDOWS, windows


def kalman(seen: np.ndarray, phi: float, power: float) -> np.ndarray:
    """Var(a_{t+1} | a_s for every seen s <= t), step by step, for each t."""
    variance, found = power, []
    for known in seen:
        variance = 0.0 if known else variance
        variance = phi**2 * variance + power * (1 - phi**2)
        found.append(variance)
    return np.array(found)


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_the_floor_is_a_kalman_filters_variance(missing: float) -> None:
    settings = WeatherSettings(missing=missing, weather=2.0, persistence=24.0, days=200)
    data = make(settings, 7)
    assert data.series is not None
    phi, n = np.exp(-HOURS / 24.0), 200 * DAY
    variance = kalman(data.series.scaled[:, 1] == 0, phi, 4.0)
    split, T = data.series.split, data.steps
    held = windows(variance[split:, None], T, MAX_VALIDATION_WINDOWS).x
    expected = held[:, data.counted_from :].mean() / data.scaler.scale**2
    assert len(variance) == n
    assert data.floor == pytest.approx(expected, rel=1e-9)
    if missing == 0:
        innovation = 4.0 * (1 - phi**2) / data.scaler.scale**2
        assert data.floor == pytest.approx(innovation, rel=1e-9)


def test_the_kalman_recursion_is_conditioning_a_gaussian() -> None:
    phi, power, seen = 0.8, 2.0, np.array([True, False, True, False, False])
    n = len(seen)
    far = np.abs(np.subtract.outer(np.arange(n + 1), np.arange(n + 1)))
    covariance = power * phi**far
    known = np.flatnonzero(seen)
    cross = covariance[n, known]
    inverse = np.linalg.inv(covariance[np.ix_(known, known)])
    expected = covariance[n, n] - cross @ inverse @ cross
    assert kalman(seen, phi, power)[-1] == pytest.approx(expected)
    assert last_seen(~seen)[-1] == 2
    assert power * (1 - phi ** (2 * 3)) == pytest.approx(expected)


@pytest.mark.parametrize("seed", [0, 1])
def test_who_knows_the_cycles_scores_the_floor(seed: int) -> None:
    settings = WeatherSettings(missing=0.2)
    data = make(settings, seed)
    assert data.series is not None
    rest = data.series.values - MEAN - cycles(settings)
    phi = np.exp(-HOURS / settings.persistence)
    gaps = data.series.scaled[:, 1] == 1
    seen = last_seen(gaps)
    said = rest[seen] * phi ** (np.arange(len(rest)) + 1 - seen)  # of the next
    error = rest[1:] - said[:-1]
    split = data.series.split
    places = counted_places(len(rest), split, data.steps, data.counted_from)
    loss = np.square(error[places - 1]).mean() / data.scaler.scale**2
    assert loss == pytest.approx(data.floor, rel=1e-9)


def test_what_is_missing_repeats_the_last_one_seen_and_says_so() -> None:
    data = make(WeatherSettings(missing=0.3), 1)
    assert data.series is not None
    given, flags = data.series.scaled[:, 0], data.series.scaled[:, 1]
    assert set(np.unique(flags)) == {0.0, 1.0}
    assert flags.mean() == pytest.approx(0.3, abs=0.03)
    truth = data.scaler.apply(data.series.values)
    np.testing.assert_array_equal(given[flags == 0], truth[flags == 0])
    gone = np.flatnonzero(flags)
    np.testing.assert_array_equal(given[gone], given[gone - 1])
    T = data.steps
    np.testing.assert_array_equal(data.train.y[0, :, 0], truth[1 : T + 1])


def test_the_cycles_have_their_period_and_size() -> None:
    settings = WeatherSettings(yearly=10.0, daily=5.0, days=730)
    wave = cycles(settings).reshape(730, DAY)
    assert wave.mean(1).max() == pytest.approx(10.0, abs=0.01)
    assert wave[:365].mean(1).argmax() in (182, 183)  # the middle of the year
    day = wave - wave.mean(1, keepdims=True)
    assert day.max() == pytest.approx(5.0, abs=0.1)
    assert set(day.argmax(1)) == {5}  # 15 o'clock


def test_wander_has_the_stated_memory() -> None:
    rng = np.random.default_rng(0)
    a = wander(0.0, 0.9, rng.normal(size=100_000) * np.sqrt(1 - 0.81))
    assert a.var() == pytest.approx(1.0, rel=0.05)
    assert np.corrcoef(a[:-5], a[5:])[0, 1] == pytest.approx(0.9**5, abs=0.03)
