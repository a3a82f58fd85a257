"""Schedules, checkpoints, losses, sampling and forecasting by hand-made numbers."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.catalog import choosing
from explorer.runs.messages import stopped_early
from explorer.runs.records import Validation, lowest
from explorer.training.checkpoints import (
    MOST_CHECKPOINTS,
    Lowest,
    checkpoint_steps,
    validation_due,
)
from explorer.training.forecasting import forecast
from explorer.training.measures import confusion, measures_of, metrics
from explorer.training.objectives import Objective, evaluate
from explorer.training.optimizers import schedule_factor
from explorer.training.sampling import generate, next_logits, probabilities
from explorer.training.state import pack, unpack
from explorer.training.trainer import Budget, Trainer, advance
from explorer.ui.language import translator

pytestmark = pytest.mark.quick
RISING = {"training.learning_rate": 0.02, "data.length": 400, "data.window": 16}
"""Random digits soon learned by heart, so that the held-out loss rises."""


def test_schedules_by_hand() -> None:
    assert schedule_factor("constant", 7, 100) == 1
    assert schedule_factor("cosine", 0, 100) == 1
    assert schedule_factor("cosine", 50, 100) == pytest.approx(0.55)
    assert schedule_factor("cosine", 100, 100) == pytest.approx(0.1)
    assert schedule_factor("warmup", 0, 100) == pytest.approx(0.1)
    assert schedule_factor("warmup", 9, 100) == 1
    assert schedule_factor("warmup", 55, 100) == pytest.approx(0.55)
    linear = [schedule_factor("linear", step, 100) for step in (0, 1, 60, 80, 99, 100)]
    assert linear == pytest.approx([0.5, 1, 1, 0.5, 0.025, 0])


@given(steps=st.integers(1, 20000), size=st.integers(1, 10**8))
def test_checkpoints_are_bounded_and_have_both_ends(steps: int, size: int) -> None:
    kept = checkpoint_steps(steps, size)
    assert {0, steps} <= kept
    assert len(kept) <= MOST_CHECKPOINTS + 1
    assert all(0 <= step <= steps for step in kept)


def test_early_checkpoints_are_dense_and_later_ones_even() -> None:
    kept = sorted(checkpoint_steps(1000, 1000))
    assert kept[:6] == [0, 1, 2, 4, 8, 16]
    assert max(np.diff(kept)) <= 25


def test_the_held_out_part_is_looked_at_seldom_but_at_both_ends() -> None:
    due = [step for step in range(1001) if validation_due(step, 1000)]
    assert due[0] == 0
    assert due[-1] == 1000
    assert len(due) <= 32


def test_losses_count_only_late_positions() -> None:
    output = torch.tensor([[[1.0], [2.0], [4.0]]])
    target = torch.tensor([[[9.0], [0.0], [1.0]]])
    assert float(Objective("forecast", 1)(output, target)) == pytest.approx(6.5)
    assert Objective("forecast", 0).each(output, target).tolist() == [[64, 4, 9]]
    logits = torch.log(torch.tensor([[[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]]]))
    tokens = torch.tensor([[0, 2]])
    expected = -(math.log(0.5) + math.log(0.8)) / 2
    assert float(Objective("next_token", 0)(logits, tokens)) == pytest.approx(expected)


def test_metrics_agree_with_numpy() -> None:
    trainer = Trainer(choosing.make_config("sine", "rnn", {"training.steps": 5}))
    trainer.advance(Budget())
    data = trainer.data
    trainer.model.eval()
    with torch.no_grad():
        predicted = trainer.model(torch.tensor(data.validation.x)).numpy()
    error = (predicted - data.validation.y)[:, data.counted_from :]
    found = metrics(trainer.model, data)
    assert found["mae"] == pytest.approx(float(np.abs(error).mean()), rel=1e-5)
    assert found["rmse"] == pytest.approx(float(np.sqrt((error**2).mean())), rel=1e-5)
    loss = evaluate(trainer.model, data, data.validation)
    assert loss == pytest.approx(found["rmse"] ** 2, rel=1e-5)
    best = data.baselines["a season ago"]
    assert best < data.baselines["repeat last"]
    assert found["best_skill"] == pytest.approx(1 - loss / best)


def test_temperature_and_top_k_by_hand() -> None:
    logits = torch.log(torch.tensor([0.5, 0.25, 0.125, 0.125]))
    np.testing.assert_allclose(
        probabilities(logits, 1.0, 0), [0.5, 0.25, 0.125, 0.125], rtol=1e-6
    )
    half = np.array([0.25, 0.0625, 1 / 64, 1 / 64])
    np.testing.assert_allclose(
        probabilities(logits, 0.5, 0), half / half.sum(), rtol=1e-5
    )
    np.testing.assert_allclose(probabilities(logits, 1.0, 2), [2 / 3, 1 / 3, 0, 0])
    assert probabilities(logits, 0.0, 0).tolist() == [1, 0, 0, 0]


def test_the_same_seed_writes_the_same_text() -> None:
    trainer = Trainer(choosing.make_config("language", "gru", {"training.steps": 3}))
    trainer.advance(Budget())
    model, steps = trainer.model, trainer.data.steps
    one, two = (generate(model, [0, 1], 20, steps, 1.0, 0, seed=3) for _ in range(2))
    assert one == two
    assert generate(model, [0, 1], 20, steps, 1.0, 0, seed=4) != one
    greedy = generate(model, [0, 1], 1, steps, temperature=0)
    model.eval()
    assert greedy == [int(next_logits(model, [0, 1], steps).argmax())]


@pytest.mark.parametrize(
    ("data", "settings"), [("sine", {}), ("stock", {"data.target": "log_return"})]
)
def test_a_forecast_agrees_with_the_model_step_by_step(
    data: str, settings: dict[str, object]
) -> None:
    config = choosing.make_config(data, "gru", settings | {"training.steps": 9})
    trainer = Trainer(config)
    trainer.advance(Budget())
    predicted = forecast(trainer.model, trainer.data)
    made, series = trainer.data, trainer.data.series
    assert series is not None
    trainer.model.eval()
    for k in (predicted.context, len(predicted.places) - 1):
        place = predicted.places[k]
        window = series.scaled[place - made.steps : place]
        with torch.no_grad():
            answer = trainer.model(torch.tensor(window)[None, :, None])[0, -1]
        previous = series.values[place - 1 : place]
        shown = made.restore(answer.double().numpy(), previous, made.scaler)
        assert predicted.one_step[k] == pytest.approx(float(shown[0]), rel=1e-5)
    # Left alone, its first step knows what one step ahead knows.
    assert predicted.free[predicted.context] == pytest.approx(
        predicted.one_step[predicted.context], 1e-5
    )
    assert np.isnan(predicted.free[: predicted.context]).all()
    np.testing.assert_array_equal(predicted.truth, series.values[predicted.places])


def test_early_stopping_ends_a_run_that_learns_by_heart() -> None:
    """Random digits: nothing to learn, so the held-out loss soon rises."""
    settings = {"training.patience": 3, "training.steps": 400, "data.length": 400}
    settings |= {"data.window": 16, "training.learning_rate": 0.02}
    config = choosing.make_config("digits", "gru", settings)
    trainer = Trainer(config)
    progress = trainer.advance(Budget())
    assert progress.status == "finished"
    assert trainer.step < config.training.steps
    losses = [v.loss for v in progress.validations if v.step % 16 == 0]
    best = int(np.argmin(losses))
    assert len(losses) - 1 - best == 3
    assert progress.validations[-1].step == trainer.step
    kept = {checkpoint.step for checkpoint in progress.checkpoints}
    assert {v.step for v in progress.validations} <= kept
    found = lowest(progress.validations)
    assert found is not None
    message = stopped_early(trainer.step, found.step, 3)
    assert progress.message == message
    assert str(found.step) in message.text(translator("zh"))
    again = Trainer(config)
    for _ in range(9):
        cut = again.advance(Budget(steps=60))
    assert cut.status == "finished"
    assert again.step == trainer.step
    assert again.advance(Budget(steps=5)).step == trainer.step


@pytest.mark.parametrize("cut", [25, 60])
def test_the_best_moment_is_always_kept(
    cut: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random digits again, without early stopping: the held-out loss rises."""
    config = choosing.make_config("digits", "gru", {"training.steps": 60, **RISING})
    name = "explorer.training.trainer.checkpoint_steps"
    monkeypatch.setattr(name, lambda *_given: frozenset({0, 60}))
    validations, kept = list[Validation](), dict[int, bytes]()
    state: bytes | None = None
    for _ in range(0, 60, cut):
        state, progress = advance(config, state, Budget(steps=cut))
        validations += progress.validations
        kept |= dict(progress.checkpoints)
    best = lowest(validations)
    assert best is not None
    assert 0 < best.step < 60
    then = Trainer(config, kept[best.step])
    assert (then.step, then.rule.judge().loss) == (best.step, best.loss)
    assert Trainer(config, state).lowest == (best.loss, best.step)


def test_a_state_from_before_the_best_was_kept_still_opens() -> None:
    config = choosing.make_config("digits", "gru", {"training.steps": 3, **RISING})
    tensors, facts = unpack(advance(config, None, Budget(steps=1))[0])
    del facts["lowest"]
    trainer = Trainer(config, pack(tensors, facts))
    assert trainer.lowest == Lowest(math.inf, 0)
    assert trainer.advance(Budget()).status == "finished"


def test_an_l1_penalty_pulls_every_weight_to_zero_alike() -> None:
    """With SGD without momentum, a step differs by rate x penalty x sign(w)."""
    usual = {"training.optimizer": "sgd", "training.momentum": 0, "training.clip": 0}
    usual |= {"training.schedule": "constant", "training.learning_rate": 0.01}
    plain, pulled = (
        Trainer(choosing.make_config("sine", "rnn", usual | {"training.l1": l1}))
        for l1 in (0.0, 0.05)
    )
    before = [p.detach().clone() for p in plain.model.parameters()]
    for trainer in (plain, pulled):
        trainer.advance(Budget(steps=1))
    both = zip(plain.model.parameters(), pulled.model.parameters(), strict=True)
    for (a, b), start in zip(both, before, strict=True):
        expected = a - 0.01 * 0.05 * start.sign()
        torch.testing.assert_close(b, expected, atol=1e-7, rtol=0)


def test_labelled_measures_agree_with_counting() -> None:
    truth = [0, 0, 0, 1, 1, 2, 2, 2, 2, 1]
    said = [0, 1, 0, 1, 1, 0, 2, 2, 1, 1]
    counts = confusion(torch.tensor(said), torch.tensor(truth), 4)
    assert counts.tolist() == [[2, 1, 0, 0], [0, 3, 0, 0], [1, 1, 2, 0], [0, 0, 0, 0]]
    found = measures_of(counts)
    precision = [2 / 3, 3 / 5, 2 / 2]
    recall = [2 / 3, 3 / 3, 2 / 4]
    f1 = [2 * p * r / (p + r) for p, r in zip(precision, recall, strict=True)]
    assert found == pytest.approx(
        {
            "accuracy": 0.7,
            "precision": sum(precision) / 3,
            "recall": sum(recall) / 3,
            "f1": sum(f1) / 3,
        }
    )
