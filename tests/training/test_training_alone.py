"""From weights alone, as old runs keep them, training goes on with a fresh memory."""

import pytest

from explorer.catalog import choosing
from explorer.portable.states import check_states
from explorer.runs.packing import weights_alone
from explorer.runs.records import Checkpoint
from explorer.training.trainer import Budget, Trainer

STEPS = 3


@pytest.mark.parametrize(
    ("data", "model", "named"),
    [
        ("sine", "lstm", {}),
        ("sine", "rnn", {"training.optimizer": "sgd"}),
        ("sine", "transformer", {"training.optimizer": "muon"}),
        ("sine", "gan", {}),
        ("casino", "hmm", {}),
        ("casino", "crf", {}),
    ],
)
def test_every_rule_goes_on_from_weights_alone(
    data: str, model: str, named: dict[str, str]
) -> None:
    config = choosing.make_config(data, model, named)
    trainer = Trainer(config)
    trainer.advance(Budget(steps=STEPS))
    whole = trainer.pack()
    alone = weights_alone(whole)
    check_states(config, [Checkpoint(STEPS, alone)])
    fresh = Trainer(config, alone).advance(Budget(steps=2))
    usual = Trainer(config, whole).advance(Budget(steps=2))
    assert (fresh.step, fresh.status) == (STEPS + 2, "training")
    assert fresh.curves.losses[0] == usual.curves.losses[0]
