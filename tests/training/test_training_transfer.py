"""A run that begins with what another has learned."""

import pytest
import torch

from explorer.catalog import building, choosing
from explorer.config.run import RunConfig
from explorer.errors import ExplorerError
from explorer.training.state import unpack
from explorer.training.trainer import Budget, Trainer
from explorer.training.transfer import transferred
from tests.replaying import replay

torch.set_num_threads(1)


def config(data: str = "sine", model: str = "gru", **more: object) -> RunConfig:
    settings = {"model.hidden_size": 8, "training.steps": 12, "data.window": 16}
    named = {name.replace("__", "."): value for name, value in more.items()}
    return choosing.make_config(data, model, settings | named, seed=3)


def trained(given: RunConfig) -> Trainer:
    trainer = Trainer(given)
    trainer.advance(Budget())
    return trainer


def weights(state: bytes) -> dict[str, torch.Tensor]:
    return {k[6:]: v for k, v in unpack(state)[0].items() if k.startswith("model.")}


@pytest.mark.parametrize("model", ["rnn", "lstm", "gru", "transformer"])
def test_all_that_fits_is_taken_over(model: str) -> None:
    old = trained(config(model=model))
    new = config("stock", model)
    begun = weights(transferred(new, old.config, old.pack()))
    for name, value in old.model.state_dict().items():
        assert torch.equal(begun[name], value), name
    fresh = Trainer(new, transferred(new, old.config, old.pack()))
    assert fresh.step == 0
    assert fresh.advance(Budget()).status == "finished"


def test_shared_symbols_keep_their_rows_and_other_heads_begin_at_random() -> None:
    old = trained(config("fables", "lstm"))
    new = config("digits", "lstm")
    begun = weights(transferred(new, old.config, old.pack()))
    learned, start = old.model.state_dict(), Trainer(new).model.state_dict()
    mine, theirs = building.make_data(new).symbols, old.data.symbols
    assert set(mine) - set(theirs)
    both = set(mine) & set(theirs)
    for name in ("embedding.weight", "head.weight", "head.bias"):
        for k, symbol in enumerate(mine):
            source = learned[name][theirs.index(symbol)] if symbol in both else None
            expected = start[name][k] if source is None else source
            assert torch.equal(begun[name][k], expected), (name, symbol)
    hidden = "lstm.weight_hh_l0"
    assert torch.equal(begun[hidden], learned[hidden])


def test_a_different_build_is_refused() -> None:
    old = trained(config())
    wider = config("stock", model__hidden_size=9)
    with pytest.raises(ExplorerError, match="built alike, but this one is gru"):
        transferred(wider, old.config, old.pack())
    with pytest.raises(ExplorerError, match="built alike"):
        transferred(config("stock", "rnn"), old.config, old.pack())


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "muon"])
def test_the_head_alone_learns(optimizer: str) -> None:
    old = trained(config())
    new = config("stock", training__trainable="head", training__optimizer=optimizer)
    begun = transferred(new, old.config, old.pack())
    trainer = Trainer(new, begun)
    trainer.advance(Budget())
    for name, value in weights(begun).items():
        now = trainer.model.state_dict()[name]
        assert torch.equal(now, value) == (not name.startswith("head.")), name


def test_a_model_without_a_head_of_its_own_says_so() -> None:
    with pytest.raises(ExplorerError, match="leave through its embedding"):
        Trainer(config("fables", "transformer", training__trainable="head"))


def test_few_examples_are_all_that_is_seen() -> None:
    trainer = Trainer(config(training__examples=3))
    seen = {
        x.numpy().tobytes() for k in range(200) for x in trainer.rule.batches.at(k)[0]
    }
    assert len(seen) == 3


def test_any_cut_and_a_replay_give_the_same_run() -> None:
    old = trained(config())
    new = config("stock", training__trainable="head", training__examples=5)
    begun = transferred(new, old.config, old.pack())
    whole = Trainer(new, begun).advance(Budget())
    state = begun
    for steps in (1, 4, 7):
        state = Trainer(new, state).advance(Budget(steps=steps)).state
    again = replay(new, (), new.training.steps, begun)
    for name, value in weights(whole.state).items():
        assert torch.equal(weights(state)[name], value), name
        assert torch.equal(again.model.state_dict()[name], value), name
