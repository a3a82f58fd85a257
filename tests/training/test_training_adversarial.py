"""Two nets against each other: losses by hand, sides, and measures of windows."""

import math

import numpy as np
import pytest
import torch

from explorer.catalog import choosing
from explorer.config.run import RunConfig
from explorer.errors import ExplorerError
from explorer.runs.records import Command, Curves
from explorer.training import generating, scores
from explorer.training.adversarial import discriminator_loss, generator_loss
from explorer.training.state import unpack
from explorer.training.trainer import Budget, Trainer
from tests.replaying import replay


def config_of(**settings: object) -> RunConfig:
    named = {name.replace("__", "."): value for name, value in settings.items()}
    small = {
        "data.window": 16,
        "model.hidden_size": 7,
        "model.generator_size": 5,
        "training.steps": 8,
        "training.batch_size": 3,
    }
    return choosing.make_config("sine", "gan", small | named, seed=3)


def weights(trainer: Trainer, net: str) -> dict[str, torch.Tensor]:
    own = trainer.model.state_dict().items()
    return {n: v.clone() for n, v in own if n.startswith(net)}


def moved(before: dict[str, torch.Tensor], after: dict[str, torch.Tensor]) -> bool:
    return any(not torch.equal(before[name], after[name]) for name in before)


def test_the_losses_are_goodfellows_by_hand() -> None:
    real = torch.tensor([[[2.0], [-1.0]]])
    fake = torch.tensor([[[0.5], [-3.0]]])
    chance = lambda logit: 1 / (1 + math.exp(-logit))  # noqa: E731
    of_real = -(math.log(chance(2.0)) + math.log(chance(-1.0))) / 2
    of_fake = -(math.log(1 - chance(0.5)) + math.log(1 - chance(-3.0))) / 2
    assert float(discriminator_loss(real, fake)) == pytest.approx(of_real + of_fake)
    generated = -(math.log(chance(0.5)) + math.log(chance(-3.0))) / 2
    assert float(generator_loss(fake)) == pytest.approx(generated)
    blind = torch.zeros(2, 5, 1)
    assert float(discriminator_loss(blind, blind)) == pytest.approx(2 * math.log(2))
    assert float(generator_loss(blind)) == pytest.approx(math.log(2))


def test_the_generator_climbs_where_the_other_loss_is_flat() -> None:
    """Against a sure discriminator, log(1 - D) has hardly a slope; -log D has."""
    logit = torch.tensor([[[-12.0]]], requires_grad=True)
    generator_loss(logit).backward()
    assert float(logit.grad) == pytest.approx(-1, abs=1e-4)


def test_a_step_is_both_losses_descended_by_hand() -> None:
    """One step of plain SGD, written out over the same windows and noise."""
    config = config_of(
        training__optimizer="sgd",
        training__momentum=0.0,
        training__clip=0.0,
        training__schedule="constant",
        training__learning_rate=0.5,
        model__discriminator_pace=2.0,
    )
    trainer, twin = Trainer(config), Trainer(config)
    trainer.advance(Budget(steps=1))
    torch.manual_seed(config.seed << 32)
    random = torch.Generator().manual_seed(int(torch.randint(2**62, ())))
    model = twin.model
    fake = model.generate(model.draw(3, 16, random))
    rows = torch.randint(len(twin.data.train.x), (3,), generator=random)
    real = torch.tensor(twin.data.train.x[rows])
    loss = discriminator_loss(model(real), model(fake.detach()))
    own = list(model.discriminator.parameters())
    for p, g in zip(own, torch.autograd.grad(loss, own), strict=True):
        p.data -= 2.0 * 0.5 * g
    theirs = list(model.generator.parameters())
    gradients = torch.autograd.grad(generator_loss(model(fake)), theirs)
    for p, g in zip(theirs, gradients, strict=True):
        p.data -= 0.5 * g
    for name, value in model.state_dict().items():
        torch.testing.assert_close(trainer.model.state_dict()[name], value)


@pytest.mark.parametrize("side", ["generator", "discriminator"])
def test_one_side_learns_alone_for_so_many_steps(side: str) -> None:
    other = {"generator": "discriminator", "discriminator": "generator"}[side]
    trainer = Trainer(config_of())
    before = {net: weights(trainer, net) for net in (side, other)}
    trainer.advance(Budget(steps=2), [Command(0, "side", 2, side)])
    assert moved(before[side], weights(trainer, side))
    assert not moved(before[other], weights(trainer, other))
    trainer.advance(Budget(steps=1))
    assert moved(before[other], weights(trainer, other))


def test_a_side_without_a_number_holds_until_told_otherwise() -> None:
    trainer = Trainer(config_of())
    trainer.advance(Budget(steps=1), [Command(0, "side", None, "generator")])
    before = weights(trainer, "discriminator")
    trainer.advance(Budget(steps=3))
    assert not moved(before, weights(trainer, "discriminator"))
    trainer.advance(Budget(steps=1), [Command(0, "side", None, "both")])
    assert moved(before, weights(trainer, "discriminator"))


def test_sides_are_part_of_the_state_and_can_be_replayed() -> None:
    config = config_of(model__discriminator_steps=3, model__generator_steps=2)
    told = {2: Command(2, "side", 3, "generator"), 6: Command(6, "side", 1, "both")}
    whole, state, curves = Trainer(config), None, Curves.empty()
    for step in range(8):
        commands = [told[step]] if step in told else []
        whole.advance(Budget(steps=1), commands)
        progress = Trainer(config, state).advance(Budget(steps=1), commands)
        state = progress.state
        curves = curves.then(progress.curves)
    assert np.isfinite(curves.discriminator_losses).all()
    assert state is not None
    again = replay(config, told.values(), 8)
    for trainer in (whole, again):
        for name, value in unpack(trainer.pack())[0].items():
            assert torch.equal(unpack(state)[0][name], value), name


@pytest.mark.parametrize(
    ("model", "note", "message"),
    [("gan", "judge", "Unknown side 'judge'"), ("lstm", "both", "has one")],
)
def test_a_side_that_is_not_there(model: str, note: str, message: str) -> None:
    trainer = Trainer(choosing.make_config("sine", model, {"training.steps": 2}))
    with pytest.raises(ExplorerError, match=message):
        trainer.advance(Budget(steps=1), [Command(0, "side", 1, note)])


def test_more_turns_move_a_side_more_often() -> None:
    """Adam counts its steps: three of the one for each of the other."""
    config = config_of(model__discriminator_steps=3)
    trainer = Trainer(config)
    trainer.advance(Budget(steps=2))
    memory = trainer.rule.memory()
    assert float(memory["discriminator.0.0.step"]) == 6
    assert float(memory["generator.0.0.step"]) == 2


def test_held_noise_is_one_value_per_window() -> None:
    model = Trainer(config_of(model__noise_size=5)).model
    noise = model.draw(4, 16, torch.Generator().manual_seed(1))
    assert noise.shape == (4, 16, 5)
    assert torch.equal(noise[:, :, :2], noise[:, :1, :2].expand(-1, 16, -1))
    assert (noise[:, 1:, 2:] != noise[:, :-1, 2:]).all()
    assert len(noise[:, 0, 0].unique()) == 4


def test_measures_by_hand() -> None:
    windows = np.array([[[1.0], [-1.0]] * 4, [[-1.0], [1.0]] * 4])  # (2, 8, 1)
    np.testing.assert_allclose(
        generating.autocorrelation(windows), [1, -1, 1, -1, 1], atol=1e-12
    )
    assert generating.diversity(windows) == pytest.approx(math.sqrt(8 * 4))
    assert generating.value_distance(windows, windows + 0.25) == pytest.approx(0.25)
    assert generating.autocorrelation_distance(windows, windows) == 0
    still = np.zeros((3, 8, 1))
    assert np.isnan(generating.autocorrelation(still)).all()
    assert generating.diversity(still) == 0


def test_an_input_that_hardly_moves_hardly_counts() -> None:
    """A corner of an image, where nobody writes, tells nothing of its rows."""
    rng = np.random.default_rng(0)
    waves = np.sin(np.arange(12) + rng.uniform(0, 6, (50, 1)))[..., None]
    corner = np.zeros_like(waves)
    both = np.concatenate([waves, corner], -1)
    alone = generating.autocorrelation(waves)
    np.testing.assert_allclose(generating.autocorrelation(both), alone, atol=1e-12)
    corner[0, 0] = 1e-3
    both = np.concatenate([waves, corner], -1)
    np.testing.assert_allclose(generating.autocorrelation(both), alone, atol=1e-6)


def test_a_third_of_a_turn_is_where_the_alarm_stands() -> None:
    """Sines whose phases cover an arc: their diversity against the whole turn."""
    t = np.arange(64) / 25

    def waves(arc: float) -> np.ndarray:
        phases = np.linspace(0, arc, 200, endpoint=False)[:, None]
        return np.sin(2 * np.pi * (t + phases))[..., None]

    whole = generating.diversity(waves(1.0))
    assert generating.diversity(waves(0.25)) / whole < generating.COLLAPSED
    assert generating.diversity(waves(0.40)) / whole > generating.COLLAPSED


def test_scores_know_the_same_from_another() -> None:
    t = torch.arange(24) / 8
    phases = torch.rand(400, 1, generator=torch.Generator().manual_seed(0))
    noise = 0.1 * torch.randn(400, 24, generator=torch.Generator().manual_seed(1))
    waves = (torch.sin(2 * torch.pi * (t + phases)) + noise)[..., None]
    assert scores.discriminative(waves[::2], waves[1::2], 0) < 0.15
    assert scores.discriminative(waves[::2], 0.5 * waves[1::2], 0) > 0.35
    own = scores.predictive(waves[:300], waves[300:], 0)
    other = scores.predictive(waves[:300].flip(1) * 0 + 0.5, waves[300:], 0)
    assert own < 0.3 < other
    assert scores.discriminative(waves[::2], waves[1::2], 0) == scores.discriminative(
        waves[::2], waves[1::2], 0
    )
