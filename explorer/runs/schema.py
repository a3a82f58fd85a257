"""The tables of the store, and how a database that holds them is opened.

Only portable types and statements are used: SQLite by default, PostgreSQL by address.
"""

import os
import re
from pathlib import Path
from typing import Any

import platformdirs
from sqlalchemy import (
    URL,
    Boolean,
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
    event,
    false,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from explorer.errors import N_, ExplorerError, Words

DATABASE = "EXPLORER_DATABASE"
FOLDER = "EXPLORER_DATA"
SCHEMA = 4
"""The version of the tables below; a database says which one it was made with."""

ADDED = (
    ("ALTER TABLE commands ADD COLUMN note TEXT NOT NULL DEFAULT ''",),
    ("ALTER TABLE validations ADD COLUMN measures TEXT NOT NULL DEFAULT '{}'",),
    (
        "ALTER TABLE runs ADD COLUMN owner VARCHAR(80) NOT NULL DEFAULT ''",
        "ALTER TABLE runs ADD COLUMN group_id VARCHAR(64) NOT NULL DEFAULT ''",
        "ALTER TABLE runs ADD COLUMN name TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE runs ADD COLUMN pinned BOOLEAN NOT NULL DEFAULT FALSE",
        "ALTER TABLE runs ADD COLUMN deleted VARCHAR(32)",
        "CREATE INDEX ix_runs_owner ON runs (owner)",
        "CREATE INDEX ix_runs_group_id ON runs (group_id)",
    ),
)
"""What version 2 has over 1, what 3 has over 2, and so on; whole tables come of
themselves."""

WRITES = {"explorer_writes": True}
"""Execution options of a transaction that writes."""

_OPENING = 7_236_517
"""The number of the lock that PostgreSQL keeps while the tables are made."""

_RULE = Words(
    N_(
        "%(variable)s must be a database address like sqlite:///runs.sqlite3 or "
        "postgresql+psycopg://user@host/name"
    ),
    {"variable": DATABASE},
)

tables = MetaData()


def _of_run(index: bool = False) -> Column[str]:
    runs_id = ForeignKey("runs.id", ondelete="CASCADE")
    return Column("run_id", String(64), runs_id, nullable=False, index=index)


meta = Table("meta", tables, Column("schema_version", Integer, primary_key=True))
runs = Table(
    "runs",
    tables,
    Column("id", String(64), primary_key=True),
    Column("config", Text, nullable=False),  # JSON
    Column("status", String(16), nullable=False, index=True),
    Column("step", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("parameters", Integer, nullable=False),
    Column("created", String(32), nullable=False, index=True),  # ISO 8601, UTC
    Column("message", Text, nullable=False),
    Column("parent", String(64)),
    Column("parent_step", Integer),
    Column("owner", String(80), nullable=False, server_default="", index=True),
    Column("group_id", String(64), nullable=False, server_default="", index=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("tags", Text, nullable=False, server_default="[]"),  # JSON
    Column("pinned", Boolean, nullable=False, server_default=false()),
    Column("deleted", String(32)),  # ISO 8601, UTC; null: it is there
)
groups = Table(
    "groups",
    tables,
    Column("id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("owner", String(80), nullable=False, index=True),
    Column("created", String(32), nullable=False),  # ISO 8601, UTC
    Column("facts", Text, nullable=False),  # JSON
)
members = Table(
    "members",
    tables,
    Column(
        "group_id",
        String(64),
        ForeignKey("groups.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("owner", String(80), nullable=False),
    Column("nickname", Text, nullable=False),
    Column("joined", String(32), nullable=False),  # ISO 8601, UTC
    PrimaryKeyConstraint("group_id", "owner"),
)
contents = Table(
    "contents",
    tables,
    Column("digest", String(64), nullable=False),
    Column("owner", String(80), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("label", Text, nullable=False),
    Column("created", String(32), nullable=False),  # ISO 8601, UTC
    Column("size", Integer, nullable=False),  # bytes
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("digest", "owner"),
)
keys = Table(
    "keys",
    tables,
    Column("name", String(32), primary_key=True),
    Column("value", String(128), nullable=False),
)
chunks = Table(
    "chunks",
    tables,
    _of_run(),
    Column("first_step", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    Column("values", LargeBinary, nullable=False),  # (5, length) float32, little-endian
    PrimaryKeyConstraint("run_id", "first_step"),
)
validations = Table(
    "validations",
    tables,
    _of_run(),
    Column("step", Integer, nullable=False),
    Column("loss", Float),  # SQLite turns nan into null
    Column("seconds", Float, nullable=False),
    Column("measures", Text, nullable=False, server_default="{}"),  # JSON, by name
    PrimaryKeyConstraint("run_id", "step"),
)
commands = Table(
    "commands",
    tables,
    Column("order", Integer, primary_key=True, autoincrement=True),
    _of_run(index=True),
    Column("step", Integer, nullable=False),
    Column("name", String(32), nullable=False),
    Column("value", Float),
    Column("note", Text, nullable=False, server_default=""),
)
checkpoints = Table(
    "checkpoints",
    tables,
    _of_run(),
    Column("step", Integer, nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    Column("state", LargeBinary, nullable=False),
    PrimaryKeyConstraint("run_id", "step"),
)
states = Table(
    "states",
    tables,
    _of_run(),
    Column("step", Integer, nullable=False),
    Column("state", LargeBinary, nullable=False),
    PrimaryKeyConstraint("run_id"),
)


def open_database(url: str | None = None) -> Engine:
    """The database at `url`, at `EXPLORER_DATABASE`, or in the user's data folder.

    Raises:
        ExplorerError: if the address is none, or nothing can be opened or read there.
    """
    given = url or os.environ.get(DATABASE)
    try:
        address = make_url(given) if given else _own_file()
        engine = create_engine(address, pool_pre_ping=not _is_sqlite(address))
    except ModuleNotFoundError as error:
        raise ExplorerError(
            N_(
                "%(rule)s, and its driver must be installed, but there is no module "
                "'%(module)s'. Install it, or leave %(variable)s empty."
            ),
            rule=_RULE,
            module=error.name,
            variable=DATABASE,
        ) from None
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise ExplorerError(
            N_("%(rule)s, but got '%(came)s'. Leave it empty for a file of your own."),
            rule=_RULE,
            came=_without_password(given or "")[:60],
        ) from None
    if _is_sqlite(address):
        if address.database in (None, "", ":memory:"):
            raise ExplorerError(
                N_(
                    "%(rule)s, but '%(came)s' names no file, and what is only in "
                    "memory cannot be shared between threads. Name a file."
                ),
                rule=_RULE,
                came=given,
            )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        with engine.execution_options(**WRITES).begin() as connection:
            _create_tables(connection)
    except ExplorerError:
        engine.dispose()
        raise
    except DatabaseError as error:
        engine.dispose()
        reason = (str(error.orig).splitlines() or ["nothing"])[0]
        raise ExplorerError(
            N_(
                "%(rule)s, and it must be one that can be opened, but the database "
                "said: %(reason)s. Check that it runs and that you may write to it."
            ),
            rule=_RULE,
            reason=reason[:200],
        ) from None
    return engine


def _own_file() -> URL:
    chosen = os.environ.get(FOLDER)
    folder = Path(chosen or platformdirs.user_data_dir("sequence-explorer"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExplorerError(
            N_(
                "%(variable)s must be a folder that can be made and written to, but "
                "'%(folder)s' is not: %(reason)s. Name another folder."
            ),
            variable=FOLDER,
            folder=str(folder)[:200],
            reason=error.strerror,
        ) from None
    return URL.create("sqlite", database=str(folder / "explorer.sqlite3"))


def _is_sqlite(address: URL) -> bool:
    return address.get_backend_name() == "sqlite"


def _without_password(address: str) -> str:
    """An address that may be shown, even where it cannot be read.

    >>> _without_password("postgres//ann:secret@host/name")
    'postgres//ann:***@host/name'
    """
    return re.sub(r":(?!//).*@", ":***@", address, flags=re.DOTALL)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Readers never wait for the writer, and a killed process loses no slice."""
    connection.isolation_level = None  # `_begin_sqlite` says when a transaction begins
    connection.execute("PRAGMA busy_timeout=20000")  # milliseconds
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its turn at once; after a first read it could come too late."""
    writes = connection.get_execution_options().keys() & WRITES.keys()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _create_tables(connection: Connection) -> None:
    known = None
    if connection.dialect.name == "postgresql":
        # Several that open a new database at once take turns, as SQLite's writers do.
        connection.execute(select(func.pg_advisory_xact_lock(_OPENING)))
    if inspect(connection).has_table(meta.name):
        known = connection.scalar(select(func.max(meta.c.schema_version)))
    if known is not None and known > SCHEMA:
        raise ExplorerError(
            N_(
                "This program reads databases up to version %(newest)d, but this one "
                "has version %(came)d. Update the program, or set %(variable)s to "
                "another one."
            ),
            newest=SCHEMA,
            came=known,
            variable=DATABASE,
        )
    tables.create_all(connection)
    if known is None:
        connection.execute(insert(meta).values(schema_version=SCHEMA))
    elif known < SCHEMA:
        for statement in (s for added in ADDED[known - 1 :] for s in added):
            connection.execute(text(statement))
        connection.execute(update(meta).values(schema_version=SCHEMA))
