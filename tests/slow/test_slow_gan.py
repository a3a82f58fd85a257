"""A GAN makes waves that a fresh network cannot tell from real ones; or collapses. Of
handwritten digits it makes images in which a judge that saw real ones alone finds all
ten."""

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from explorer.catalog import choosing
from explorer.data.handwriting import HandwritingSettings, make
from explorer.inspection.base import Request, Subject, look
from explorer.training.generating import kinds, made
from explorer.training.trainer import Budget, Trainer
from tests.slow.conftest import Report

pytestmark = pytest.mark.slow
torch.set_num_threads(1)
MADE = 1000


def reached(data: str = "sine", seed: int = 0, **settings: object) -> Subject:
    """The end of a run."""
    named = {name.replace("__", "."): value for name, value in settings.items()}
    run = Trainer(choosing.make_config(data, "gan", named, seed))
    assert run.advance(Budget()).status == "finished"
    return Subject.of(run)


def test_the_default_gan_makes_sines(report: Report) -> None:
    end = reached()
    scores = look(end, Request("scores")).arrays["scores"]
    (apart, apart_floor), (missed, missed_floor) = scores
    report(
        f"sequence GAN on sine: discriminative score {apart:.3f} (real against real "
        f"{apart_floor:.3f}), predictive score {missed:.3f} (real {missed_floor:.3f})"
    )
    assert apart <= 0.15
    assert apart_floor <= 0.1
    assert missed <= 1.5 * missed_floor
    assert not look(end, Request("windows")).notes["collapsed"]


def test_a_run_that_is_made_to_collapse_sets_off_the_alarm() -> None:
    """A generator that runs far ahead of a discriminator which hardly learns."""
    end = reached(
        training__steps=300,
        training__batch_size=32,
        training__learning_rate=0.02,
        model__generator_steps=5,
        model__discriminator_pace=0.05,
    )
    assert look(end, Request("windows")).notes["collapsed"]


def in_effect(shares: np.ndarray) -> float:
    """How many evenly mixed kinds have the entropy of these shares."""
    there = shares[shares > 0]
    return float(np.exp(-(there * np.log(there)).sum()))


def judged(odds: Any) -> tuple[float, np.ndarray]:
    """The share of images (N,) that a judge is sure of by these odds (N, 10), and the
    share of each digit that it says."""
    return float((odds.max(1) >= 0.9).mean()), np.eye(10)[odds.argmax(1)].mean(0)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_default_gan_writes_digits(report: Report, seed: int) -> None:
    """By the scores of the page; and by a judge of another kind, which the page does
    not know: logistic regression on all points at once, learned from real images."""
    end = reached("handwriting", seed)
    real = make(HandwritingSettings(), seed)
    judge = LogisticRegression(C=0.1, max_iter=2000)
    judge.fit(real.train.x.reshape(-1, 64), real.train.y)
    fake = made(end.model, MADE, 8, seed + 1000)
    mixed = np.random.default_rng(seed).permuted(real.train.x[:MADE], axis=0)
    (sure, shares), (sure_real, _), (sure_mixed, _) = (
        judged(judge.predict_proba(np.asarray(x).reshape(-1, 64)))
        for x in (fake, real.validation.x, mixed)
    )
    (apart, floor), (missed, missed_floor) = look(end, Request("scores")).arrays[
        "scores"
    ]
    count = kinds(end.data, fake)
    report(
        f"sequence GAN on handwritten digits, seed {seed}: discriminative score "
        f"{apart:.3f} (real against real {floor:.3f}), predictive {missed:.3f} (real "
        f"{missed_floor:.3f}); {count:.1f} kinds by the nearest image, "
        f"{in_effect(shares):.1f} by logistic regression, rarest digit "
        f"{shares.min():.3f}, sure of {sure:.2f} (real {sure_real:.2f}, points of "
        f"different images mixed {sure_mixed:.2f})"
    )
    assert apart <= 0.25
    assert missed <= 1.2 * missed_floor
    assert not look(end, Request("windows")).notes["collapsed"]
    assert min(count, in_effect(shares)) >= 7
    assert sure >= 0.5 * sure_real
