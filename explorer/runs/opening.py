"""How the database of the store is found, opened and brought up to date."""

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    create_engine,
    event,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from explorer.config.folder import FOLDER, data_folder, keep_private, make_folder
from explorer.errors import N_, ExplorerError, Words
from explorer.runs.schema import SCHEMA, meta, tables
from explorer.runs.trouble import database_trouble
from explorer.runs.upgrades import upgrade
from explorer.runs.whereabouts import DATABASE

BESIDE = ("-wal", "-shm", "-journal")
"""Endings of the files that SQLite keeps beside a database."""

WRITES = {"explorer_writes": True}
"""Execution options of a transaction that writes."""

_TURN = 7_236_517
"""The number of the lock that PostgreSQL keeps for those who take turns."""

_RULE = Words(
    N_(
        "%(variable)s must be a database address like sqlite:///runs.sqlite3 or "
        "postgresql+psycopg://user@host/name"
    ),
    {"variable": DATABASE},
)


def open_database(url: str | None = None) -> Engine:
    """The database at `url`, at `EXPLORER_DATABASE`, or in the user's data folder.

    Raises:
        ExplorerError: if the address is none, or nothing can be opened or read there.
    """
    engine = _engine(url or os.environ.get(DATABASE))
    if is_sqlite(engine.url):
        file = Path(engine.url.database or ".")
        if not str(file).startswith("file:"):
            if not file.resolve().parent.is_dir():
                raise _not_opened(url, "unable to open database file")
            _make_private(file)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        with engine.execution_options(**WRITES).begin() as connection:
            _create_tables(connection)
    except ExplorerError:
        engine.dispose()
        raise
    except (DatabaseError, UnicodeError) as error:
        engine.dispose()
        if isinstance(error, UnicodeError):
            raise _not_opened(url, str(error)) from None
        reason = (str(error.orig).splitlines() or ["nothing"])[0][:200]
        raise (database_trouble(error) or _not_opened(url, reason)) from None
    return engine


def _not_opened(url: str | None, reason: str) -> ExplorerError:
    """What is said where nobody knows better than the database itself."""
    if url is None and not os.environ.get(DATABASE):
        return ExplorerError(
            N_(
                "%(variable)s must be a folder whose database can be opened, but the "
                "database said: %(reason)s. Check that you may write to it, or name "
                "another folder."
            ),
            variable=FOLDER,
            reason=reason,
        )
    return ExplorerError(
        N_(
            "%(rule)s, and it must be one that can be opened, but the database "
            "said: %(reason)s. Check that it runs and that you may write to it."
        ),
        rule=_RULE,
        reason=reason,
    )


def _engine(given: str | None) -> Engine:
    """An engine for that address, or for a file of one's own; nothing is opened yet."""
    try:
        address = make_url(given) if given else _own_file()
        engine = create_engine(address, pool_pre_ping=not is_sqlite(address))
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
    if is_sqlite(address) and address.database in (None, "", ":memory:"):
        raise ExplorerError(
            N_(
                "%(rule)s, but '%(came)s' names no file, and what is only in memory "
                "cannot be shared between threads. Name a file."
            ),
            rule=_RULE,
            came=given,
        )
    return engine


def _own_file() -> URL:
    folder = data_folder()
    make_folder(folder)
    return URL.create("sqlite", database=str(folder / "explorer.sqlite3"))


def _make_private(file: Path) -> None:
    """Have a database that only its owner can read; SQLite makes the files beside it
    with the same rights. What cannot be made is told of when it is opened."""
    with suppress(OSError):
        file.touch(mode=0o600, exist_ok=True)
    for each in (file, *(file.with_name(file.name + end) for end in BESIDE)):
        keep_private(each)


def is_sqlite(address: URL) -> bool:
    """Whether a database is a file of SQLite."""
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
    connection.execute("PRAGMA auto_vacuum=INCREMENTAL")  # of a file that is new
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its turn at once; after a first read it could come too late."""
    writes = connection.get_execution_options().keys() & WRITES.keys()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def take_turn(connection: Connection) -> None:
    """Wait until no other transaction is under way that has taken a turn.

    Whoever writes to SQLite does so anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_TURN)))


def _create_tables(connection: Connection) -> None:
    """Make what is missing, and bring an older database up to this version."""
    take_turn(connection)
    version = _version(connection)
    tables.create_all(connection)
    if version is None:
        connection.execute(insert(meta).values(schema_version=SCHEMA))
    elif version < SCHEMA:
        upgrade(connection, version)


def _version(connection: Connection) -> int | None:
    """The version that the tables there have; None where there are none yet."""
    if not inspect(connection).has_table(meta.name):
        return None
    version: int | None = connection.scalar(select(func.max(meta.c.schema_version)))
    if version is not None and version > SCHEMA:
        raise ExplorerError(
            N_(
                "This program reads databases up to version %(newest)d, but this one "
                "has version %(came)d. Update the program, or set %(variable)s to "
                "another one."
            ),
            newest=SCHEMA,
            came=version,
            variable=DATABASE,
        )
    return version
