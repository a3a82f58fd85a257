"""Every architecture learns something of every dataset that it says it can learn."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.catalog import choosing, specs
from explorer.config.run import RunConfig
from explorer.data.windows import Windows
from explorer.runs.records import Curves
from explorer.tasks import TASKS
from explorer.training.measures import judge
from explorer.training.state import unpack
from explorer.training.trainer import Budget, Trainer
from tests.pairs import AS_TWO

STEPS, ITERATIONS = 50, 10
"""Updates by gradient; iterations over all of the data."""
FEW = 400
torch.set_num_threads(1)

every_pair = pytest.mark.parametrize(("model", "data"), AS_TWO)


def config_of(data: str, model: str, steps: int) -> RunConfig:
    """Default settings, but for a small batch, short windows and a moderate size."""
    usual = {
        "data.window": 24,
        "model.hidden_size": 24,
        "model.layers": 1,
        "training.steps": steps,
        "training.batch_size": 16,
    }
    known = specs.setting_names(data, model)
    settings = {name: value for name, value in usual.items() if name in known}
    return choosing.make_config(data, model, settings)


_trained: dict[tuple[str, str], tuple[Trainer, Curves]] = {}


def trained(data: str, model: str) -> tuple[Trainer, Curves]:
    """The pair after its steps, and what was noted on the way."""
    if (data, model) not in _trained:
        by_all = specs.model_spec(model).learning == "expectation"
        steps = ITERATIONS if by_all else STEPS
        trainer = Trainer(config_of(data, model, steps))
        progress = trainer.advance(Budget(steps=steps))
        assert progress.status == "finished"
        _trained[data, model] = trainer, progress.curves
    return _trained[data, model]


def learned_from(trainer: Trainer) -> float:
    """The loss of windows that are learned from, the same ones before and after: a few
    batches say too little where little is learned yet."""
    few = Windows(*(part[:FEW] for part in trainer.data.train))
    return judge(trainer.rule.acting, replace(trainer.data, validation=few)).loss


@every_pair
def test_training_improves(data: str, model: str) -> None:
    trainer, curves = trained(data, model)
    losses = curves.losses
    assert np.isfinite(losses).all()
    learning = specs.model_spec(model).learning
    if learning == "gradient":
        last = losses[-(len(losses) // 5) :]
        seen = last.mean() < losses[:2].mean()
        assert seen or learned_from(trainer) < learned_from(Trainer(trainer.config))
    elif learning == "expectation":  # what an iteration never raises
        assert curves.surprises[-1] < curves.surprises[0]
    else:
        assert np.isfinite(trainer.rule.discriminator_loss)
        before = Trainer(trainer.config).rule.judge().measures
        after = trainer.rule.judge().measures
        assert before != after


@every_pair
def test_its_measures_are_those_of_the_task(data: str, model: str) -> None:
    trainer, _ = trained(data, model)
    loss, measures = trainer.rule.judge()
    assert np.isfinite(loss)
    assert set(measures) <= set(TASKS[trainer.data.task].measures)
    assert measures
    assert all(np.isfinite(value) for value in measures.values())


@every_pair
def test_any_cut_gives_the_same_run(data: str, model: str) -> None:
    config = config_of(data, model, 6)
    whole = Trainer(config).advance(Budget())
    state, losses = None, []
    for steps in (1, 2, 0, 3):
        progress = Trainer(config, state).advance(Budget(steps=steps))
        state = progress.state
        losses += list(progress.curves.losses)
    np.testing.assert_array_equal(losses, whole.curves.losses)
    for name, value in unpack(whole.state)[0].items():
        assert torch.equal(unpack(state)[0][name], value), name
