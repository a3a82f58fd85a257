"""What the commands share: how they refuse, and how they read what they are given."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from explorer.data import content, files
from explorer.errors import N_, ExplorerError

BAD_INPUT = 2


def sentences(command: Callable[..., None]) -> Callable[..., None]:
    """Turn what a person can mend into one line on standard error and exit code 2."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except ExplorerError as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(BAD_INPUT)

    return run


def read_settings(pairs: tuple[str, ...]) -> dict[str, Any]:
    """What --set was given, by name.

    Raises:
        ExplorerError: if it is not of the form name=value.
    """
    settings: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign:
            raise ExplorerError(
                N_(
                    "--set needs group.name=value, but got '%(came)s'. As in --set "
                    "model.hidden_size=32."
                ),
                came=pair[:60],
            )
        settings[name.strip()] = value.strip()
    return settings


def is_path(data: str) -> bool:
    """Whether --data names a file."""
    return Path(data).suffix.lower() in (".csv", ".txt") or "/" in data


def own_data(path: Path, column: str | None) -> tuple[str, str]:
    """Take in a file; the dataset that reads it, and its digest.

    Raises:
        ExplorerError: if it cannot be read.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ExplorerError(
            N_(
                "--data must be a dataset or a file that can be read, but '%(path)s' "
                "gave: %(reason)s. Check the path."
            ),
            path=path,
            reason=error.strerror or str(error),
        ) from None
    if path.suffix.lower() == ".csv":
        series = files.read_series(raw, column, path.name)
        return "own_series", content.put_series(*series)
    return "own_text", content.put_text(files.read_text(raw, path.name))
