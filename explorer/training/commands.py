"""How a trainer carries out the commands that are its own, before its next step."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from explorer.catalog import specs
from explorer.config.run import RunConfig
from explorer.runs.commands import HOLD, LEARNING_RATE, RELEASE, SIDE, spec_of
from explorer.runs.records import Command
from explorer.training.adversarial import Side
from explorer.training.changes import MOST_CHANGES, Change, read_change
from explorer.training.rules import checked_side


class Commanded(Protocol):
    """What a command needs of a trainer."""

    config: RunConfig
    step: int
    base_rate: float
    changes: tuple[Change, ...]

    def hold(self, changes: Sequence[Change], /) -> None: ...

    def take(self, side: Side | None, until: int | None, /) -> None: ...


def _read_nothing(config: RunConfig, note: str) -> None:
    """The number says it all."""


def _read_side(config: RunConfig, note: str) -> Side:
    learning = specs.model_spec(config.model).learning
    return checked_side("both" if learning == "adversarial" else None, note)


def _set_rate(trainer: Commanded, value: float | None, _nothing: None) -> None:
    assert value is not None
    trainer.base_rate = float(value)


def _hold(trainer: Commanded, _value: float | None, change: Change) -> None:
    trainer.hold((*trainer.changes, change)[-MOST_CHANGES:])


def _release(trainer: Commanded, _value: float | None, _nothing: None) -> None:
    trainer.hold(())


def _take_side(trainer: Commanded, value: float | None, side: Side) -> None:
    trainer.take(side, None if value is None else trainer.step + int(value))


class Act(NamedTuple):
    """How one command is carried out."""

    read: Callable[[RunConfig, str], Any]
    """What its note means for a run of this config, or an `ExplorerError`."""
    do: Callable[[Commanded, float | None, Any], None]
    """Its number, and what was read."""


ACTS: Mapping[str, Act] = {
    LEARNING_RATE.name: Act(_read_nothing, _set_rate),
    HOLD.name: Act(read_change, _hold),
    RELEASE.name: Act(_read_nothing, _release),
    SIDE.name: Act(_read_side, _take_side),
}


def checked(config: RunConfig, command: Command) -> Command:
    """The command, if a run of this config can be told so.

    Raises:
        ExplorerError: if there is no such command, or if its number or its note does
            not fit the run.
    """
    spec_of(command.name)(command.value, command.note)
    if command.name in ACTS:
        ACTS[command.name].read(config, command.note)
    return command


def carry_out(trainer: Commanded, command: Command) -> Command:
    """Do what a command says, and note the step; the runner's own change no weights.

    Raises:
        ExplorerError: as `checked` does.
    """
    checked(trainer.config, command)
    if (act := ACTS.get(command.name)) is not None:
        act.do(trainer, command.value, act.read(trainer.config, command.note))
    return command._replace(step=trainer.step)
