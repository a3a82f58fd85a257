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
    func,
    insert,
    select,
    update,
)

from explorer.runs import schema
from explorer.runs.messages import written
from explorer.runs.reading import CHUNK, commands_of, joined, key_of, of
from explorer.runs.records import ENDED, Checkpoint, Progress, nullable

CHECKPOINT_BYTES = 8 * 2**20
"""The checkpoints of one run take at most this much; then those go that are missed
least."""

_runs, _chunk, _state = schema.runs.c, schema.chunks.c, schema.states.c

_THESE = _runs.id.in_(bindparam("ids", expanding=True))
_LOCKED = select(_runs.id).where(_THESE).order_by(_runs.id).with_for_update()
_END = (
    select(_chunk.first_step + _chunk.length)
    .where(_chunk.run_id == _runs.id)
    .order_by(_chunk.first_step.desc())
    .limit(1)
    .scalar_subquery()
)
_ENDS = select(
    _runs.id,
    _runs.step,
    _runs.seconds,
    _runs.status,
    _runs.message,
    func.coalesce(_END, 0).label("end"),
).where(_THESE)
_STATES = select(_state.run_id, _state.step).where(
    _state.run_id.in_(bindparam("ids", expanding=True))
)
_NEW_CHUNK, _NEW_STATE = insert(schema.chunks), insert(schema.states)
_NEWER_STATE = (
    update(schema.states)
    .where(_state.run_id == bindparam("run"))
    .values(step=bindparam("newest"), state=bindparam("whole"), packed=False)
)
_MOVED_ON = (
    update(schema.runs)
    .where(_runs.id == bindparam("run"))
    .values(
        step=bindparam("now"),
        seconds=bindparam("spent"),
        status=bindparam("is"),
        message=bindparam("why"),
    )
)


def write(connection: Connection, run_id: str, slice_: Progress) -> bool:
    """Enter a slice; False if its run is gone.

    Raises:
        ValueError: if steps are missing between what is known and the slice.
    """
    return run_id in write_all(connection, {run_id: slice_})


def write_all(connection: Connection, slices: Mapping[str, Progress]) -> set[str]:
    """Enter a slice of each of these runs, by id; those that are not gone.

    What every slice needs is one statement for all of them.

    Raises:
        ValueError: if steps are missing between what is known and a slice.
    """
    ids = {"ids": list(map(key_of, slices))}
    if connection.dialect.name == "postgresql":  # else nobody else writes now
        connection.execute(_LOCKED, ids)
    rows = {row.id: row for row in connection.execute(_ENDS, ids)}
    there = {run_id: slices[run_id] for run_id in rows}
    chunks = []
    for run_id, slice_ in there.items():
        again = slice_.first_step < rows[run_id].end and bool(len(slice_.curves.losses))
        chunks += _chunk_of(connection, run_id, slice_, rows[run_id].end)
        _write_moments(connection, run_id, slice_)
        _write_commands(connection, run_id, slice_, again)
    _many(connection, _NEW_CHUNK, chunks)
    write_states(
        connection,
        {
            run_id: Checkpoint(slice_.step, slice_.state)
            for run_id, slice_ in there.items()
            if slice_.state is not None
        },
    )
    _many(connection, _MOVED_ON, [_after(rows[r], there[r]) for r in there])
    return set(there)


def _after(run: Any, slice_: Progress) -> dict[str, Any]:
    """Where a run stands after a slice; one that has ended stays so."""
    ended = run.status in ENDED
    return {
        "run": run.id,
        "now": max(run.step, slice_.step),
        "spent": max(run.seconds, slice_.seconds),
        "is": run.status if ended else slice_.status,
        "why": run.message if ended else written(slice_.message),
    }


def _many(connection: Connection, statement: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(statement, rows)


def _write_moments(connection: Connection, run_id: str, slice_: Progress) -> None:
    """What was measured, and the states that are kept."""
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
        _drop_least(connection, run_id)


def _write_commands(
    connection: Connection, run_id: str, slice_: Progress, again: bool
) -> None:
    """What the run was told; where it was trained `again`, not twice."""
    stored = commands_of(connection, run_id) if again and slice_.commands else []
    for command in slice_.commands:
        if command not in stored:
            row = {"run_id": run_id, **command._asdict()}
            connection.execute(insert(schema.commands).values(row))


def _chunk_of(
    connection: Connection, run_id: str, slice_: Progress, end: int
) -> list[dict[str, Any]]:
    """The row of a slice's steps, if it has any; what it takes the place of goes."""
    first, curves = slice_.first_step, slice_.curves
    if not 0 <= first <= end:
        raise ValueError(f"a slice from step {first} after {end} known steps")
    last = first + len(curves.losses)
    if first == last:
        return []
    if first < end:
        of_run = _chunk.run_id == run_id
        met = of(schema.chunks, run_id, *CHUNK).where(
            _chunk.first_step < last, _chunk.first_step + _chunk.length > first
        )
        rows = connection.execute(met.order_by(_chunk.first_step)).all()
        old, start = joined(rows), rows[0].first_step
        curves = old.until(first - start).then(curves).then(old.after(last - start))
        first = start
        replaced = _chunk.first_step.between(start, rows[-1].first_step)
        connection.execute(delete(schema.chunks).where(of_run, replaced))
    values = np.stack(curves).astype("<f4").tobytes()  # (6, length)
    length = len(curves.losses)
    return [{"run_id": run_id, "first_step": first, "length": length, "values": values}]


def write_states(connection: Connection, newest: Mapping[str, Checkpoint]) -> None:
    """Keep the state of each of these runs, unless a newer one is there."""
    if not newest:
        return
    rows = connection.execute(_STATES, {"ids": list(newest)})
    kept = {row.run_id: row.step for row in rows}
    newer = [
        {"run": run_id, "newest": step, "whole": state}
        for run_id, (step, state) in newest.items()
        if run_id in kept and step >= kept[run_id]
    ]
    first = [
        {"run_id": run_id, "step": step, "state": state}
        for run_id, (step, state) in newest.items()
        if run_id not in kept
    ]
    _many(connection, _NEWER_STATE, newer)
    _many(connection, _NEW_STATE, first)


def _drop_least(connection: Connection, run_id: str) -> None:
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
