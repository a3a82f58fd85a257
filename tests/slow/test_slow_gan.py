"""A GAN makes waves that a fresh network cannot tell from real ones; or collapses."""

import pytest
import torch

from explorer.catalog import choosing
from explorer.inspection.base import Request, Subject, look
from explorer.training.trainer import Budget, Trainer
from tests.slow.conftest import Report

pytestmark = pytest.mark.slow
torch.set_num_threads(1)


def reached(**settings: object) -> Subject:
    """The end of a run on sines."""
    named = {name.replace("__", "."): value for name, value in settings.items()}
    run = Trainer(choosing.make_config("sine", "gan", named))
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
