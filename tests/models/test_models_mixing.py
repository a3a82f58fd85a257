"""The effective attention of every architecture that has one is exact."""

from typing import Any

import pytest
import torch

from explorer.catalog import specs
from explorer.config.settings import choices_of
from explorer.models.base import Sizes
from explorer.models.mixing import Mixed

T, H = 23, 16
CASES = [
    pytest.param(spec.name, chosen, id="-".join([spec.name, *chosen.values()]))
    for spec in specs.models().values()
    if spec.mixing is not None
    for chosen in (
        {},
        *(
            {name: choice}
            for name, field in spec.settings.model_fields.items()
            for choice in choices_of(field)
            if choice != field.default
        ),
    )
]
every_case = pytest.mark.parametrize(("name", "chosen"), CASES)


def mixed(name: str, chosen: dict[str, Any], layer: int, scale: float = 1.0) -> Mixed:
    """Of a fresh model with all its weights so many times as large."""
    spec = specs.model_spec(name)
    assert spec.mixing is not None
    torch.manual_seed(0)
    settings = spec.settings(hidden_size=H, layers=2, **chosen)
    model = spec.make(settings, Sizes(3, 5, 0, T)).eval()
    with torch.no_grad():
        for p in model.parameters():
            p *= scale
        return spec.mixing(model, layer, torch.randn(1, T, 3))


@every_case
@pytest.mark.parametrize("layer", [0, 1])
def test_the_weights_reproduce_the_output(
    name: str, chosen: dict[str, Any], layer: int
) -> None:
    for scale in (1.0, 1.5):
        found = mixed(name, chosen, layer, scale)
        assert found.residual() < 1e-5
        assert found.result.abs().max() > 1e-3
        assert found.weights.triu(1).abs().max() == 0


def test_a_single_wrong_weight_is_noticed() -> None:
    found = mixed("min_gru", {}, 0)
    found.weights[3, 7, 2] += 0.01
    assert found.residual() > 1e-5
