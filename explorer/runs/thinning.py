"""Old runs keep few moments, so that thousands of them have room.

A person's newest runs stay whole until their moments together take so many bytes. An
older one that has ended and is not pinned keeps its curves and all that was measured,
to the bit; the weights of its first moment, of its lowest held-out loss and of its end;
and as far as there is room the optimizer's memory at its end, then the weights of
moments between, at about equal ratios. A first moment that its settings and its seed
make anew is kept as its facts alone.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, Engine, case, delete, func, insert, select, update

from explorer.config.run import RunConfig
from explorer.runs import schema
from explorer.runs.packing import packed_curves, packed_measures
from explorer.runs.reading import (
    CHUNK,
    STATE,
    best_of,
    joined,
    key_of,
    of,
    read_state,
    run_of,
    validations_of,
)
from explorer.runs.records import ENDED, Validation
from explorer.runs.staying import staying

RULE = 2
"""The rule above. What was thinned by an earlier one has its turn again."""

ROWS = 6000
"""Bytes that an old run's rows and their places in indexes take beside what is packed:
measured, of the runs of `benchmarks.many_runs`."""

Seeded = Callable[[RunConfig, bytes], bytes | None]
"""The facts alone of a state before the first step, if a run's settings and its seed
make its weights, to the bit; else None."""

_runs, _kept = schema.runs.c, schema.checkpoints.c

_OLD = (
    _runs.status.in_(ENDED),
    _runs.pinned.is_(False),
    _runs.rule < RULE,
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
    validations: Sequence[Validation]
    best: int | None
    """The step of the lowest held-out loss, where its state is kept."""


class _Few(NamedTuple):
    """What it keeps when it is thinned."""

    curves: bytes
    measures: bytes
    states: Mapping[int, bytes]
    """By step."""


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

    def thin(self, run_id: str, most: int, seeded: Seeded | None = None) -> bool:
        """Leave a run few moments; all that it keeps takes at most `most` bytes if
        what always stays takes no more.

        Packing takes a tenth of a second and holds nobody up; then all is exchanged in
        one transaction, unless the run changed meanwhile.

        Args:
            run_id: which run.
            most: bytes.
            seeded: makes facts of the first moment; without, its weights are kept.

        Returns:
            Whether it was thinned.

        Raises:
            ExplorerError: as `seeded` does; then the run is left as it is.
        """
        with self._reader.connect() as connection:
            if not _may_be_thinned(connection, run_id):
                return False
            found = _found(connection, run_id)
            few = _few(connection, run_id, found, most, seeded)
        with self._writer.begin() as connection:
            held = select(_runs.id).where(_runs.id == key_of(run_id)).with_for_update()
            connection.execute(held)
            same = _marks(_found(connection, run_id)) == _marks(found)
            if not (same and _may_be_thinned(connection, run_id)):
                return False
            _exchange_states(connection, run_id, found, few.states)
            _exchange_numbers(connection, run_id, found, few)
            one = update(schema.runs).where(_runs.id == run_id)
            connection.execute(one.values(rule=RULE))
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
        validations_of(connection, run_id),
        best.step if best else None,
    )


def _marks(found: _Found) -> tuple[Any, ...]:
    """What would differ if a run had changed."""
    lengths = [(row.first_step, row.length) for row in found.chunks]
    measured = [seen.step for seen in found.validations]
    return found.sizes, found.end, lengths, measured, found.best


def _few(
    connection: Connection,
    run_id: str,
    found: _Found,
    most: int,
    seeded: Seeded | None,
) -> _Few:
    """All that stays, packed."""
    curves, config = joined(found.chunks), run_of(connection, run_id).config
    measured = {seen.step: seen.measures for seen in found.validations}
    values = packed_curves(np.stack(curves)) if found.chunks else b""
    measures = packed_measures(measured) if any(measured.values()) else b""

    def read(step: int) -> bytes:
        table = schema.states if step == found.end else schema.checkpoints
        wanted = of(table, run_id, *STATE).where(table.c.step == step)
        return read_state(connection.execute(wanted).one()).state

    def first(state: bytes) -> bytes | None:
        return seeded(config, state) if seeded else None

    left = most - ROWS - len(values) - len(measures)
    states = staying(found.sizes, found.end, found.best, left, read, first)
    return _Few(values, measures, states)


def _exchange_states(
    connection: Connection, run_id: str, found: _Found, stay: Mapping[int, bytes]
) -> None:
    """The moments that stay, packed, for all that there were."""
    for table in (schema.checkpoints, schema.states):
        connection.execute(delete(table).where(table.c.run_id == run_id))
    for step, state in sorted(stay.items()):
        row = {"run_id": run_id, "step": step, "state": state, "packed": True}
        if step == found.end:
            connection.execute(insert(schema.states), row)
        else:
            sized = row | {"size": len(state)}
            connection.execute(insert(schema.checkpoints), sized)


def _exchange_numbers(
    connection: Connection, run_id: str, found: _Found, few: _Few
) -> None:
    """Curves as one row, and measures apart from their losses, for what there was.

    Rows that are written anew lie close together; those that shrank would not.
    """
    for table in (schema.chunks, schema.validations, schema.measures):
        connection.execute(delete(table).where(table.c.run_id == run_id))
    if found.chunks:
        first = found.chunks[0].first_step
        length = sum(chunk.length for chunk in found.chunks)
        row = {"run_id": run_id, "first_step": first, "length": length, "packed": True}
        connection.execute(insert(schema.chunks), row | {"values": few.curves})
    if losses := [
        {"run_id": run_id, "step": v.step, "loss": v.loss, "seconds": v.seconds}
        for v in found.validations
    ]:
        connection.execute(insert(schema.validations), losses)
    if few.measures:
        row = {"run_id": run_id, "values": few.measures}
        connection.execute(insert(schema.measures), row)
