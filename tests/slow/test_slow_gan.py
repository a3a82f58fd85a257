"""A GAN makes waves that a fresh network cannot tell from real ones; or collapses."""

import pytest
import torch

from explorer import catalog
from explorer.inspection.base import Request, Subject, look
from explorer.training.trainer import Budget, Trainer

pytestmark = pytest.mark.slow
torch.set_num_threads(1)


def reached(**settings: object) -> Subject:
    """The end of a run on sines."""
    named = {name.replace("__", "."): value for name, value in settings.items()}
    run = Trainer(catalog.make_config("sine", "gan", named))
    assert run.advance(Budget()).status == "finished"
    return Subject(run.config, run.data, run.model, run.step, run.pack)


def test_the_default_gan_makes_sines() -> None:
    end = reached()
    scores = look(end, Request("scores")).arrays["scores"]
    (told, told_floor), (missed, missed_floor) = scores
    assert told <= 0.15
    assert told_floor <= 0.1
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
