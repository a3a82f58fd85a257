"""Architectures with a loop of their own against the same written again in numpy."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from explorer.catalog import specs
from explorer.models.base import SequenceModel, Sizes

B, T, I, O, H = 2, 11, 3, 5, 12  # noqa: E741
SIZES = Sizes(inputs=I, outputs=O, symbols=0, steps=T)
Array = NDArray[np.float64]
Weights = dict[str, Array]
Layer = Callable[[Weights, Array], Array]
"""(the layer's weights, x (T, I)) -> h (T, H)."""


def sigma(a: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-a)))


def min_gru(w: Weights, x: Array) -> Array:
    h, states = np.zeros(H), []
    for x_t in x:
        a, n = np.split(w["into.weight"] @ x_t + w["into.bias"], 2)
        h = h + sigma(a) * (n - h)
        states.append(h)
    return np.array(states)


def min_lstm(w: Weights, x: Array) -> Array:
    h, states = np.zeros(H), []
    for x_t in x:
        p, q, n = np.split(w["into.weight"] @ x_t + w["into.bias"], 3)
        kept = 1 / (1 + sigma(q) / sigma(p))
        h = kept * h + (1 - kept) * n
        states.append(h)
    return np.array(states)


LAYERS: dict[str, tuple[Layer, dict[str, Any]]] = {
    "min_gru": (min_gru, {}),
    "min_lstm": (min_lstm, {}),
}
"""By a name of the case: one layer in numpy, and the settings that it is for."""


def weights(model: SequenceModel, part: str) -> Weights:
    """The parameters whose names begin so, without that beginning."""
    return {
        name.removeprefix(part): value.detach().numpy()
        for name, value in model.named_parameters()
        if name.startswith(part)
    }


@pytest.mark.parametrize("case", LAYERS)
def test_a_loop_in_numpy_gives_the_same(case: str) -> None:
    layer, settings = LAYERS[case]
    spec = specs.model_spec(case.partition("-")[0])
    torch.manual_seed(0)
    model = spec.make(spec.settings(hidden_size=H, layers=2, **settings), SIZES)
    model = model.double()
    x = torch.randn(B, T, I, dtype=torch.float64)
    expected = []
    for h in x.numpy():
        for k in range(2):
            h = layer(weights(model, f"layers.{k}."), h)
        expected.append(h @ model.head.weight.detach().numpy().T)
    found = (model(x) - model.head.bias).detach().numpy()
    assert np.abs(found - np.array(expected)).max() < 1e-6
