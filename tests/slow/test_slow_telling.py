"""Tasks that tell architectures apart: the published outcome, on three seeds."""

import pytest
import torch
from sklearn.linear_model import LogisticRegression

from explorer.catalog import choosing
from explorer.data.handwriting import HandwritingSettings, make
from explorer.inspection.answers.continued import continued
from explorer.training.simple import simple_methods
from explorer.training.trainer import Budget, Trainer
from tests.slow.conftest import Report

pytestmark = pytest.mark.slow
SEEDS = (0, 1, 2)


def ended(data: str, model: str, seed: int, **settings: object) -> Trainer:
    """A run at its end; settings by name, "__" for the dot."""
    named = {name.replace("__", "."): value for name, value in settings.items()}
    trainer = Trainer(choosing.make_config(data, model, named, seed))
    assert trainer.advance(Budget()).status == "finished"
    return trainer


@pytest.mark.parametrize("seed", SEEDS)
def test_weight_decay_helps_to_find_the_rule_of_a_clock(
    seed: int, report: Report
) -> None:
    """How far it comes depends on the processor's rounding; who comes further, not."""
    found = {}
    for decay in (1.0, 0.0):
        run = ended(
            "modular",
            "transformer",
            seed,
            data__share=0.6,
            training__learning_rate=0.002,
            training__weight_decay=decay,
        )
        measures = run.rule.judge().measures
        assert measures["trained_accuracy"] == 1
        found[decay] = measures["accuracy"]
    report(
        f"sums on a clock, seed {seed}: held-out accuracy {found[1.0]:.2f} with weight "
        f"decay, {found[0.0]:.2f} without"
    )
    assert found[1.0] > found[0.0]


@pytest.mark.parametrize("seed", SEEDS)
def test_gates_copy_selectively(seed: int, report: Report) -> None:
    right = ended("selective_copy", "gru", seed).rule.judge().measures["accuracy"]
    report(f"selective copying, seed {seed}: GRU {right:.3f} right")
    assert right > 0.98


@pytest.mark.parametrize("seed", SEEDS)
def test_an_lstm_keeps_what_is_open_and_not_its_depth_alone(
    seed: int, report: Report
) -> None:
    run = ended("brackets", "lstm", seed)
    loss, floor = run.rule.judge().loss, run.data.floor
    assert floor is not None
    counter = run.data.baselines["depth counted, kinds forgotten"]
    report(f"brackets, seed {seed}: LSTM {loss:.3f}, floor {floor:.3f}")
    assert loss < floor + 0.3 * (counter - floor)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_gated_net_learns_to_regress_in_context(seed: int, report: Report) -> None:
    run = ended("in_context", "gru", seed)
    loss, floor = run.rule.judge().loss, run.data.floor
    assert floor is not None
    plain = run.data.baselines["least squares"]
    report(
        f"in context, seed {seed}: GRU {loss:.3f}, ridge {floor:.3f}, least squares "
        f"{plain:.3f}"
    )
    assert floor < loss < 2.2 * floor


@pytest.mark.parametrize("seed", SEEDS)
def test_an_lstm_answers_from_one_fact(seed: int, report: Report) -> None:
    run = ended("stories", "lstm", seed)
    judged = run.rule.judge()
    right, counting = judged.measures["accuracy"], "places counted, persons forgotten"
    report(
        f"stories of one fact, seed {seed}: LSTM {right:.3f} right, loss "
        f"{judged.loss:.3f}, counting {run.data.baselines[counting]:.3f}"
    )
    assert right > 0.95
    assert judged.loss < 0.1


@pytest.mark.parametrize("seed", SEEDS)
def test_gauges_tell_of_each_other(seed: int, report: Report) -> None:
    """Who reads all of them is below whoever goes on from each one's own past."""
    found = {}
    for model in ("rnn", "gru", "lstm"):
        run = ended("river", model, seed)
        found[model] = run.rule.judge().loss
    alone, floor = run.data.baselines["each gauge from its own past"], run.data.floor
    (var,) = (
        each.loss
        for each in simple_methods(run.config).methods
        if each.name.startswith("VAR")
    )
    losses = ", ".join(f"{name} {loss:.4f}" for name, loss in found.items())
    report(
        f"river, seed {seed}: {losses}, VAR {var:.4f}, floor {floor:.4f}, each from "
        f"its own past {alone:.4f}"
    )
    assert max(found.values()) < alone
    assert floor is not None
    assert var < floor + 0.2 * (alone - floor)


@pytest.mark.parametrize("seed", SEEDS)
def test_gates_carry_an_image_from_its_top_to_its_bottom(
    seed: int, report: Report
) -> None:
    """Point by point a digit is 64 steps long, row by row only 8."""
    right = {
        (model, reading): ended("handwriting", model, seed, data__reading=reading)
        .rule.judge()
        .measures["accuracy"]
        for model in ("rnn", "lstm")
        for reading in ("points", "rows")
    }
    report(
        f"digits, seed {seed}: right by points RNN {right['rnn', 'points']:.3f}, LSTM "
        f"{right['lstm', 'points']:.3f}; by rows {right['rnn', 'rows']:.3f}, "
        f"{right['lstm', 'rows']:.3f}"
    )
    assert right["rnn", "points"] < right["lstm", "points"]
    assert min(right["rnn", "rows"], right["lstm", "rows"]) > 0.9


@pytest.mark.parametrize("seed", SEEDS)
def test_lower_halves_are_written_to_upper_ones(seed: int, report: Report) -> None:
    """Nearer than the best simple guess, row by row; and of more whole images a judge
    that saw real ones alone finds the digit than where the mean stands below."""
    real = make(HandwritingSettings(), seed)
    judge = LogisticRegression(C=0.1, max_iter=2000)
    judge.fit(real.train.x.reshape(-1, 64), real.train.y)
    held, digits = torch.from_numpy(real.validation.x), real.validation.y
    mean = torch.from_numpy(real.train.x).mean(0)[4:].expand(len(held), -1, -1)
    losses, wholes = {}, {"real": held, "mean": torch.cat([held[:, :4], mean], 1)}
    for model in ("rnn", "lstm", "gru", "transformer"):
        run = ended("digit_rows", model, seed)
        losses[model] = run.rule.judge().loss
        wholes[model] = continued(run.model.eval(), held, 4)
    right = {
        name: judge.score(images.numpy().reshape(-1, 64), digits)
        for name, images in wholes.items()
    }
    guesses = run.data.baselines
    report(
        f"digits written on, seed {seed}: loss "
        + ", ".join(f"{name} {loss:.3f}" for name, loss in losses.items())
        + f", nearest image {guesses['nearest image']:.3f}, mean row "
        f"{guesses['mean row']:.3f}; digit found "
        + ", ".join(f"{name} {share:.2f}" for name, share in right.items())
    )
    assert max(losses.values()) < guesses["mean row"] / 2
    assert losses["transformer"] < guesses["nearest image"]
    assert min(right["gru"], right["transformer"]) > right["mean"]
