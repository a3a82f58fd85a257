"""A run is a fold: however it is cut, watched or moved, it is the same to the bit."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.catalog import choosing, specs
from explorer.config.run import RunConfig
from explorer.config.settings import choices_of
from explorer.config.training import TrainingSettings
from explorer.engine.jobs import Job
from explorer.engine.worker import _live, run_slices
from explorer.errors import ExplorerError
from explorer.inspection.base import Request, Subject, look, views_of
from explorer.runs.records import Command, Curves, Progress
from explorer.training.state import pack, unpack
from explorer.training.trainer import Budget, Trainer, advance
from tests.replaying import replay

STEPS = 17
OPTIMIZERS = choices_of(TrainingSettings.model_fields["optimizer"])
USUAL = TrainingSettings().optimizer
torch.set_num_threads(1)


def tiny(model: str, optimizer: str = "adamw", **more: object) -> RunConfig:
    """A run of a few steps, with dropout where the model has it."""
    chosen = specs.model_spec(model).settings
    settings_: dict[str, object] = {
        "data.window": 16,
        "data.shortest": 3,
        "data.longest": 6,
        "model.layers": 2,
        "training.steps": STEPS,
        "training.batch_size": 3,
        "training.optimizer": optimizer,
        "training.learning_rate": 0.003,
        "training.weight_decay": 0.01,
        "model.hidden_size": 8,
    }
    if "dropout" in chosen.model_fields:
        settings_["model.dropout"] = 0.25
    data = specs.usual_data(model)
    known = specs.setting_names(data, model)
    settings_ = {name: value for name, value in settings_.items() if name in known}
    return choosing.make_config(data, model, settings_ | more, seed=5)


_whole: dict[RunConfig, tuple[bytes, Progress]] = {}


def uncut(config: RunConfig) -> tuple[bytes, Progress]:
    """The run in one piece."""
    if config not in _whole:
        _whole[config] = advance(config, None, Budget())
    return _whole[config]


def test_a_slice_without_time_takes_one_step() -> None:
    trainer = Trainer(tiny("rnn"))
    for step in range(1, STEPS + 1):
        progress = trainer.advance(Budget(seconds=0.0))
        assert (progress.step, len(progress.curves.losses)) == (step, 1)
    assert progress.status == "finished"


def same_weights(one: bytes, other: bytes) -> None:
    a, b = unpack(one)[0], unpack(other)[0]
    assert a.keys() == b.keys()
    for name, value in a.items():
        assert torch.equal(value, b[name]), name


def same_curve(one: Curves, other: Curves) -> None:
    for name in set(Curves._fields) - {"seconds"}:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)


@pytest.mark.parametrize(
    ("model", "optimizer"),
    [
        pytest.param(model, optimizer, marks=() if known else pytest.mark.slow)
        for model in specs.models()
        for optimizer in OPTIMIZERS
        for known in [model == "lstm" or optimizer == USUAL]
    ],
)
def test_a_cut_gives_the_same_run(model: str, optimizer: str) -> None:
    in_slices(tiny(model, optimizer), [3, 0, 1, 6])


@given(cuts=st.lists(st.integers(0, 7), min_size=1, max_size=9))
@settings(max_examples=4, suppress_health_check=list(HealthCheck))
def test_any_cut_gives_the_same_run(cuts: list[int]) -> None:
    in_slices(tiny("lstm"), cuts)


def in_slices(config: RunConfig, cuts: list[int]) -> None:
    """Train so many steps at a time, each slice from what the last one left; nothing
    differs from the run in one piece."""
    expected_state, expected = uncut(config)
    state, curve, validations = None, Curves.empty(), {}
    for steps in [*cuts, STEPS]:
        state, progress = advance(config, state, Budget(steps=steps))
        curve = curve.then(progress.curves)
        validations |= {v.step: v.loss for v in progress.validations}
    assert progress.status == "finished"
    same_curve(curve, expected.curves)
    assert state is not None
    same_weights(state, expected_state)
    assert validations == {v.step: v.loss for v in expected.validations}


@pytest.mark.parametrize("model", list(specs.models()))
def test_moving_between_workers_changes_nothing(model: str) -> None:
    moved(tiny(model), [(2, False), (5, True), (0, False), (3, False), (1, True)])


@given(moves=st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=8))
@settings(max_examples=4, suppress_health_check=list(HealthCheck))
def test_any_moves_change_nothing(moves: list[tuple[int, bool]]) -> None:
    moved(tiny("lstm"), moves)


def moved(config: RunConfig, moves: list[tuple[int, bool]]) -> None:
    """Slices on a kept trainer, or from a state after the worker forgot it."""
    _, expected = uncut(config)
    _live.clear()
    state, curve, serial = None, Curves.empty(), 0
    for steps, forgets in [*moves, (STEPS, False)]:
        if forgets:
            _live.clear()
        kept = "run" in _live
        job = Job(
            "run",
            config.to_json(),
            serial,
            state=None if kept else state,
            fresh=not kept and state is None,
            seconds=60,
            steps=steps,
        )
        (result,) = run_slices([job])
        assert result.progress is not None
        state, serial = result.progress.state, serial + 1
        curve = curve.then(result.progress.curves)
    same_curve(curve, expected.curves)


def test_a_worker_without_the_trainer_says_so() -> None:
    _live.clear()
    job = Job("run", tiny("rnn").to_json(), 3, None, False, 1.0, 1)
    (result,) = run_slices([job])
    assert result.missing
    assert result.progress is None


@pytest.mark.quick
@pytest.mark.parametrize("model", list(specs.models()))
def test_commands_and_config_reproduce_a_run(model: str) -> None:
    config = tiny(model)
    commands = [Command(0, "learning_rate", 0.01)]
    state, first = advance(config, None, Budget(steps=6))
    state, second = advance(config, state, Budget(steps=5), commands)
    state, third = advance(config, state, Budget())
    assert second.commands == (Command(6, "learning_rate", 0.01),)
    again = replay(config, second.commands, STEPS)
    same_weights(again.pack(), state)
    rates = first.curves.then(second.curves).then(third.curves).learning_rates
    assert rates[6] > 2 * rates[5]


@pytest.mark.parametrize(
    ("model", "data"),
    [(m.name, data) for data in ("sine", "fables") for m in specs.fitting(data)],
)
def test_looking_changes_nothing(model: str, data: str) -> None:
    config = tiny(model)
    if data == "fables":
        settings_ = {f"model.{k}": v for k, v in config.model_settings.items()}
        settings_ |= {"training.steps": STEPS, "training.batch_size": 3}
        settings_ |= {"data.window": 16}
        config = choosing.make_config(data, model, settings_)
    expected_state, _ = uncut(config)
    watched = Trainer(config)
    for steps in (1, STEPS):
        watched.advance(Budget(steps=steps))
        before = torch.get_rng_state()
        for view in views_of(specs.resolve(config)):
            seen = look(Subject.of(watched), Request(view.name))
            assert all(np.isfinite(a).any() for a in seen.arrays.values())
        assert torch.equal(before, torch.get_rng_state())
        assert watched.model.training
    same_weights(watched.pack(), expected_state)


@pytest.mark.parametrize("cut", [1, 2, STEPS])
def test_divergence_is_found_alike_however_the_run_is_cut(cut: int) -> None:
    config = tiny("lstm", **{"training.learning_rate": 10.0})
    state, progress = None, None
    for _ in range(STEPS):
        state, progress = advance(config, state, Budget(steps=cut))
        if progress.status != "training":
            break
    whole_state, whole = uncut(config)
    assert progress is not None
    assert progress.status == whole.status == "diverged"
    assert progress.message == whole.message
    assert "learning rate" in str(progress.message)
    assert state is not None
    same_weights(state, whole_state)
    tensors, _facts = unpack(whole_state)
    assert all(bool(torch.isfinite(v).all()) for v in tensors.values())


def begun_near_nothing(rate: float) -> Trainer:
    """A run whose first loss was far below every simple guess, as of a run that begins
    with weights that have learned."""
    settings_ = {"training.steps": STEPS, "training.learning_rate": 0.001}
    config = choosing.make_config("reverse", "encoder_decoder", settings_)
    tensors, facts = unpack(advance(config, None, Budget(steps=1))[0])
    facts |= {"first_loss": 0.0016, "base_rate": rate}
    return Trainer(config, pack(tensors, facts))


def test_a_run_that_begins_near_nothing_is_held_against_the_simple_guess() -> None:
    gentle = begun_near_nothing(0.001).advance(Budget())
    assert gentle.curves.losses.max() > 100 * 0.0016
    assert gentle.status == "finished"
    wild = begun_near_nothing(10.0)
    wild.data = replace(wild.data, baselines={"unigram": 0.002, "flat": math.nan})
    found = wild.advance(Budget())
    assert found.status == "diverged"
    assert "100 times the 0.002 of a simple guess" in str(found.message)
    assert "clipping" not in str(found.message)  # it is set


def test_a_model_that_counts_is_told_of_no_learning_rate() -> None:
    config = choosing.make_config("stock", "hmm", {"training.steps": 5})
    trainer = Trainer(config)
    trainer.advance(Budget(steps=1))
    trainer.rule.look = lambda step: math.inf if step > 2 else 1.0  # type: ignore[method-assign]
    found = trainer.advance(Budget())
    assert (found.status, found.step) == ("diverged", 2)
    words = str(found.message)
    assert "has no learning rate" in words
    assert "fewer states" in words
    assert "Try a learning rate" not in words
    again = Trainer(config)
    again.rule.look = lambda step: math.nan  # type: ignore[method-assign]
    assert "before the first step" in str(again.advance(Budget()).message)


@given(garbage=st.binary(max_size=300))
@settings(max_examples=50)
def test_a_state_that_is_none_gets_one_sentence(garbage: bytes) -> None:
    with pytest.raises(ExplorerError, match="safetensors"):
        unpack(garbage)


def test_a_state_of_another_model_is_refused() -> None:
    state, _ = uncut(tiny("rnn"))
    with pytest.raises(ExplorerError, match="another model"):
        Trainer(tiny("lstm"), state)


def test_a_pickle_is_not_opened() -> None:
    import pickle

    with pytest.raises(ExplorerError, match="safetensors"):
        unpack(pickle.dumps({"x": 1}))


def test_a_state_goes_round() -> None:
    tensors = {"a.b": torch.arange(6.0).reshape(2, 3)}
    again, facts = unpack(pack(tensors, {"step": 7, "rate": 0.1}))
    assert torch.equal(again["a.b"], tensors["a.b"])
    assert facts == {"step": 7, "rate": 0.1}
