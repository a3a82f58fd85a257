import numpy as np
import pytest

from explorer.data.sine import SHAPES, SineSettings, chirp, make
from explorer.errors import ExplorerError

NOISES = (0.1, 0.5)


def oracle_loss(settings: SineSettings, seed: int) -> tuple[float, float]:
    """Loss of whoever knows the wave, from the same wave without noise; the floor."""
    data = make(settings, seed)
    clean = make(settings.model_copy(update={"noise": 0.0}), seed).series.values
    split = data.series.split
    errors = data.series.values[split:] - clean[split:]
    return float(np.mean((errors / data.scaler.scale) ** 2)), data.floor


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("shape", SHAPES)
def test_floor_is_the_loss_of_whoever_knows_the_wave(shape: str, noise: float) -> None:
    settings = SineSettings(shape=shape, noise=noise, length=20000)
    loss, floor = oracle_loss(settings, seed=2)
    # 4000 held-out values; a standard deviation is sqrt(2 / 4000) = 2.2 %.
    assert loss == pytest.approx(floor, rel=0.05)


@pytest.mark.parametrize("seed", range(5))
def test_at_the_default_length_the_floor_is_not_a_matter_of_luck(seed: int) -> None:
    loss, floor = oracle_loss(SineSettings(), seed)
    assert loss == pytest.approx(floor, rel=0.03)  # unmatched: 6.5 % and more


def test_training_noise_is_as_drawn() -> None:
    settings = SineSettings(noise=0.5)
    noisy = make(settings, 3).series
    clean = make(settings.model_copy(update={"noise": 0.0}), 3).series
    rng = np.random.default_rng(3)
    rng.random(2)
    expected = rng.normal(0, 0.5, settings.length)
    split = noisy.split
    np.testing.assert_allclose((noisy.values - clean.values)[:split], expected[:split])


def test_floor_is_in_the_units_of_the_loss() -> None:
    data = make(SineSettings(amplitude=3.0, noise=0.6), 0)
    assert data.floor == pytest.approx(0.36 / np.std(data.series.values[:1920]) ** 2)


def test_without_noise_the_floor_is_zero() -> None:
    assert make(SineSettings(noise=0.0), 0).floor == 0


def test_a_linear_predictor_of_the_window_comes_within_8_percent_of_the_floor() -> None:
    """Least squares per counted position, fitted on a long series of the same law."""
    data = make(SineSettings(length=20000), 1)
    x, y = data.train.x[::3, :, 0].astype(float), data.train.y[::3, :, 0]
    held_x, held_y = data.validation.x[..., 0], data.validation.y[..., 0]
    losses = []
    for t in range(data.counted_from, data.steps):
        weights, *_ = np.linalg.lstsq(x[:, : t + 1], y[:, t])
        losses.append(np.mean((held_x[:, : t + 1] @ weights - held_y[:, t]) ** 2))
    assert 1.0 <= np.mean(losses) / data.floor <= 1.08


def test_one_sine_repeats_after_its_period() -> None:
    wave = make(SineSettings(noise=0.0, period=25), 0).series.values
    np.testing.assert_allclose(wave[25:], wave[:-25], atol=1e-9)
    assert np.max(np.abs(wave)) == pytest.approx(1, abs=0.01)


def test_shapes_stay_within_the_amplitude() -> None:
    for shape in SHAPES:
        wave = make(SineSettings(noise=0.0, shape=shape), 0).series.values
        assert 0.8 < np.max(np.abs(wave)) <= 1


def test_chirp_glides_between_one_and_two_cycles_per_period() -> None:
    turns = np.linspace(0, 20, 200001)
    wave = chirp(turns, np.array([0.3, 0.0]))
    rising = np.flatnonzero((wave[:-1] < 0) & (wave[1:] >= 0))
    lasting = np.diff(turns[rising])
    assert lasting.min() == pytest.approx(0.5, abs=0.01)
    assert lasting.max() == pytest.approx(1.0, abs=0.03)
    assert len(rising) == pytest.approx(30, abs=1)  # 1.5 per period on average


def test_loss_counts_the_second_half() -> None:
    assert make(SineSettings(window=48), 0).counted_from == 24


def test_too_short_for_its_window() -> None:
    with pytest.raises(ExplorerError, match="Shorten the window"):
        make(SineSettings(length=200, window=64), 0)
