"""What a run can be told: every command, said once.

`engine.runner` and `training.commands` carry them out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from explorer.config.training import TrainingSettings
from explorer.errors import N_, ExplorerError, unknown
from explorer.runs.records import Command, Status


def _none(value: float | None) -> None:
    if value is not None:
        raise ExplorerError(
            N_("This command takes no number, but got %(came)s. Leave it out."),
            came=value,
        )


def _rate(value: float | None) -> None:
    TrainingSettings.read({"learning_rate": value})


def _count(value: float | None) -> None:
    if value is None or not float(value).is_integer() or value < 1:
        raise ExplorerError(
            N_("Steps are counted by a whole number from 1 on, but got %(came)s."),
            came=value,
        )


def _count_or_none(value: float | None) -> None:
    if value is not None:
        _count(value)


def _no_longer_held() -> ExplorerError:
    return ExplorerError(
        N_(
            "A change can be held while a run trains, but this one has ended. Fork it, "
            "and hold the change in the new run."
        )
    )


def _unchanged(held: int) -> int:
    return held


@dataclass(frozen=True)
class CommandSpec:
    """A command. Calling it with a number and a note gives one to send to a run."""

    name: str
    """In the store, in zips and in what the browser sends."""
    states: tuple[Status, ...]
    """The states of a run in which it makes sense."""
    check: Callable[[float | None], None]
    """Refuses a number that it cannot take, with a sentence."""
    status: Status | None = None
    """What the run's status becomes: the runner takes the command. None: the trainer
    does, before the next step."""
    takes_note: bool = False
    """Whether it comes with a note, which `training.commands` reads."""
    setting: str = ""
    """The setting whose place it takes: where that is fixed, so is this."""
    held: Callable[[int], int] = _unchanged
    """How many changes to the model are held after it, by how many were before."""
    too_late: Callable[[], ExplorerError] | None = None
    """What it says in another state than its own; None: it does nothing there."""
    label: str = ""
    """What its button says; empty where each of its buttons says something else."""
    for_all: str = ""
    """What a button says that sends it to many runs."""
    icon: str = ""
    """Of its buttons: a Material icon."""
    help: str = ""
    """What its button says when somebody points at it."""
    mark: str = ""
    """What its mark on a chart says; empty: it has none."""

    def __call__(self, value: float | None = None, note: str = "") -> Command:
        """This command, checked as far as it can be without the run.

        Raises:
            ExplorerError: if it takes no such number, or no note.
        """
        self.check(value)
        if note and not self.takes_note:
            raise ExplorerError(
                N_("This command takes no note, but got '%(came)s'. Leave it out."),
                came=note[:40],
            )
        return Command(0, self.name, value, note)


PAUSE = CommandSpec(
    "pause",
    ("training",),
    _none,
    status="paused",
    label=N_("Pause"),
    for_all=N_("Pause all"),
    icon="pause",
    mark=N_("paused"),
)
RESUME = CommandSpec(
    "resume",
    ("paused",),
    _none,
    status="training",
    label=N_("Resume"),
    for_all=N_("Resume all"),
    icon="play_circle",
    # No mark: it happens at the very step of its pause.
)
STEP = CommandSpec(
    "step",
    ("paused",),
    _count,
    status="training",
    label=N_("Step %(count)d"),
    help=N_("Update the weights this many times, then pause."),
    mark=N_("stepped"),
)
STOP = CommandSpec(
    "stop",
    ("training", "paused"),
    _none,
    status="stopped",
    label=N_("Stop"),
    for_all=N_("Stop all"),
    icon="stop",
    mark=N_("stopped"),
)
LEARNING_RATE = CommandSpec(
    "learning_rate",
    ("training", "paused"),
    _rate,
    setting="training.learning_rate",
    mark=N_("learning rate %(value)s"),
)
HOLD = CommandSpec(
    "hold",
    ("training", "paused"),
    _none,
    takes_note=True,
    held=lambda held: held + 1,
    too_late=_no_longer_held,
    label=N_("Hold while it trains"),
    help=N_("The run learns under this change from its next step on."),
    mark=N_("change held"),
)
RELEASE = CommandSpec(
    "release",
    ("training", "paused"),
    _none,
    held=lambda _held: 0,
    label=N_("Release"),
    help=N_("The run learns without any change from its next step on."),
    mark=N_("change released"),
)
SIDE = CommandSpec(
    "side",
    ("training", "paused"),
    _count_or_none,
    takes_note=True,
    mark=N_("side chosen"),
)

COMMANDS: Mapping[str, CommandSpec] = {
    spec.name: spec
    for spec in (PAUSE, RESUME, STEP, STOP, LEARNING_RATE, HOLD, RELEASE, SIDE)
}


def spec_of(name: str) -> CommandSpec:
    """The command of that name.

    Raises:
        ExplorerError: if there is none.
    """
    if name not in COMMANDS:
        raise unknown(N_("command"), name, COMMANDS)
    return COMMANDS[name]


def held_changes(commands: Iterable[Command]) -> int:
    """How many changes a run learns under, after all these commands."""
    held = 0
    for command in commands:
        held = spec_of(command.name).held(held)
    return held
