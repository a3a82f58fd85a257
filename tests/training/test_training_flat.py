"""Weights that move as one vector move as they would one by one."""

import math

import pytest
import torch
from torch import nn

from explorer.catalog import building, choosing
from explorer.config.settings import choices_of
from explorer.config.training import TrainingSettings
from explorer.models.base import SequenceModel
from explorer.training.flat import ALIGNED, Flat
from explorer.training.optimizers import Optimizers, descend, hidden_matrices
from tests.training.test_training_muon import OneByOne

OPTIMIZERS = choices_of(TrainingSettings.model_fields["optimizer"])
torch.set_num_threads(1)


def small(optimizer: str, **training: float) -> tuple[SequenceModel, TrainingSettings]:
    values = {"optimizer": optimizer, "learning_rate": 0.01, "weight_decay": 0.1}
    settings = TrainingSettings.read(values | training)
    torch.manual_seed(3)
    config = choosing.make_config("sine", "gru", {"model.hidden_size": 7})
    return building.build_model(config), settings


def one_by_one(
    model: SequenceModel, settings: TrainingSettings
) -> list[torch.optim.Optimizer]:
    """Those that hold every weight by itself: PyTorch's, and Muon in float64."""
    lr, decay = settings.learning_rate, settings.weight_decay
    every, momentum = list(model.parameters()), settings.momentum
    if settings.optimizer == "sgd":
        return [torch.optim.SGD(every, lr, momentum, weight_decay=decay)]
    if settings.optimizer == "adam":
        return [torch.optim.Adam(every, lr, weight_decay=decay)]
    if settings.optimizer == "adamw":
        return [torch.optim.AdamW(every, lr, weight_decay=decay)]
    matrices = hidden_matrices(model)
    taken = {id(p) for p in matrices}
    muon = OneByOne(matrices, lr, momentum, decay)
    rest = [p for p in every if id(p) not in taken]
    return [muon, torch.optim.AdamW(rest, lr, weight_decay=decay)]


def loss_of(model: SequenceModel, step: int) -> torch.Tensor:
    x = torch.randn(2, 5, 1, generator=torch.Generator().manual_seed(step))
    return 9 * model(x).square().mean()


def taken_one_by_one(
    model: SequenceModel, settings: TrainingSettings, steps: int
) -> dict[str, torch.Tensor]:
    """Its steps; what its optimizers remember then, by number of weight."""
    optimizers = one_by_one(model, settings)
    for step in range(steps):
        model.zero_grad()
        loss_of(model, step).backward()
        nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
        for optimizer in optimizers:
            optimizer.step()
    return {
        f"{k}.{index}.{name}": value
        for k, optimizer in enumerate(optimizers)
        for index, entry in optimizer.state_dict()["state"].items()
        for name, value in entry.items()
    }


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_steps_and_memories_are_those_of_single_weights(optimizer: str) -> None:
    model, settings = small(optimizer, clip=0.5)
    memory = taken_one_by_one(model, settings, steps=4)
    other, _ = small(optimizer)
    ours = Optimizers(other, settings)
    for step in range(4):
        norm = descend(loss_of(other, step), ours, settings.learning_rate, settings)
        assert norm > settings.clip
    for p, q in zip(model.parameters(), other.parameters(), strict=True):
        torch.testing.assert_close(q, p, rtol=1e-4, atol=1e-6)
    found = ours.memory()
    assert found.keys() == memory.keys()
    for name, value in memory.items():
        torch.testing.assert_close(found[name], value, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_memory_of_single_weights_goes_on(optimizer: str) -> None:
    """States that were kept before weights were laid end to end are of this form."""
    model, settings = small(optimizer)
    memory = taken_one_by_one(model, settings, steps=3)
    ours = Optimizers(model, settings)
    ours.remember(memory)
    found = ours.memory()
    assert found.keys() == memory.keys()
    assert all(torch.equal(found[name], value) for name, value in memory.items())
    weights = {k: v.clone() for k, v in model.state_dict().items()}
    descend(loss_of(model, 3), ours, settings.learning_rate, settings)
    straight, _ = small(optimizer)
    taken_one_by_one(straight, settings, steps=4)
    for name, value in straight.state_dict().items():
        torch.testing.assert_close(
            model.state_dict()[name], value, rtol=1e-4, atol=1e-6
        )
        assert not torch.equal(model.state_dict()[name], weights[name])


def test_weights_are_views_that_begin_where_they_are_fast() -> None:
    weights = [nn.Parameter(torch.randn(shape)) for shape in ((3, 5), (), (17,), (2,))]
    values = [w.detach().clone() for w in weights]
    flat = Flat(weights)
    assert all(start % ALIGNED == 0 for start in flat.starts)
    assert all(map(torch.equal, weights, values))
    with torch.no_grad():
        flat.vector.mul_(2)
    assert all(torch.equal(w, 2 * v) for w, v in zip(weights, values, strict=True))
    sum((w * w).sum() for w in weights).backward()
    assert all(torch.equal(w.grad, 2 * w) for w in weights)
    length = math.sqrt(sum(16 * float((v * v).sum()) for v in values))
    assert flat.length() == pytest.approx(length, rel=1e-6)


@pytest.mark.parametrize("clip", [0.0, 1.0])
def test_a_gradient_that_is_no_number_reaches_every_weight(clip: float) -> None:
    """Where it is clipped, as `clip_grad_norm_` has it; else only where it is NaN."""
    model, settings = small("sgd", clip=clip)
    loss = loss_of(model, 0) + model.head.bias.sum() * math.nan
    norm = descend(loss, Optimizers(model, settings), 0.1, settings)
    assert math.isnan(norm)
    spoilt = [bool(p.isnan().all()) for p in model.parameters()]
    assert all(spoilt) == (clip > 0)
    assert any(spoilt)


def test_less_of_the_first_moment_may_stay() -> None:
    """What a GAN trains with: PyTorch's Adam with that beta."""
    model, settings = small("adam")
    every = list(model.parameters())
    betas = 0.5, 0.999
    single = torch.optim.Adam(every, settings.learning_rate, betas, weight_decay=0.1)
    for step in range(3):
        model.zero_grad()
        loss_of(model, step).backward()
        nn.utils.clip_grad_norm_(every, settings.clip)
        single.step()
    whole, _settings = small("adam")
    optimizers = Optimizers(whole, settings, 0.5)
    for step in range(3):
        descend(loss_of(whole, step), optimizers, settings.learning_rate, settings)
    for one, other in zip(every, whole.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-6)
