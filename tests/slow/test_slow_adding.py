"""The adding problem over 100 steps: gates remember, a plain network does not."""

import pytest
import torch

from explorer.catalog import choosing
from explorer.training.trainer import Budget, Trainer
from tests.slow.conftest import Report

pytestmark = pytest.mark.slow
torch.set_num_threads(1)


def loss_of(model: str) -> float:
    """The held-out mean squared error after 1,000 steps, the same for every model."""
    settings = {
        "data.window": 100,
        "data.count": 10000,
        "model.hidden_size": 64,
        "training.steps": 1000,
        "training.batch_size": 64,
        "training.learning_rate": 0.005,
    }
    trainer = Trainer(choosing.make_config("adding", model, settings))
    progress = trainer.advance(Budget())
    assert progress.status == "finished"
    return progress.validations[-1].loss


def test_a_gru_adds_numbers_that_lie_a_hundred_steps_apart(report: Report) -> None:
    loss = loss_of("gru")
    report(f"adding problem, T = 100, 1,000 steps: GRU {loss:.4f}")
    assert loss < 0.01


def test_a_plain_recurrent_network_does_not(report: Report) -> None:
    loss = loss_of("rnn")
    report(f"adding problem, T = 100, 1,000 steps: RNN {loss:.4f}")
    assert loss > 0.1
