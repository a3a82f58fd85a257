"""Simple methods are measured by the very loss of a run."""

import numpy as np
import pytest
import torch

from explorer.catalog import building, choosing
from explorer.config.run import RunConfig
from explorer.data.base import Floats
from explorer.data.methods import Rolled
from explorer.training.forecasting import stretch
from explorer.training.objectives import objective, tensors
from explorer.training.simple import given, rolls, simple_methods

SETTINGS = {"data.length": 300, "data.window": 17}


def config(data: str, **settings: object) -> RunConfig:
    return choosing.make_config(data, None, settings)


def last(values: Floats, split: int, origin: int) -> list[Rolled]:
    """The last known value, said again: a method that every test can compute."""
    gaps = np.isnan(values.reshape(len(values), -1)).any(1)
    known = np.maximum.accumulate(np.where(gaps, 0, np.arange(len(values))))
    one_step = values[known[split - 1 : -1]]
    free = np.stack([values[known[origin - 1]]] * (len(values) - origin))
    return [Rolled("last", one_step, free)]


@pytest.mark.parametrize("name", ["sine", "stock", "weather"])
def test_a_method_has_the_loss_of_a_model_that_says_the_same(name: str) -> None:
    sizes = {"data.days": 90} if name == "weather" else {"data.length": 300}
    run = config(name, **{**sizes, "data.window": 17})
    data = building.make_data(run)
    (found,) = simple_methods(run, last).methods
    x, y = tensors(data.validation)
    # What repeats its input says what this method says, where none is missing; where
    # one is missing the input holds the last known value, too.
    loss = objective(data)(x[..., :1].float(), y)
    assert found.loss == pytest.approx(float(loss), rel=1e-5)
    assert isinstance(loss, torch.Tensor)


def test_methods_of_several_series_have_the_mean_loss_and_a_line_each() -> None:
    run = config("river", **SETTINGS, **{"data.gauges": 2})
    data = building.make_data(run)
    (found,) = simple_methods(run, last).methods
    x, y = tensors(data.validation)
    assert found.loss == pytest.approx(float(objective(data)(x, y)), rel=1e-5)
    begin, horizon = stretch(data)
    assert found.line.shape == (2, 17 + horizon)
    for one, line in zip(data.together, found.line, strict=True):
        levels = one.values[begin:]
        np.testing.assert_allclose(line[1:17], levels[:16], rtol=1e-5)
        np.testing.assert_allclose(line[17:], np.full(horizon, levels[16]), rtol=1e-5)


def test_the_drawn_line_is_in_shown_units() -> None:
    run = config("stock", **{"data.length": 300, "data.window": 17})
    data = building.make_data(run)

    def nothing(values: Floats, split: int, origin: int) -> list[Rolled]:
        zero = data.scaler.apply(np.zeros(len(values)))
        return [Rolled("no change", zero[split:], zero[origin:])]

    (found,) = simple_methods(run, nothing).methods
    begin, horizon = stretch(data)
    assert data.series is not None
    prices = data.series.values[begin:]
    np.testing.assert_allclose(found.line[1:17], prices[:16], rtol=1e-6)
    np.testing.assert_allclose(found.line[17:], np.full(horizon, prices[16]), rtol=1e-6)


def test_missing_values_are_not_given() -> None:
    data = building.make_data(config("weather", **{"data.days": 90}))
    values, split, origin = given(data)
    assert data.series is not None
    missing = data.series.scaled[:, 1] != 0
    assert missing.any()
    np.testing.assert_array_equal(np.isnan(values), missing)
    assert split < origin < len(values)


def test_only_series_in_their_order_are_rolled() -> None:
    assert rolls(config("sine"))
    assert not rolls(config("stock", **{"data.held_out": "chance"}))
    assert not rolls(config("shapes"))
    assert not rolls(choosing.make_config("sine", None, {}, 0, "", "1/2"))
