"""Writing into the store: each function is given a connection within a transaction.

A class that trains writes some fifty slices a second, so the statements that every
slice needs are made once.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import (
    Connection,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from explorer.runs import schema
from explorer.runs.messages import written
from explorer.runs.reading import commands_of, joined, key_of, of
from explorer.runs.records import ENDED, Checkpoint, Progress, nullable

CHECKPOINT_BYTES = 8 * 2**20
"""The checkpoints of one run take at most this much; then they are thinned."""

_runs, _chunk, _state = schema.runs.c, schema.chunks.c, schema.states.c

_KNOWN = (
    select(_runs.step, _runs.seconds, _runs.status)
    .where(_runs.id == bindparam("run"))
    .with_for_update()
)
_NEWEST_CHUNK = (
    select(_chunk.first_step, _chunk.length)
    .where(_chunk.run_id == bindparam("run"))
    .order_by(_chunk.first_step.desc())
    .limit(1)
)
_NEW_CHUNK = insert(schema.chunks)
_NEWER_STATE = (
    update(schema.states)
    .where(_state.run_id == bindparam("run"), _state.step <= bindparam("newest"))
    .values(step=bindparam("newest"), state=bindparam("whole"))
)
_MOVED = (
    update(schema.runs)
    .where(_runs.id == bindparam("run"))
    .values(step=bindparam("now"), seconds=bindparam("spent"))
)
_MOVED_ON = _MOVED.values(status=bindparam("is"), message=bindparam("why"))


def write(connection: Connection, run_id: str, slice_: Progress) -> bool:
    """Enter a slice; False if its run is gone.

    Raises:
        ValueError: if steps are missing between what is known and the slice.
    """
    run = connection.execute(_KNOWN, {"run": key_of(run_id)}).first()
    if run is None:
        return False
    again = _write_curves(connection, run_id, slice_)
    for validation in slice_.validations:
        row = {"run_id": run_id, **validation._asdict()}
        row["measures"] = json.dumps(
            {n: nullable(x) for n, x in validation.measures.items()}
        )
        _replace(connection, schema.validations, row)
    for step, state in slice_.checkpoints:
        row = {"run_id": run_id, "step": step, "size": len(state), "state": state}
        _replace(connection, schema.checkpoints, row)
    if slice_.checkpoints:
        _thin(connection, run_id)
    stored = commands_of(connection, run_id) if again and slice_.commands else []
    for command in slice_.commands:
        if command not in stored:
            row = {"run_id": run_id, **command._asdict()}
            connection.execute(insert(schema.commands).values(row))
    if slice_.state is not None:
        write_state(connection, run_id, Checkpoint(slice_.step, slice_.state))
    after = {
        "run": run_id,
        "now": max(run.step, slice_.step),
        "spent": max(run.seconds, slice_.seconds),
    }
    if run.status in ENDED:
        connection.execute(_MOVED, after)
    else:
        after |= {"is": slice_.status, "why": written(slice_.message)}
        connection.execute(_MOVED_ON, after)
    return True


def _write_curves(connection: Connection, run_id: str, slice_: Progress) -> bool:
    """Put the slice's steps in their place; whether some of them were there before."""
    row = connection.execute(_NEWEST_CHUNK, {"run": run_id}).first()
    steps = row.first_step + row.length if row else 0
    first, curves = slice_.first_step, slice_.curves
    if not 0 <= first <= steps:
        raise ValueError(f"a slice from step {first} after {steps} known steps")
    end = first + len(curves.losses)
    if first == end:
        return False
    if first < steps:
        of_run = _chunk.run_id == run_id
        met = select(_chunk.first_step, _chunk.length, _chunk["values"]).where(
            of_run, _chunk.first_step < end, _chunk.first_step + _chunk.length > first
        )
        rows = connection.execute(met.order_by(_chunk.first_step)).all()
        old, start = joined(rows), rows[0].first_step
        curves = old.until(first - start).then(curves).then(old.after(end - start))
        first = start
        replaced = _chunk.first_step.between(start, rows[-1].first_step)
        connection.execute(delete(schema.chunks).where(of_run, replaced))
    new = {
        "run_id": run_id,
        "first_step": first,
        "length": len(curves.losses),
        "values": np.stack(curves).astype("<f4").tobytes(),  # (6, length)
    }
    connection.execute(_NEW_CHUNK, new)
    return slice_.first_step < steps


def write_state(connection: Connection, run_id: str, newest: Checkpoint) -> None:
    """Keep the state, unless a newer one is there."""
    given = {"run": run_id, "newest": newest.step, "whole": newest.state}
    if connection.execute(_NEWER_STATE, given).rowcount:
        return
    if connection.scalar(of(schema.states, run_id, "step")) is None:
        row = {"run_id": run_id, **newest._asdict()}
        connection.execute(insert(schema.states).values(row))


def _thin(connection: Connection, run_id: str) -> None:
    """Drop the checkpoints that are missed least, if together they weigh too much."""
    wanted = of(schema.checkpoints, run_id, "step", "size")
    kept = connection.execute(wanted.order_by(schema.checkpoints.c.step)).all()
    sizes = {row.step: row.size for row in kept}
    if sum(sizes.values()) <= CHECKPOINT_BYTES:
        return
    seen = schema.validations.c
    lowest = of(schema.validations, run_id, "step").where(seen.step.in_(sizes))
    lowest = lowest.where(seen.loss.is_not(None)).order_by(seen.loss, seen.step)
    best = connection.scalar(lowest.limit(1))
    stay = most_useful(sizes, CHECKPOINT_BYTES, best)
    table = schema.checkpoints.c
    connection.execute(
        delete(schema.checkpoints).where(
            table.run_id == run_id, table.step.in_(sizes.keys() - stay)
        )
    )


def most_useful(sizes: Mapping[int, int], most: int, best: int | None) -> set[int]:
    """The steps of which at most so many bytes are kept: both ends, the best, and those
    between at about equal ratios, since a run changes fast at first.

    Again and again the one goes whose neighbours are closest in that sense.

    >>> sorted(most_useful(dict.fromkeys(range(0, 101, 2), 1), 6, 50))
    [0, 2, 10, 18, 50, 100]
    """
    steps, total = sorted(sizes), sum(sizes.values())
    while total > most:
        gaps = {
            step: (after + 1) / (before + 1)
            for before, step, after in zip(steps, steps[1:], steps[2:], strict=False)
            if step != best
        }
        if not gaps:
            break
        least = min(gaps, key=lambda step: gaps[step])
        steps.remove(least)
        total -= sizes[least]
    return set(steps)


def _replace(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    """Insert what belongs to a step, or put it in the place of what is there."""
    same = [table.c[key] == row[key] for key in ("run_id", "step")]
    connection.execute(delete(table).where(*same))
    connection.execute(insert(table).values(row))


def remove(connection: Connection, run_id: str) -> None:
    """The run's row goes, and the database lets all that refers to it go too."""
    connection.execute(delete(schema.runs).where(schema.runs.c.id == key_of(run_id)))
