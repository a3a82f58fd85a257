"""Reading out of the store: each function is given a connection."""

import json
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Table, select

from explorer.config.run import RUN_ID
from explorer.errors import N_, ExplorerError, Words
from explorer.runs import schema
from explorer.runs.packing import unpacked_curves, unpacked_measures, unpacked_state
from explorer.runs.records import (
    Checkpoint,
    Command,
    Curves,
    Progress,
    Run,
    Status,
    Validation,
    lowest,
    number,
)
from explorer.runs.shelf import present, read_run

_MOST_STEPS = 2**31 - 1

CHUNK = ("first_step", "length", "values", "packed")
"""The columns that `joined` needs."""

STATE = ("step", "state", "packed")
"""The columns that `read_state` needs."""


def is_id(text: str) -> bool:
    """Whether a run's id may look so."""
    return bool(text) and re.fullmatch(RUN_ID, text) is not None


def key_of(run_id: str) -> str:
    """What to look up; what cannot be an id is looked up too, and never found."""
    return run_id if is_id(run_id) else ""


def of(table: Table, run_id: str, *columns: str) -> Any:
    """Select these columns of what belongs to a run."""
    return select(*(table.c[c] for c in columns)).where(
        table.c.run_id == key_of(run_id)
    )


def run_of(connection: Connection, run_id: str) -> Run:
    """A run.

    Raises:
        ExplorerError: if there is none.
    """
    wanted = present().where(schema.runs.c.id == key_of(run_id))
    row = connection.execute(wanted).mappings().first()
    if row is None:
        shown = re.sub(r"[^A-Za-z0-9_-]", "?", run_id[:60])
        raise ExplorerError(
            N_("There is no run '%(run)s' here. Check the link, or start a new run."),
            run=shown,
        )
    return read_run(row)


def curves_of(connection: Connection, run_id: str, since: int = 0) -> Curves:
    """The curve from step index `since` on. Read-only arrays."""
    wanted = of(schema.chunks, run_id, *CHUNK)
    chunk = schema.chunks.c
    wanted = wanted.where(chunk.first_step + chunk.length > min(since, _MOST_STEPS))
    rows = connection.execute(wanted.order_by(chunk.first_step)).all()
    return joined(rows).after(max(0, since - rows[0].first_step) if rows else 0)


def joined(rows: Any) -> Curves:
    """Consecutive chunks as one curve."""
    if not rows:
        return Curves.empty()
    whole = np.concatenate([_columns(*row[1:]) for row in rows], axis=1)
    whole.flags.writeable = False
    return Curves(*whole)


def _columns(length: int, values: bytes, packed: bool) -> NDArray[np.float32]:
    """A chunk as (6, length); NaN in columns that an older program did not write."""
    if packed:
        return unpacked_curves(values, length)
    stored = np.frombuffer(values, "<f4").reshape(-1, length)
    whole = np.full((len(Curves._fields), length), np.nan, np.float32)
    whole[: len(stored)] = stored
    return whole


def validations_of(connection: Connection, run_id: str) -> list[Validation]:
    """Every measurement on the held-out part, in order."""
    wanted = of(schema.validations, run_id, "step", "loss", "seconds", "measures")
    rows = connection.execute(wanted.order_by(schema.validations.c.step)).all()
    packed = connection.scalar(of(schema.measures, run_id, "values"))
    apart = unpacked_measures(packed) if packed else {}
    return [
        Validation(
            step,
            number(loss),
            seconds,
            {name: number(x) for name, x in json.loads(measures).items()}
            or apart.get(step, {}),
        )
        for step, loss, seconds, measures in rows
    ]


def commands_of(connection: Connection, run_id: str) -> list[Command]:
    """What the run was told, in order."""
    commands = schema.commands.c
    wanted = of(schema.commands, run_id, "step", "name", "value", "note")
    rows = connection.execute(wanted.order_by(commands.step, commands.order))
    return [Command(*row) for row in rows]


def read_state(row: Any) -> Checkpoint:
    """A state whose row has the columns `STATE`."""
    step, state, packed = row
    return Checkpoint(step, unpacked_state(state) if packed else state)


def kept_steps(connection: Connection, run_id: str) -> list[int]:
    """The steps whose state is kept, in order; where a run stands is among them once
    it is thinned, as its last checkpoint is kept no more beside its state."""
    steps = set(connection.scalars(of(schema.checkpoints, run_id, "step")))
    rule = select(schema.runs.c.rule).where(schema.runs.c.id == key_of(run_id))
    if connection.scalar(rule):
        steps |= set(connection.scalars(of(schema.states, run_id, "step")))
    return sorted(steps)


def checkpoint_of(connection: Connection, run_id: str, step: int) -> Checkpoint:
    """The state after `step` updates.

    Raises:
        ExplorerError: if none is kept for that step, naming the nearest.
    """
    kept, row = _kept(connection, run_id), None
    if step in kept:
        wanted = of(kept[step], run_id, *STATE)
        row = connection.execute(wanted.where(kept[step].c.step == step)).first()
    if row is not None:
        return read_state(row)
    if not kept and run_of(connection, run_id).step:
        raise stateless(run_id)
    nearest = min(kept, key=lambda at: abs(at - step)) if kept else None
    hint = Words(N_("none is kept yet"))
    if nearest is not None:
        hint = Words(N_("the nearest is %(step)d"), {"step": nearest})
    raise ExplorerError(
        N_(
            "Only some steps of a run are kept, and step %(step)d is not one of them; "
            "%(hint)s. Choose a kept step."
        ),
        step=step,
        hint=hint,
    )


def stateless(run_id: str) -> ExplorerError:
    """What is said of a run that has trained, but not here."""
    return ExplorerError(
        N_(
            "Of the run '%(id)s' only the numbers are here: it was imported without "
            "its own data, so it can be neither looked into nor gone on with. Import "
            "it where that data is."
        ),
        id=run_id[:60],
    )


def _kept(connection: Connection, run_id: str) -> dict[int, Table]:
    """By step: the table that has its state."""
    both = (schema.states, schema.checkpoints)  # a checkpoint goes before
    return {
        at: table
        for table in both
        for at in connection.scalars(of(table, run_id, "step"))
    }


def best_of(connection: Connection, run_id: str) -> Validation | None:
    """The measurement of the lowest held-out loss, where its state is kept."""
    best = lowest(validations_of(connection, run_id))
    return best if best and best.step in _kept(connection, run_id) else None


def inherited(
    connection: Connection, parent: str, step: int | None, status: Status
) -> Progress:
    """What a fork takes over from its parent at a step, or (None) where it stands now.

    The parent's row is held, so that no slice moves it meanwhile.
    """
    run = run_of(connection, parent)
    connection.execute(
        select(schema.runs.c.id).where(schema.runs.c.id == run.id).with_for_update()
    )
    if step is None:
        step = connection.scalar(of(schema.states, run.id, "step")) or 0
    checkpoint = checkpoint_of(connection, run.id, step)
    curves = curves_of(connection, run.id).until(step)
    validations = [v for v in validations_of(connection, run.id) if v.step <= step]
    best, kept = lowest(validations), [checkpoint]
    if best and best.step != step and best.step in _kept(connection, run.id):
        kept.append(checkpoint_of(connection, run.id, best.step))
    return Progress(
        first_step=0,
        curves=curves,
        step=step,
        seconds=float(curves.seconds[-1]) if len(curves.seconds) else 0.0,
        validations=tuple(validations),
        checkpoints=tuple(kept),
        # A command at `step` shapes the step after the checkpoint.
        commands=tuple(c for c in commands_of(connection, run.id) if c.step < step),
        state=checkpoint.state,
        status=status,
    )
