"""Runs that were made elsewhere enter the store as they stand."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, insert

from explorer.runs import reading, schema, writing
from explorer.runs.records import Checkpoint, Command, Curves, Progress, Run, Validation
from explorer.runs.shelf import run_row

Imported = tuple[Run, Curves, list[Validation], list[Command], list[Checkpoint]]
"""A run with all that belongs to it."""

AdmitBytes = Callable[[int], None]
"""Given how many bytes a person would store: raises an `ExplorerError` if that is too
much. It is called within the transaction that stores them."""


def check_ids(every: Sequence[Imported]) -> None:
    """See that each run has an id of the form that `Store.create` gives.

    Raises:
        ValueError: if one has not.
    """
    for run, *_rest in every:
        if not reading.is_id(run.id):
            raise ValueError(f"malformed run id {run.id[:60]!r}")


def take_in(connection: Connection, imported: Imported) -> None:
    """Write down a run under its own id, in the place of one of that id. Its newest
    checkpoint becomes the state from which it can go on."""
    run, curves, validations, commands, checkpoints = imported
    whole = Progress(
        first_step=0,
        curves=curves,
        step=run.step,
        seconds=run.seconds,
        validations=tuple(validations),
        checkpoints=tuple(checkpoints),
        commands=tuple(commands),
        status=run.status,
        message=run.message,
    )
    writing.remove(connection, run.id)
    connection.execute(insert(schema.runs).values(run_row(run)))
    writing.write(connection, run.id, whole)
    if checkpoints:
        newest = max(checkpoints, key=lambda c: c.step)
        writing.write_states(connection, {run.id: newest})
