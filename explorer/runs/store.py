"""The store: what happened to every run, in SQLite or in any SQLAlchemy database.

Nothing that a run needs lives anywhere else. One slice is one transaction, and a slice
that is written twice (because a crash made the engine train it again) changes nothing.
"""

import json
import math
import re
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from explorer.config import RunConfig
from explorer.errors import N_, ExplorerError, Words
from explorer.runs import schema
from explorer.runs.boards import Boards
from explorer.runs.contents import Contents
from explorer.runs.groups import Groups
from explorer.runs.ids import new_id
from explorer.runs.records import (
    ACTIVE,
    ENDED,
    Checkpoint,
    Command,
    Curves,
    Progress,
    Run,
    Status,
    Validation,
)
from explorer.runs.shelf import Shelf, present, read_run, run_row

CHECKPOINT_BYTES = 64 * 2**20
"""The checkpoints of one run take at most this much; then they are thinned."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MOST_STEPS = 2**31 - 1


def open_store(url: str | None = None) -> "Store":
    """The store at `url`, at `EXPLORER_DATABASE`, or in the user's data folder.

    Raises:
        ExplorerError: if that is no database that can be opened, or a newer one.
    """
    return Store(schema.open_database(url))


class Store:
    """Runs, their curves, commands, checkpoints and states. Any thread may use it."""

    def __init__(self, engine: Engine) -> None:
        """Keep runs in a database that `schema.open_database` has opened."""
        self._reader = engine
        self._writer = engine.execution_options(**schema.WRITES)
        self.shelf = Shelf(self._reader, self._writer)
        self.groups = Groups(self._reader, self._writer)
        self.contents = Contents(self._reader, self._writer)
        self.boards = Boards(self._reader)
        self._keys: dict[str, str] = {}
        """Asked for at every request, and the same for as long as the database."""

    @property
    def address(self) -> str:
        """Where the database is, with the password if it has one."""
        return self._reader.url.render_as_string(hide_password=False)

    def create(
        self,
        config: RunConfig,
        parameters: int,
        status: Status = "training",
        parent: tuple[str, int] | None = None,
        owner: str = "",
        group_id: str = "",
    ) -> Run:
        """Enter a new run; with `parent` = (run id, step), one forked from there.

        A fork has its parent's curves and measurements up to that step, the commands
        before it, and the parent's checkpoint there as its own state.

        Raises:
            ExplorerError: if there is no such parent, or if it has no checkpoint at
                that step, naming the nearest.
        """
        run = Run(
            id=new_id(),
            config=config,
            status=status,
            step=0,
            seconds=0.0,
            parameters=parameters,
            created=datetime.now(UTC),
            parent=parent[0] if parent else None,
            parent_step=parent[1] if parent else None,
            owner=owner,
            group_id=group_id,
        )
        with self._writer.begin() as connection:
            if parent is None:
                connection.execute(insert(schema.runs).values(run_row(run)))
            else:
                inherited = _inherited(connection, *parent, status)
                connection.execute(insert(schema.runs).values(run_row(run)))
                _write(connection, run.id, inherited)
            return _get(connection, run.id)

    def import_run(
        self,
        run: Run,
        curves: Curves,
        validations: list[Validation],
        commands: list[Command],
        checkpoints: list[Checkpoint],
    ) -> None:
        """Take in a run as it stands, under its own id; replaces one of that id.

        The newest checkpoint becomes the state from which it can go on.

        Raises:
            ValueError: if its id is not of the form that `create` gives.
        """
        if not _ID.fullmatch(run.id):
            raise ValueError(f"malformed run id {run.id[:60]!r}")
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
        with self._writer.begin() as connection:
            _delete(connection, run.id)
            connection.execute(insert(schema.runs).values(run_row(run)))
            _write(connection, run.id, whole)
            if checkpoints:
                _write_state(connection, run.id, max(checkpoints, key=lambda c: c.step))

    def get(self, run_id: str) -> Run:
        """The run of that id.

        Raises:
            ExplorerError: if there is none.
        """
        with self._reader.connect() as connection:
            return _get(connection, run_id)

    def learned(self, run_id: str) -> tuple[RunConfig, bytes]:
        """What another run can begin with: the run's config and its newest state.

        Raises:
            ExplorerError: if there is no such run, or if it has not trained yet.
        """
        run, newest = self.get(run_id), self.state(run_id)
        if newest is None:
            raise ExplorerError(
                N_(
                    "A run can begin with the weights of one that has some, but the "
                    "run '%(id)s' has not trained yet. Wait until it has."
                ),
                id=run.id,
            )
        return run.config, newest.state

    def runs(self, limit: int = 200) -> list[Run]:
        """The newest runs, newest first."""
        newest = present().order_by(schema.runs.c.created.desc())
        with self._reader.connect() as connection:
            rows = connection.execute(newest.limit(limit)).mappings()
            return [read_run(row) for row in rows]

    def same(self, config: RunConfig) -> Run | None:
        """The newest run of exactly this config; None if there is none."""
        text = config.to_json()
        alike = present().where(schema.runs.c.config == text)
        newest = alike.order_by(schema.runs.c.created.desc()).limit(1)
        with self._reader.connect() as connection:
            row = connection.execute(newest).mappings().first()
            return None if row is None else read_run(row)

    def active(self) -> list[Run]:
        """The runs that the engine has to drive, oldest first."""
        going = present().where(schema.runs.c.status.in_(ACTIVE))
        with self._reader.connect() as connection:
            rows = connection.execute(going.order_by(schema.runs.c.created)).mappings()
            return [read_run(row) for row in rows]

    def record(self, run_id: str, progress: Progress) -> bool:
        """Write what one slice brought, in one transaction.

        Steps that are already there are overwritten. The run's step, seconds and state
        never go back, and an ended run stays ended.

        Returns:
            False if the run has been deleted meanwhile.

        Raises:
            ValueError: if steps are missing between what is known and the slice.
        """
        with self._writer.begin() as connection:
            return _write(connection, run_id, progress)

    def set_status(
        self,
        run_id: str,
        status: Status,
        message: str = "",
        command: Command | None = None,
    ) -> Run:
        """Change a run's status, and note the command that did it.

        Raises:
            ExplorerError: if there is no such run.
        """
        values = {"status": status, "message": message}
        changed = update(schema.runs).where(schema.runs.c.id == _key(run_id))
        with self._writer.begin() as connection:
            connection.execute(changed.values(values))
            run = _get(connection, run_id)
            if command is not None:
                row = {"run_id": run.id, **command._asdict()}
                connection.execute(insert(schema.commands).values(row))
        return run

    def curves(self, run_id: str, since: int = 0) -> Curves:
        """The curve of a run, from step index `since` on. Read-only arrays."""
        with self._reader.connect() as connection:
            return _curves(connection, run_id, since)

    def validations(self, run_id: str) -> list[Validation]:
        """Every measurement on the held-out part, in order."""
        with self._reader.connect() as connection:
            return _validations(connection, run_id)

    def commands(self, run_id: str) -> list[Command]:
        """What the run was told, in order."""
        with self._reader.connect() as connection:
            return _commands(connection, run_id)

    def state(self, run_id: str) -> Checkpoint | None:
        """The newest saved state, from which the run can go on."""
        wanted = _of(schema.states, run_id, "step", "state")
        with self._reader.connect() as connection:
            row = connection.execute(wanted).first()
        return Checkpoint(*row) if row else None

    def checkpoint_steps(self, run_id: str) -> list[int]:
        """The steps whose state is kept, in order."""
        wanted = _of(schema.checkpoints, run_id, "step")
        with self._reader.connect() as connection:
            return sorted(connection.scalars(wanted))

    def checkpoint(self, run_id: str, step: int) -> Checkpoint:
        """The state after `step` updates: a checkpoint, or the newest saved state.

        Raises:
            ExplorerError: if none is kept for that step, naming the nearest.
        """
        with self._reader.connect() as connection:
            return _checkpoint(connection, run_id, step)

    def thin(self, run_id: str, kept: int) -> None:
        """Keep so many of a run's checkpoints, evenly from the first to the last."""
        steps = self.checkpoint_steps(run_id)
        spread = np.linspace(0, len(steps) - 1, min(kept, len(steps))).round()
        stay = {steps[int(place)] for place in spread}
        table = schema.checkpoints.c
        with self._writer.begin() as connection:
            connection.execute(
                delete(schema.checkpoints).where(
                    table.run_id == _key(run_id), table.step.not_in(stay)
                )
            )

    def delete(self, run_id: str) -> None:
        """Forget a run and all that belongs to it; its forks stay."""
        with self._writer.begin() as connection:
            _delete(connection, run_id)

    def key(self, name: str) -> str:
        """A secret of this database, made when it is first asked for."""
        if name not in self._keys:
            self._keys[name] = self._read_key(name) or self._make_key(name)
        return self._keys[name]

    def _read_key(self, name: str) -> str | None:
        wanted = select(schema.keys.c.value).where(schema.keys.c.name == name)
        with self._reader.connect() as connection:
            return connection.scalar(wanted)

    def _make_key(self, name: str) -> str:
        """A new secret, or the one that somebody else has made just now."""
        made = insert(schema.keys).values(name=name, value=secrets.token_urlsafe(48))
        with suppress(IntegrityError), self._writer.begin() as connection:
            connection.execute(made)
        return str(self._read_key(name))

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()


def _key(run_id: str) -> str:
    """What to look up; what cannot be an id is looked up too, and never found."""
    return run_id if _ID.fullmatch(run_id) else ""


def _of(table: Table, run_id: str, *columns: str) -> Any:
    """Select these columns of what belongs to a run."""
    return select(*(table.c[c] for c in columns)).where(table.c.run_id == _key(run_id))


# Reading


def _get(connection: Connection, run_id: str) -> Run:
    wanted = present().where(schema.runs.c.id == _key(run_id))
    row = connection.execute(wanted).mappings().first()
    if row is None:
        shown = re.sub(r"[^A-Za-z0-9_-]", "?", run_id[:60])
        raise ExplorerError(
            N_("There is no run '%(run)s' here. Check the link, or start a new run."),
            run=shown,
        )
    return read_run(row)


def _curves(connection: Connection, run_id: str, since: int = 0) -> Curves:
    wanted = _of(schema.chunks, run_id, "first_step", "length", "values")
    chunk = schema.chunks.c
    wanted = wanted.where(chunk.first_step + chunk.length > min(since, _MOST_STEPS))
    rows = connection.execute(wanted.order_by(chunk.first_step)).all()
    return _joined(rows).after(max(0, since - rows[0].first_step) if rows else 0)


def _joined(rows: Any) -> Curves:
    """Consecutive chunks as one curve."""
    if not rows:
        return Curves.empty()
    whole = np.concatenate([_columns(row.values, row.length) for row in rows], axis=1)
    whole.flags.writeable = False
    return Curves(*whole)


def _columns(values: bytes, length: int) -> NDArray[np.float32]:
    """A chunk as (5, length); NaN in columns that an older program did not write."""
    stored = np.frombuffer(values, "<f4").reshape(-1, length)
    whole = np.full((len(Curves._fields), length), np.nan, np.float32)
    whole[: len(stored)] = stored
    return whole


def _validations(connection: Connection, run_id: str) -> list[Validation]:
    wanted = _of(schema.validations, run_id, "step", "loss", "seconds", "measures")
    rows = connection.execute(wanted.order_by(schema.validations.c.step))
    return [
        Validation(
            step, math.nan if loss is None else loss, seconds, json.loads(measures)
        )
        for step, loss, seconds, measures in rows
    ]


def _commands(connection: Connection, run_id: str) -> list[Command]:
    told = schema.commands.c
    wanted = _of(schema.commands, run_id, "step", "name", "value", "note")
    rows = connection.execute(wanted.order_by(told.step, told.order))
    return [Command(*row) for row in rows]


def _checkpoint(connection: Connection, run_id: str, step: int) -> Checkpoint:
    both = (schema.states, schema.checkpoints)  # a checkpoint goes before
    kept = {
        known: table
        for table in both
        for known in connection.scalars(_of(table, run_id, "step"))
    }
    row = None
    if step in kept:
        wanted = _of(kept[step], run_id, "step", "state")
        row = connection.execute(wanted.where(kept[step].c.step == step)).first()
    if row is not None:
        return Checkpoint(*row)
    nearest = min(kept, key=lambda known: abs(known - step)) if kept else None
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


def _inherited(
    connection: Connection, parent: str, step: int, status: Status
) -> Progress:
    """What a fork takes over from its parent."""
    run = _get(connection, parent)
    checkpoint = _checkpoint(connection, run.id, step)
    curves = _curves(connection, run.id).until(step)
    return Progress(
        first_step=0,
        curves=curves,
        step=step,
        seconds=float(curves.seconds[-1]) if len(curves.seconds) else 0.0,
        validations=tuple(
            v for v in _validations(connection, run.id) if v.step <= step
        ),
        checkpoints=(checkpoint,),
        # A command at `step` shapes the step after the checkpoint.
        commands=tuple(c for c in _commands(connection, run.id) if c.step < step),
        state=checkpoint.state,
        status=status,
    )


# Writing


def _write(connection: Connection, run_id: str, slice_: Progress) -> bool:
    """Enter a slice; False if its run is gone."""
    runs = schema.runs.c
    moving = select(runs.step, runs.seconds, runs.status)
    moving = moving.where(runs.id == _key(run_id)).with_for_update()
    known = connection.execute(moving).first()
    if known is None:
        return False
    again = _write_curves(connection, run_id, slice_)
    for validation in slice_.validations:
        row = {"run_id": run_id, **validation._asdict()}
        row["measures"] = json.dumps(dict(validation.measures))
        _replace(connection, schema.validations, row, "step")
    for step, state in slice_.checkpoints:
        row = {"run_id": run_id, "step": step, "size": len(state), "state": state}
        _replace(connection, schema.checkpoints, row, "step")
    if slice_.checkpoints:
        _thin(connection, run_id)
    told = _commands(connection, run_id) if again and slice_.commands else []
    for command in slice_.commands:
        if command not in told:
            row = {"run_id": run_id, **command._asdict()}
            connection.execute(insert(schema.commands).values(row))
    if slice_.state is not None:
        _write_state(connection, run_id, Checkpoint(slice_.step, slice_.state))
    after = {
        "step": max(known.step, slice_.step),
        "seconds": max(known.seconds, slice_.seconds),
    }
    if known.status not in ENDED:
        after |= {"status": slice_.status, "message": slice_.message}
    row_of_run = update(schema.runs).where(runs.id == run_id)
    connection.execute(row_of_run.values(after))
    return True


def _write_curves(connection: Connection, run_id: str, slice_: Progress) -> bool:
    """Put the slice's steps in their place; whether some of them were there before."""
    chunk = schema.chunks.c
    of_run = chunk.run_id == run_id
    newest = select(chunk.first_step, chunk.length).where(of_run)
    row = connection.execute(newest.order_by(chunk.first_step.desc()).limit(1)).first()
    known = row.first_step + row.length if row else 0
    first, curves = slice_.first_step, slice_.curves
    if not 0 <= first <= known:
        raise ValueError(f"a slice from step {first} after {known} known steps")
    end = first + len(curves.losses)
    if first == end:
        return False
    if first < known:
        met = select(chunk.first_step, chunk.length, chunk["values"]).where(
            of_run, chunk.first_step < end, chunk.first_step + chunk.length > first
        )
        rows = connection.execute(met.order_by(chunk.first_step)).all()
        old, start = _joined(rows), rows[0].first_step
        curves = old.until(first - start).then(curves).then(old.after(end - start))
        first = start
        replaced = chunk.first_step.between(start, rows[-1].first_step)
        connection.execute(delete(schema.chunks).where(of_run, replaced))
    new = {
        "run_id": run_id,
        "first_step": first,
        "length": len(curves.losses),
        "values": np.stack(curves).astype("<f4").tobytes(),  # (5, length)
    }
    connection.execute(insert(schema.chunks).values(new))
    return slice_.first_step < known


def _write_state(connection: Connection, run_id: str, newest: Checkpoint) -> None:
    known = connection.scalar(_of(schema.states, run_id, "step"))
    if known is None or newest.step >= known:
        _replace(connection, schema.states, {"run_id": run_id, **newest._asdict()})


def _thin(connection: Connection, run_id: str) -> None:
    """Drop the checkpoints that are missed least, if together they weigh too much.

    Again and again the one whose neighbours lie closest together goes, so that those
    that remain stay as even as can be. The first and the newest always remain.
    """
    wanted = _of(schema.checkpoints, run_id, "step", "size")
    kept = connection.execute(wanted.order_by(schema.checkpoints.c.step)).all()
    steps, sizes = [row.step for row in kept], [row.size for row in kept]
    while len(steps) > 2 and sum(sizes) > CHECKPOINT_BYTES:
        gaps = [after - before for before, after in zip(steps, steps[2:], strict=False)]
        least = 1 + gaps.index(min(gaps))
        sizes.pop(least)
        dropped = schema.checkpoints.c.step == steps.pop(least)
        of_run = schema.checkpoints.c.run_id == run_id
        connection.execute(delete(schema.checkpoints).where(of_run, dropped))


def _replace(
    connection: Connection, table: Table, row: dict[str, Any], *keys: str
) -> None:
    """Insert a row, or put it in the place of the one with its keys."""
    same = [table.c[key] == row[key] for key in ("run_id", *keys)]
    connection.execute(delete(table).where(*same))
    connection.execute(insert(table).values(row))


def _delete(connection: Connection, run_id: str) -> None:
    """The run's row goes, and the database lets all that refers to it go too."""
    connection.execute(delete(schema.runs).where(schema.runs.c.id == _key(run_id)))
