"""Windows held out in time, and those held out by chance, which leak."""

import numpy as np
import pytest

from explorer.data.base import Data
from explorer.data.folds import folded
from explorer.data.parted import parted
from explorer.data.stock import StockSettings, make
from explorer.errors import ExplorerError

pytestmark = pytest.mark.quick


def settings(**values: str) -> StockSettings:
    return StockSettings(length=400, window=8, **values)


def rows(windows: np.ndarray) -> set[bytes]:
    return {window.tobytes() for window in windows}


def held_in_training(data: Data) -> float:
    """The share of held-out targets that also stand in some training window."""
    learned = set(np.unique(data.train.y).tolist())
    judged = data.validation.y.ravel().tolist()
    return sum(value in learned for value in judged) / len(judged)


def test_in_time_nothing_that_is_judged_by_was_learnt_from() -> None:
    data = make(settings(), 3)
    assert held_in_training(data) == 0
    assert data.streamed
    assert "no model is expected" in data.hint


def test_by_chance_no_window_is_learnt_from_but_nearly_every_value_is() -> None:
    data, honest = make(settings(held_out="chance"), 3), make(settings(), 3)
    assert not rows(data.train.x) & rows(data.validation.x)
    together = np.concatenate([data.train.x, data.validation.x])
    assert rows(together) == rows(honest.train.x)
    assert len(data.validation.x) == 64
    assert held_in_training(data) > 0.99
    assert "overlap" in data.hint
    np.testing.assert_array_equal(data.series.values, honest.series.values)
    assert data.series.split == honest.series.split


def test_by_chance_the_floor_is_that_of_the_windows_judged_by() -> None:
    data = make(settings(held_out="chance", turbulence=1.0), 3)
    again = [make(settings(held_out="chance", turbulence=1.0), 3), make(settings(), 3)]
    np.testing.assert_array_equal(data.validation.x, again[0].validation.x)
    assert data.floor == pytest.approx(data.baselines["repeat last"], rel=0.2)
    with pytest.raises(ExplorerError, match="Folds in time"):
        folded(data, "1/2")
    assert folded(again[1], "1/2")


@pytest.mark.parametrize("held_out", ["end", "chance"])
def test_the_places_that_count_are_those_of_the_targets(held_out: str) -> None:
    series = np.arange(200, dtype=np.float32)
    cut = parted(series, 150, 7, 3, held_out, 5)  # type: ignore[arg-type]
    np.testing.assert_array_equal(series[cut.places], cut.validation.y[:, 3:, 0])


def test_a_series_scaled_first_is_scaled_by_what_is_still_to_come() -> None:
    first = make(settings(target="price", scaled_by="all"), 3)
    honest = make(settings(target="price"), 3)
    values, split = honest.series.values, honest.series.split
    assert first.scaler.mean == pytest.approx(values.mean())
    assert first.scaler.scale == pytest.approx(values.std())
    assert honest.scaler.mean == pytest.approx(values[:split].mean())
    assert "still to come" in first.hint
