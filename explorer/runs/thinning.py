"""Old runs keep few moments, so that thousands of them have room.

A person's newest runs stay whole until their moments together take so many bytes. An
older one that has ended and is not pinned keeps its curves, to the bit; the state at
its end, from which it can go on; the weights of its first moment and of its lowest
held-out loss; and those of some moments between, at about equal ratios, as many as fit.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, Engine, case, delete, func, insert, select, update

from explorer.runs import schema
from explorer.runs.packing import packed_curves, packed_state, weights_alone
from explorer.runs.reading import (
    CHUNK,
    STATE,
    best_of,
    joined,
    key_of,
    of,
    read_state,
)
from explorer.runs.records import ENDED
from explorer.runs.writing import most_useful

_runs, _kept, _state = schema.runs.c, schema.checkpoints.c, schema.states.c

_OLD = (
    _runs.status.in_(ENDED),
    _runs.pinned.is_(False),
    _runs.thinned.is_(False),
    _runs.deleted.is_(None),
)
"""What is true of a run that may be thinned, if enough newer ones are there."""


class _Found(NamedTuple):
    """What one run keeps today."""

    sizes: Mapping[int, int]
    """Bytes of each checkpoint, by step."""
    end: int | None
    """The step of the state from which it can go on."""
    chunks: Sequence[Any]
    best: int | None
    """The step of the lowest held-out loss, where its state is kept."""


class Thinning:
    """What `Store.thinning` is."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def due(self, whole: int, most: int = 100) -> list[str]:
        """Whose turn it is: the oldest runs beyond each person's newest ones, whose
        moments take `whole` bytes together; at most so many."""
        sizes = select(_kept.run_id, func.sum(_kept.size).label("size"))
        size = sizes.group_by(_kept.run_id).subquery()
        counted = case((_runs.pinned, 0), else_=func.coalesce(size.c.size, 0))
        upto = func.sum(counted).over(
            partition_by=_runs.owner, order_by=(_runs.created.desc(), _runs.id)
        )
        every = select(_runs.id, upto.label("upto")).where(_runs.deleted.is_(None))
        summed = every.outerjoin(size, size.c.run_id == _runs.id).subquery()
        wanted = (
            select(_runs.id)
            .join(summed, summed.c.id == _runs.id)
            .where(summed.c.upto > whole, *_OLD)
            .order_by(_runs.created, _runs.id)
            .limit(most)
        )
        with self._reader.connect() as connection:
            return list(connection.scalars(wanted))

    def thin(self, run_id: str, most: int) -> bool:
        """Leave a run few moments; what it keeps of them takes at most `most` bytes if
        first, best and last alone take no more.

        Packing takes a tenth of a second and holds nobody up; then all is exchanged in
        one transaction, unless the run changed meanwhile.

        Returns:
            Whether it was thinned.
        """
        with self._reader.connect() as connection:
            if not _may_be_thinned(connection, run_id):
                return False
            found = _found(connection, run_id)
            stay = _chosen(connection, run_id, found, most)
        chunk = _one_chunk(run_id, found.chunks)
        with self._writer.begin() as connection:
            held = select(_runs.id).where(_runs.id == key_of(run_id)).with_for_update()
            connection.execute(held)
            same = _marks(_found(connection, run_id)) == _marks(found)
            if not (same and _may_be_thinned(connection, run_id)):
                return False
            _exchange_states(connection, run_id, found, stay)
            of_run = schema.chunks.c.run_id == run_id
            connection.execute(delete(schema.chunks).where(of_run))
            if chunk:
                connection.execute(insert(schema.chunks), chunk)
            one = update(schema.runs).where(_runs.id == run_id)
            connection.execute(one.values(thinned=True))
        return True


def _may_be_thinned(connection: Connection, run_id: str) -> bool:
    wanted = select(_runs.id).where(_runs.id == key_of(run_id), *_OLD)
    return connection.scalar(wanted) is not None


def _found(connection: Connection, run_id: str) -> _Found:
    chunks = of(schema.chunks, run_id, *CHUNK).order_by(schema.chunks.c.first_step)
    sizes = connection.execute(of(schema.checkpoints, run_id, "step", "size"))
    best = best_of(connection, run_id)
    return _Found(
        {row.step: row.size for row in sizes},
        connection.scalar(of(schema.states, run_id, "step")),
        connection.execute(chunks).all(),
        best.step if best else None,
    )


def _marks(found: _Found) -> tuple[Any, ...]:
    """What would differ if a run had changed."""
    lengths = [(row.first_step, row.length) for row in found.chunks]
    return found.sizes, found.end, lengths, found.best


def _one_chunk(run_id: str, chunks: Sequence[Any]) -> list[dict[str, Any]]:
    """The row that has all of a run's steps, if it has any."""
    if not chunks:
        return []
    curves = joined(chunks)
    row = {"run_id": run_id, "first_step": chunks[0].first_step, "packed": True}
    values = packed_curves(np.stack(curves))
    return [row | {"length": len(curves.losses), "values": values}]


def _chosen(
    connection: Connection, run_id: str, found: _Found, most: int
) -> dict[int, bytes]:
    """The packed states that stay, by step; whole where it goes on from, and last."""
    end = set() if found.end is None else {found.end}
    steps = sorted({*found.sizes, *end})
    if not steps:
        return {}

    @cache
    def packed(step: int) -> bytes:
        state = _state_at(connection, run_id, step, found.end)
        whole = step == steps[-1] or step in end
        return packed_state(state if whole else weights_alone(state))

    fixed = {steps[0], steps[-1], *(() if found.best is None else (found.best,))}
    left = most - sum(len(packed(step)) for step in fixed)
    count = len(fixed) + max(0, left // len(packed(steps[0])))
    while True:
        stay = most_useful(dict.fromkeys(steps, 1), count, found.best)
        total = sum(len(packed(step)) for step in stay)
        if total <= most or stay == fixed:
            return {step: packed(step) for step in stay | end}
        count -= 1


def _state_at(connection: Connection, run_id: str, step: int, end: int | None) -> bytes:
    table = schema.states if step == end else schema.checkpoints
    wanted = of(table, run_id, *STATE).where(table.c.step == step)
    return read_state(connection.execute(wanted).one()).state


def _exchange_states(
    connection: Connection, run_id: str, found: _Found, stay: Mapping[int, bytes]
) -> None:
    """The moments that stay, packed, for all that there were."""
    connection.execute(delete(schema.checkpoints).where(_kept.run_id == run_id))
    rows = [
        {"run_id": run_id, "step": step, "size": len(state), "state": state}
        | {"packed": True}
        for step, state in stay.items()
        if step != found.end
    ]
    if rows:
        connection.execute(insert(schema.checkpoints), rows)
    if found.end is not None:
        one = update(schema.states).where(_state.run_id == run_id)
        connection.execute(one.values(state=stay[found.end], packed=True))
