"""What training must reach, one seeded run each."""

import pytest
import torch

from explorer import catalog
from explorer.training.trainer import Budget, Trainer

pytestmark = pytest.mark.slow
torch.set_num_threads(1)
MODELS = list(catalog.models())


def reached(data: str, model: str, **settings: object) -> Trainer:
    """The trainer at the end of a run; its last validation loss as `loss`."""
    named = {name.replace("__", "."): value for name, value in settings.items()}
    trainer = Trainer(catalog.make_config(data, model, named))
    progress = trainer.advance(Budget())
    assert progress.status == "finished"
    trainer.loss = progress.validations[-1].loss  # type: ignore[attr-defined]
    return trainer


@pytest.mark.parametrize("model", MODELS)
def test_a_sine_is_learned_down_to_its_noise(model: str) -> None:
    run = reached("sine", model)
    assert run.data.floor is not None
    assert 0.95 * run.data.floor <= run.loss <= 1.15 * run.data.floor


@pytest.mark.parametrize("model", MODELS)
def test_nothing_beats_the_last_price_of_a_random_walk(model: str) -> None:
    run = reached("stock", model)
    best = run.data.baselines["repeat last"]
    assert run.loss >= 0.98 * best
    assert "random walk" in run.data.hint


@pytest.mark.parametrize("data", ["sine", "fables", "language"])
@pytest.mark.parametrize("model", MODELS)
def test_300_steps_beat_the_trivial_guesses(model: str, data: str) -> None:
    run = reached(data, model, training__steps=300)
    lines = dict(run.data.baselines)
    lines.pop("bigram", None)
    assert run.loss < min(lines.values())
    if run.data.floor is not None:
        assert run.loss > 0.95 * run.data.floor


@pytest.mark.parametrize("model", MODELS)
def test_text_is_learned_beyond_pairs_of_letters(model: str) -> None:
    run = reached("fables", model, training__steps=1500)
    assert run.loss < run.data.baselines["bigram"]
