"""Misprinted architectures: each differs from the right one in one formula."""

import pytest
import torch
from torch import Tensor

from explorer.catalog import specs
from explorer.catalog.building import build_model, sizes
from explorer.catalog.choosing import make_config
from explorer.config.run import RunConfig
from explorer.errors import ExplorerError
from explorer.models.base import SequenceModel
from explorer.models.block import Block
from explorer.models.captures import ignore
from explorer.models.misprints.attention_product import ProductBlock
from explorer.training.adversarial import discriminator_loss

pytestmark = pytest.mark.quick
RIGHT = {
    "lstm_candidate": "lstm",
    "attention_product": "transformer",
    "heads_summed": "transformer",
    "gan_signs": "gan",
}
ALL = pytest.mark.parametrize("name", RIGHT)


def config(name: str) -> RunConfig:
    return make_config("sine", name, {"data.window": 8}, 3)


def built(name: str) -> SequenceModel:
    torch.manual_seed(5)
    return build_model(config(name)).eval()


def recorded(model: SequenceModel, x: Tensor) -> tuple[Tensor, dict[str, list[Tensor]]]:
    seen: dict[str, list[Tensor]] = {}

    def probe(name: str, value: Tensor, /) -> Tensor:
        seen.setdefault(name, []).append(value)
        return value

    with torch.no_grad():
        return model(x, probe), seen


def test_none_is_offered_and_all_can_be_trained() -> None:
    assert set(specs.misprints()) == set(RIGHT)
    assert not set(specs.misprints()) & set(specs.models())
    assert not set(specs.misprints()) & {m.name for m in specs.fitting("sine")}
    with pytest.raises(ExplorerError, match="Known: bidirectional") as told:
        specs.model_spec("lstm_candidates")
    assert "heads_summed" not in str(told.value)


@ALL
def test_its_equations_and_its_diagram_are_printed_wrongly(name: str) -> None:
    spec, right = specs.model_spec(name), specs.model_spec(RIGHT[name])
    made = specs.resolve(config(name)).model_settings, sizes(config(name))
    assert spec.equations(*made) != right.equations(*made)
    assert spec.diagram(*made) != right.diagram(*made)
    lines = zip(
        spec.equations(*made).splitlines(),
        right.equations(*made).splitlines(),
        strict=True,
    )
    assert sum(a != b for a, b in lines) <= 2  # W_O has another shape, too


@ALL
def test_what_it_records_is_what_it_declares_and_changes_nothing(name: str) -> None:
    model, x = built(name), torch.randn(2, 8, 1)
    answer, seen = recorded(model, x)
    settings = specs.resolve(config(name)).model_settings
    assert set(seen) == {c.name for c in specs.model_spec(name).captures(settings)}
    with torch.no_grad():
        torch.testing.assert_close(model(x), answer)
        torch.testing.assert_close(model.last_answer(x), answer[:, -1:])


def test_a_candidate_through_sigma_never_takes_from_the_memory() -> None:
    x = torch.randn(3, 8, 1)
    _, wrong = recorded(built("lstm_candidate"), x)
    _, right = recorded(built("lstm"), x)
    assert torch.stack(wrong["layer_0.candidate"]).min() > 0
    assert torch.stack(wrong["layer_0.memory"]).min() > 0
    assert torch.stack(right["layer_0.memory"]).min() < 0
    first, f = wrong["layer_0.memory"], wrong["layer_0.forget_gate"]
    added = wrong["layer_0.input_gate"][1] * wrong["layer_0.candidate"][1]
    torch.testing.assert_close(first[1], f[1] * first[0] + added)


@pytest.mark.parametrize("causal", [True, False])
def test_attention_times_values_gives_no_step_anothers_value(causal: bool) -> None:
    Q, K, V = torch.randn(3, 2, 3, 5, 7)  # (B, N, T, D) each
    block = ProductBlock(21, 3, 2, 0.0, causal)
    weights = recorded_weights(block, Q, K, V)
    for t in range(5):
        own = weights[..., t, t, None] * V[..., t, :]
        torch.testing.assert_close(block.attend(Q, K, V, ignore)[..., t, :], own)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3, 5))
    assert (weights.triu(1).max() == 0) == causal


def recorded_weights(block: Block, Q: Tensor, K: Tensor, V: Tensor) -> Tensor:
    seen: list[Tensor] = []
    block.attend(Q, K, V, lambda _name, value: seen.append(value) or value)
    return seen[0]


def test_summed_heads_are_the_right_ones_where_all_share_one_projection() -> None:
    wrong, right = built("heads_summed"), built("transformer")
    weights = wrong.state_dict()
    shared = {
        k: v.repeat(1, 4) if k.endswith("attention_out.weight") else v
        for k, v in weights.items()
    }
    right.load_state_dict(shared)
    x = torch.randn(2, 8, 1)
    with torch.no_grad():
        torch.testing.assert_close(wrong(x), right(x))


def test_mixed_signs_pay_for_taking_what_was_generated_for_real() -> None:
    assert built("gan_signs").sign_of_generated == -1
    assert built("gan").sign_of_generated == 1
    real, low, high = torch.zeros(1), -torch.ones(1), torch.ones(1)
    assert discriminator_loss(real, high) > discriminator_loss(real, low)
    assert discriminator_loss(real, high, -1.0) < discriminator_loss(real, low, -1.0)
