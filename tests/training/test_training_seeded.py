"""The first moment of a run is what its settings and its seed make, to the bit."""

import json

import pytest
import torch

from explorer.catalog import specs
from explorer.config.run import RunConfig
from explorer.engine.jobs import Wanted
from explorer.engine.worker import facts_of_first, look_at
from explorer.errors import ExplorerError
from explorer.inspection.base import views_of
from explorer.runs.packing import weights_alone
from explorer.training.seeded import facts_alone, written_out
from explorer.training.state import pack, unpack
from explorer.training.trainer import Budget, Trainer
from explorer.training.transfer import transferred
from tests.portable.conftest import usual

torch.set_num_threads(1)

FEW_BYTES = 1000


def first(config: RunConfig) -> bytes:
    """The state that a run keeps of step 0."""
    return Trainer(config).advance(Budget(steps=1)).checkpoints[0].state


def facts(config: RunConfig, state: bytes) -> bytes:
    alone = facts_alone(config, state)
    assert alone is not None
    return alone


@pytest.mark.parametrize("model", specs.known_models())
def test_every_model_is_made_anew_from_few_bytes(model: str) -> None:
    config = usual(model).model_copy(update={"seed": 11})
    state = Trainer(config).pack()
    alone = facts(config, state)
    assert len(alone) < FEW_BYTES
    assert written_out(config, alone) == state
    assert written_out(config, state) == state
    assert facts(config, alone) == alone
    assert Trainer(config, alone).pack() == state


def test_other_weights_are_never_left_to_a_seed() -> None:
    config = usual("lstm")
    state = first(config)
    assert facts_alone(config.model_copy(update={"seed": 1}), state) is None
    tensors, known = unpack(state)
    tensors["model.head.bias"][0] = torch.nextafter(
        tensors["model.head.bias"][0], torch.tensor(1.0)
    )
    assert facts_alone(config, pack(tensors, known)) is None
    trained = Trainer(config).advance(Budget()).state
    assert trained is not None
    begun = transferred(config, config, trained)
    assert facts_alone(config, weights_alone(begun)) is None


def test_whoever_goes_on_or_begins_there_has_those_weights() -> None:
    """Also with another seed, which then draws other batches."""
    config = usual("lstm").model_copy(update={"seed": 5})
    state = first(config)
    alone = facts(config, state)
    ends = [Trainer(config, each).advance(Budget()).state for each in (state, alone)]
    whole, anew = (unpack(end)[0] for end in ends if end is not None)
    assert whole.keys() == anew.keys()
    assert all(torch.equal(anew[name], value) for name, value in whole.items())
    other = config.model_copy(update={"seed": 6})
    assert Trainer(other, alone).pack() == Trainer(other, state).pack()
    begun = [transferred(other, config, each) for each in (state, alone)]
    assert begun[0] == begun[1]


def test_weights_that_can_be_made_no_more_are_told_of() -> None:
    config = usual("lstm")
    tensors, known = unpack(facts(config, first(config)))
    wrong = pack(tensors, known | {"seeded": [config.seed, "0" * 64]})
    with pytest.raises(ExplorerError, match="makes other weights of them"):
        Trainer(config, wrong)
    with pytest.raises(ExplorerError, match="Choose a later moment"):
        written_out(config, wrong)


def test_a_worker_says_what_a_seed_makes_and_survives_what_it_cannot_build() -> None:
    config = usual("lstm")
    state = first(config)
    assert facts_of_first(config.to_json(), state) == facts(config, state)
    gone = json.loads(config.to_json()) | {"data": "gone"}
    assert facts_of_first(json.dumps(gone), state) is None
    assert facts_of_first(config.to_json(), b"no state") is None


@pytest.mark.parametrize("model", ["lstm", "transformer", "hmm"])
def test_every_view_of_it_is_what_it_was(model: str) -> None:
    config = usual(model)
    state = first(config)
    wanted = [
        Wanted(view.name) for view in views_of(specs.resolve(config)) if not view.learns
    ]
    assert len(wanted) > 2
    before, after = (
        look_at(config.to_json(), each, wanted).views
        for each in (state, facts(config, state))
    )
    for old, new in zip(before, after, strict=True):
        assert repr(old.notes) == repr(new.notes)
        assert old.arrays.keys() == new.arrays.keys()
        for name, values in old.arrays.items():
            assert values.tobytes() == new.arrays[name].tobytes(), (old.name, name)
