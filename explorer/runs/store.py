"""The store: what happened to every run, in SQLite or in any SQLAlchemy database.

Nothing that a run needs lives anywhere else. One slice is one transaction, and a slice
that is written twice (because a crash made the engine train it again) changes nothing.
"""

import os
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError

from explorer.config import RunConfig
from explorer.errors import ExplorerError
from explorer.runs.records import (
    ACTIVE,
    Checkpoint,
    Command,
    Curves,
    Progress,
    Run,
    Status,
    Validation,
)

DATABASE = "EXPLORER_DATABASE"
FOLDER = "EXPLORER_DATA"
SCHEMA = 1
CHECKPOINT_BYTES = 64 * 2**20
"""The checkpoints of one run take at most this much; then they are thinned."""

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

_tables = MetaData()


def _of_run() -> Column[str]:
    return Column(
        "run_id", String(64), ForeignKey("runs.id", ondelete="CASCADE"), nullable=False
    )


_meta = Table("meta", _tables, Column("schema_version", Integer, primary_key=True))
_runs = Table(
    "runs",
    _tables,
    Column("id", String(64), primary_key=True),
    Column("config", Text, nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("step", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("parameters", Integer, nullable=False),
    Column("created", String(32), nullable=False, index=True),
    Column("message", Text, nullable=False),
    Column("parent", String(64)),
    Column("parent_step", Integer),
)
_chunks = Table(
    "chunks",
    _tables,
    _of_run(),
    Column("first_step", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    Column("values", LargeBinary, nullable=False),
)
_validations = Table(
    "validations",
    _tables,
    _of_run(),
    Column("step", Integer, nullable=False),
    Column("loss", Float, nullable=False),
    Column("seconds", Float, nullable=False),
)
_commands = Table(
    "commands",
    _tables,
    Column("order", Integer, primary_key=True, autoincrement=True),
    _of_run(),
    Column("step", Integer, nullable=False),
    Column("name", String(32), nullable=False),
    Column("value", Float),
)
_checkpoints = Table(
    "checkpoints",
    _tables,
    _of_run(),
    Column("step", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("state", LargeBinary, nullable=False),
)
_states = Table(
    "states",
    _tables,
    Column(
        "run_id",
        String(64),
        ForeignKey("runs.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("step", Integer, nullable=False),
    Column("state", LargeBinary, nullable=False),
)
for _table in (_chunks, _validations, _checkpoints):
    _first = "first_step" if _table is _chunks else "step"
    _table.append_constraint(PrimaryKeyConstraint("run_id", _first))


class Store:
    """Runs, their curves, commands, checkpoints and states. Safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        _tables.create_all(engine)
        with engine.begin() as connection:
            known = connection.scalar(select(func.max(_meta.c.schema_version)))
            if known is None:
                connection.execute(insert(_meta).values(schema_version=SCHEMA))
            elif known > SCHEMA:
                raise ExplorerError(
                    f"This program reads databases up to version {SCHEMA}, but this "
                    f"one has version {known}. Update the program, or set {DATABASE} "
                    "to another database."
                )

    def create(
        self,
        config: RunConfig,
        parameters: int,
        status: Status = "training",
        parent: tuple[str, int] | None = None,
    ) -> Run:
        """Enter a new run; with `parent` = (run id, step), one forked from there.

        Raises:
            ExplorerError: if the parent has no checkpoint at that step.
        """
        run = Run(
            secrets.token_urlsafe(12),
            config,
            status,
            step=parent[1] if parent else 0,
            seconds=0.0,
            parameters=parameters,
            created=datetime.now(UTC),
            parent=parent[0] if parent else None,
            parent_step=parent[1] if parent else None,
        )
        inherited = Progress(0, Curves.empty(), 0, 0.0)
        if parent is not None:
            inherited = self._inherited(*parent)
        with self._engine.begin() as connection:
            connection.execute(insert(_runs).values(_row(run)))
            if parent is not None:
                self._write(connection, run.id, inherited)
        return self.get(run.id)

    def import_run(
        self,
        run: Run,
        curves: Curves,
        validations: list[Validation],
        commands: list[Command],
        checkpoints: list[Checkpoint],
    ) -> None:
        """Take in a run as it stands, under its own id; replaces one of that id."""
        state = max(checkpoints, key=lambda c: c.step).state if checkpoints else None
        whole = Progress(
            0,
            curves,
            run.step,
            run.seconds,
            tuple(validations),
            tuple(checkpoints),
            tuple(commands),
            state,
            run.status,
            run.message,
        )
        with self._engine.begin() as connection:
            connection.execute(delete(_runs).where(_runs.c.id == run.id))
            connection.execute(insert(_runs).values(_row(run)))
            self._write(connection, run.id, whole)

    def get(self, run_id: str) -> Run:
        """The run of that id.

        Raises:
            ExplorerError: if there is none.
        """
        row = None
        if _ID.fullmatch(run_id):
            with self._engine.connect() as connection:
                found = connection.execute(select(_runs).where(_runs.c.id == run_id))
                row = found.mappings().first()
        if row is None:
            raise ExplorerError(
                f"There is no run '{run_id[:60]}' here. Check the link, or start a "
                "new run."
            )
        return _run(row)

    def runs(self, limit: int = 200) -> list[Run]:
        """The newest runs, newest first."""
        newest = select(_runs).order_by(_runs.c.created.desc()).limit(limit)
        with self._engine.connect() as connection:
            return [_run(row) for row in connection.execute(newest).mappings()]

    def active(self) -> list[Run]:
        """The runs that the engine has to drive."""
        going = select(_runs).where(_runs.c.status.in_(ACTIVE))
        with self._engine.connect() as connection:
            return [_run(row) for row in connection.execute(going).mappings()]

    def record(self, run_id: str, progress: Progress) -> bool:
        """Write what one slice brought, in one transaction.

        Returns:
            False if the run has been deleted meanwhile.

        Raises:
            ValueError: if steps are missing between what is known and the slice.
        """
        with self._engine.begin() as connection:
            known = connection.scalar(select(_runs.c.id).where(_runs.c.id == run_id))
            if known is None:
                return False
            self._write(connection, run_id, progress)
        return True

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
        run = self.get(run_id)
        with self._engine.begin() as connection:
            values = {"status": status, "message": message}
            connection.execute(update(_runs).where(_runs.c.id == run.id).values(values))
            if command is not None:
                row = {"run_id": run.id, **command._asdict()}
                connection.execute(insert(_commands).values(row))
        return self.get(run_id)

    def curves(self, run_id: str, since: int = 0) -> Curves:
        """The curve of a run, from step index `since` on."""
        chunks = (
            select(_chunks.c.first_step, _chunks.c.length, _chunks.c["values"])
            .where(_chunks.c.run_id == run_id)
            .where(_chunks.c.first_step + _chunks.c.length > since)
            .order_by(_chunks.c.first_step)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(chunks).all()
        parts = [
            np.frombuffer(values, "<f4").reshape(len(Curves._fields), length)
            for _first_step, length, values in rows
        ]
        if not parts:
            return Curves.empty()
        whole = Curves(*np.concatenate(parts, axis=1))
        return whole.after(max(0, since - rows[0].first_step))

    def validations(self, run_id: str) -> list[Validation]:
        """Every measurement on the held-out part, in order."""
        rows = self._all(_validations, run_id, "step", "loss", "seconds")
        return [Validation(*row) for row in rows]

    def commands(self, run_id: str) -> list[Command]:
        """What the run was told, in order."""
        wanted = (
            select(_commands.c.step, _commands.c.name, _commands.c.value)
            .where(_commands.c.run_id == run_id)
            .order_by(_commands.c.step, _commands.c.order)
        )
        with self._engine.connect() as connection:
            return [Command(*row) for row in connection.execute(wanted)]

    def state(self, run_id: str) -> Checkpoint | None:
        """The newest saved state, from which the run can go on."""
        wanted = select(_states.c.step, _states.c.state).where(
            _states.c.run_id == run_id
        )
        with self._engine.connect() as connection:
            row = connection.execute(wanted).first()
        return Checkpoint(row.step, row.state) if row else None

    def checkpoint_steps(self, run_id: str) -> list[int]:
        """The steps whose state is kept."""
        return [step for (step,) in self._all(_checkpoints, run_id, "step")]

    def checkpoint(self, run_id: str, step: int) -> Checkpoint:
        """The state after `step` updates: a checkpoint, or the newest saved state.

        Raises:
            ExplorerError: if none is kept for that step, naming the nearest.
        """
        wanted = (
            select(_checkpoints.c.step, _checkpoints.c.state)
            .where(_checkpoints.c.run_id == run_id)
            .where(_checkpoints.c.step == step)
        )
        with self._engine.connect() as connection:
            row = connection.execute(wanted).first()
        if row is not None:
            return Checkpoint(row.step, row.state)
        newest = self.state(run_id)
        if newest is not None and newest.step == step:
            return newest
        kept = self.checkpoint_steps(run_id)
        nearest = min(kept, key=lambda k: abs(k - step)) if kept else None
        hint = "none is kept yet" if nearest is None else f"the nearest is {nearest}"
        raise ExplorerError(
            f"Only some steps of a run are kept, and step {step} is not one of them; "
            f"{hint}. Move the slider to a kept step."
        )

    def delete(self, run_id: str) -> None:
        """Forget a run and all that belongs to it."""
        with self._engine.begin() as connection:
            for table in (_chunks, _validations, _commands, _checkpoints, _states):
                connection.execute(delete(table).where(table.c.run_id == run_id))
            connection.execute(delete(_runs).where(_runs.c.id == run_id))

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _all(self, table: Table, run_id: str, *columns: str) -> list[Any]:
        wanted = (
            select(*(table.c[name] for name in columns))
            .where(table.c.run_id == run_id)
            .order_by(table.c.step)
        )
        with self._engine.connect() as connection:
            return list(connection.execute(wanted).all())

    def _inherited(self, parent: str, step: int) -> Progress:
        """What a fork takes over from its parent."""
        state = self.checkpoint(parent, step).state
        curves = self.curves(parent).until(step)
        return Progress(
            0,
            curves,
            step,
            float(curves.seconds[-1]) if len(curves.seconds) else 0.0,
            tuple(v for v in self.validations(parent) if v.step <= step),
            (Checkpoint(step, state),),
            tuple(c for c in self.commands(parent) if c.step <= step),
            state,
        )

    def _write(self, connection: Connection, run_id: str, slice_: Progress) -> None:
        self._write_curves(connection, run_id, slice_)
        for validation in slice_.validations:
            row = {"run_id": run_id, **validation._asdict()}
            _replace(connection, _validations, row, "step")
        for step, state in slice_.checkpoints:
            row = {"run_id": run_id, "step": step, "size": len(state), "state": state}
            _replace(connection, _checkpoints, row, "step")
        if slice_.checkpoints:
            self._thin(connection, run_id)
        for command in slice_.commands:
            row = {"run_id": run_id, **command._asdict()}
            connection.execute(insert(_commands).values(row))
        if slice_.state is not None:
            row = {"run_id": run_id, "step": slice_.step, "state": slice_.state}
            _replace(connection, _states, row)
        values = {
            "step": slice_.step,
            "seconds": slice_.seconds,
            "status": slice_.status,
            "message": slice_.message,
        }
        connection.execute(update(_runs).where(_runs.c.id == run_id).values(values))

    def _write_curves(
        self, connection: Connection, run_id: str, slice_: Progress
    ) -> None:
        """Append the slice's steps; those already known are left as they are."""
        ends = select(func.max(_chunks.c.first_step + _chunks.c.length))
        known = connection.scalar(ends.where(_chunks.c.run_id == run_id)) or 0
        if slice_.first_step > known:
            raise ValueError(f"steps {known} to {slice_.first_step} are missing")
        new = slice_.curves.after(known - slice_.first_step)
        if len(new.losses):
            row = {
                "run_id": run_id,
                "first_step": known,
                "length": len(new.losses),
                "values": np.stack(new).astype("<f4").tobytes(),
            }
            connection.execute(insert(_chunks).values(row))

    def _thin(self, connection: Connection, run_id: str) -> None:
        """Drop the checkpoints closest to their neighbours while all weigh too much."""
        wanted = (
            select(_checkpoints.c.step, _checkpoints.c.size)
            .where(_checkpoints.c.run_id == run_id)
            .order_by(_checkpoints.c.step)
        )
        kept = list(connection.execute(wanted).all())
        while len(kept) > 2 and sum(row.size for row in kept) > CHECKPOINT_BYTES:
            gaps = [
                kept[k + 1].step - kept[k - 1].step for k in range(1, len(kept) - 1)
            ]
            dropped = kept.pop(1 + gaps.index(min(gaps)))
            connection.execute(
                delete(_checkpoints)
                .where(_checkpoints.c.run_id == run_id)
                .where(_checkpoints.c.step == dropped.step)
            )


def open_store(url: str | None = None) -> Store:
    """The store at `url`, at `EXPLORER_DATABASE`, or in the user's data folder.

    Raises:
        ExplorerError: if the address is no database that can be opened.
    """
    address = url or os.environ.get(DATABASE) or f"sqlite:///{_default_file()}"
    rule = (
        f"{DATABASE} must be a database address like sqlite:///runs.sqlite3 or "
        "postgresql+psycopg://user@host/name"
    )
    try:
        engine = create_engine(make_url(address), pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError):
        raise ExplorerError(
            f"{rule}, but got '{address[:60]}'. Leave it empty for a file of your own."
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    try:
        return Store(engine)
    except OperationalError as error:
        reason = str(error.orig).splitlines()[0][:200]
        raise ExplorerError(
            f"{rule}, and it must be reachable, but it said: {reason}. Check that it "
            "runs and that you may write to it."
        ) from None


def _default_file() -> Path:
    chosen = os.environ.get(FOLDER)
    folder = Path(chosen or platformdirs.user_data_dir("sequence-explorer"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "explorer.sqlite3"


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Readers never wait for the writer, and a killed process loses no slice."""
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "busy_timeout=20000",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _replace(
    connection: Connection, table: Table, row: dict[str, Any], *keys: str
) -> None:
    """Insert a row, or put it in the place of the one with its keys."""
    old = delete(table).where(table.c.run_id == row["run_id"])
    for key in keys:
        old = old.where(table.c[key] == row[key])
    connection.execute(old)
    connection.execute(insert(table).values(row))


def _row(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "config": run.config.to_json(),
        "status": run.status,
        "step": run.step,
        "seconds": run.seconds,
        "parameters": run.parameters,
        "created": run.created.isoformat(),
        "message": run.message,
        "parent": run.parent,
        "parent_step": run.parent_step,
    }


def _run(row: Any) -> Run:
    values = dict(row)
    values["config"] = RunConfig.from_json(values["config"])
    values["created"] = datetime.fromisoformat(values["created"])
    return Run(**values)
