"""Every command that is declared is marked, worded, checked, kept and replayed."""

import math

import pytest
import torch

from explorer.config.run import RunConfig
from explorer.errors import ExplorerError
from explorer.plots.training.commands import marks, trace
from explorer.portable.pack import folder_name, run_files, zipped
from explorer.portable.unpack import unpacked
from explorer.runs.commands import (
    COMMANDS,
    HOLD,
    LEARNING_RATE,
    PAUSE,
    RELEASE,
    RESUME,
    SIDE,
    STEP,
    STOP,
    CommandSpec,
    held_changes,
)
from explorer.runs.records import Command, Curves
from explorer.runs.store import Store
from explorer.training.commands import ACTS, checked
from explorer.training.state import unpack
from explorer.training.trainer import Budget, Trainer
from explorer.ui.language import translator
from tests.portable.conftest import importer, trained, usual
from tests.replaying import replay

CHANGE = '{"capture": "layer_0.forget_gate", "value": 0.5}'

EXAMPLES = {
    PAUSE.name: [PAUSE()],
    RESUME.name: [RESUME()],
    STEP.name: [STEP(3)],
    STOP.name: [STOP()],
    LEARNING_RATE.name: [LEARNING_RATE(0.02)],
    HOLD.name: [HOLD(note=CHANGE)],
    RELEASE.name: [HOLD(note=CHANGE), RELEASE()],
    SIDE.name: [SIDE(2, "generator")],
}
"""What a run is told, one every second step; the last is the command itself."""

every = pytest.mark.parametrize("spec", COMMANDS.values(), ids=lambda spec: spec.name)


def config_for(spec: CommandSpec) -> RunConfig:
    return usual("gan" if spec == SIDE else "lstm")


def told(config: RunConfig, commands: list[Command]) -> tuple[Trainer, list[Command]]:
    """A run to its end with one of the commands at every step, and what it noted."""
    trainer, noted = Trainer(config), []
    for command in commands:
        noted += trainer.advance(Budget(steps=1), [command]).commands
    trainer.advance(Budget())
    return trainer, noted


def weights(trainer: Trainer) -> dict[str, torch.Tensor]:
    return unpack(trainer.pack())[0]


def test_every_command_is_tried_and_has_one_who_carries_it_out() -> None:
    assert EXAMPLES.keys() == COMMANDS.keys()
    assert ACTS.keys() == {s.name for s in COMMANDS.values() if s.status is None}


@every
def test_it_has_a_mark_in_both_languages(spec: CommandSpec) -> None:
    drawn = marks([Command(0, spec.name, 0.5)], Curves.empty(), "step")
    if spec == RESUME:  # it happens at the very step of its pause
        assert drawn == ()
        return
    said = [trace(drawn, 9.0, translator(lang))["hovertext"] for lang in ("en", "zh")]
    assert said[0] == [spec.mark % {"value": "0.5"}]
    assert said[1] != said[0]
    assert "%" not in said[1][0]


@every
def test_its_buttons_speak_both_languages(spec: CommandSpec) -> None:
    for words in (spec.label, spec.for_all, spec.help):
        assert not words or translator("zh")(words) != words


@every
@pytest.mark.parametrize("value", [math.nan, -3.0, 0.0])
def test_a_nonsense_number_is_refused_with_a_sentence(
    spec: CommandSpec, value: float
) -> None:
    with pytest.raises(ExplorerError, match=r"but got|must be"):
        spec(value)


@every
def test_a_nonsense_note_is_refused_with_a_sentence(spec: CommandSpec) -> None:
    config, example = config_for(spec), EXAMPLES[spec.name][-1]
    with pytest.raises(ExplorerError, match=r"nonsense"):
        checked(config, example._replace(note="nonsense"))
    assert checked(config, example) == example


@every
def test_it_comes_back_out_of_a_zip(spec: CommandSpec, store: Store) -> None:
    config = config_for(spec)
    _, noted = told(config, EXAMPLES[spec.name])
    kept = trained(store, config)._replace(commands=noted)
    (came,) = unpacked(zipped({folder_name(kept): run_files(kept)}), importer())
    assert came.commands == noted
    store.import_runs([came])
    assert store.commands(came.run.id) == noted


@every
def test_a_replay_of_what_was_noted_is_the_same_to_the_bit(spec: CommandSpec) -> None:
    config = config_for(spec)
    trainer, noted = told(config, EXAMPLES[spec.name])
    again, free = replay(config, noted, trainer.step), replay(config, [], trainer.step)
    expected, other = weights(trainer), weights(free)
    for name, value in weights(again).items():
        assert torch.equal(value, expected[name]), name
    same = all(torch.equal(value, expected[name]) for name, value in other.items())
    assert same == (spec.status is not None)


def test_held_changes_are_counted() -> None:
    commands = [HOLD(note=CHANGE), PAUSE(), HOLD(note=CHANGE)]
    assert held_changes(commands) == 2
    assert held_changes([*commands, RELEASE(), LEARNING_RATE(0.1)]) == 0


def test_an_unknown_command_is_one_sentence_at_every_door() -> None:
    unknown = Command(0, "paus")
    with pytest.raises(ExplorerError, match=r"command 'paus'.*Did you mean 'pause'"):
        marks([unknown], Curves.empty(), "step")
    with pytest.raises(ExplorerError, match="command 'paus'"):
        replay(usual("lstm"), [unknown], 1)
