"""All commands by name: each is imported when it is called, none of them for help.

PyTorch alone takes a second to import.
"""

import importlib
from typing import NamedTuple

import click


class Place(NamedTuple):
    """Where a command is declared, and the first sentence of its help."""

    file: str
    function: str
    does: str


COMMANDS = {
    "backtest": Place(
        "backtest",
        "backtest",
        "Roll a run's forecasts over its held-out part, with calibrated bands.",
    ),
    "export": Place(
        "zips",
        "export_",
        "Write a run of the store as a .zip, for importing it or for using its model.",
    ),
    "import": Place(
        "zips",
        "import_",
        "Take the runs of a .zip into the store, each under a new id.",
    ),
    "inspect": Place(
        "inspect",
        "inspect",
        "Print the very arrays that a view of the page Look inside draws.",
    ),
    "lessons": Place(
        "lessons",
        "lessons_",
        "Say which lessons there are, or check that one holds.",
    ),
    "list": Place(
        "list", "list_", "Say which architectures, datasets and tasks there are."
    ),
    "runs": Place("runs", "runs", "List the runs of the store, newest first."),
    "sweep": Place(
        "sweep",
        "sweep",
        "Try many settings, and say which did best and what that cost.",
    ),
    "train": Place(
        "train", "train", "Train one run to its end and say what it reached."
    ),
}


class Commands(click.Group):
    """A group whose commands stand in the table above."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported; None if there is none."""
        if cmd_name not in COMMANDS:
            return None
        place = COMMANDS[cmd_name]
        module = importlib.import_module(f"explorer.cli.{place.file}")
        command: click.Command = getattr(module, place.function)
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """What each does."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, at.does) for name, at in COMMANDS.items()])


@click.group(cls=Commands)
def main() -> None:
    """Train sequence models and look inside them, without a browser."""
