"""What stands between this program and its database, as one sentence.

Within the program a database that fails stays an exception of its own; where people
meet it, it is said in these words, which name the variable that chose the database.
"""

import logging
import sqlite3
import threading
import time

from sqlalchemy.exc import DBAPIError

from explorer.errors import N_, ExplorerError, Words
from explorer.runs.whereabouts import chosen_by

log = logging.getLogger(__name__)

LOGGED_AGAIN = 600.0
"""Seconds after which the log is told the same trouble again."""

_lock = threading.Lock()
_logged_at: dict[tuple[str, ...], float] = {}
"""When each kind of trouble was logged."""

_FULL = N_("its disk is full; make room there")
_READ_ONLY = N_("it can only be read; let the server write to the file and its folder")
_DAMAGED = N_("its file is damaged, or is none of a database; put a copy of it back")
_LOCKED = N_("another program holds it for too long; end that program")
_AWAY = N_("it does not answer, or says '%(reason)s'; start it, or mend the way to it")

_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_IOERR: _AWAY,
    sqlite3.SQLITE_CANTOPEN: _AWAY,
}
"""By the code of an error, without what its higher bits add."""

_POSTGRESQL = {
    "53100": _FULL,
    "25006": _READ_ONLY,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
}
"""By SQLSTATE."""


def database_trouble(error: BaseException | None) -> ExplorerError | None:
    """The sentence for a database that fails, which the log gets once in a while; None
    for any other error, and for a statement that is wrong."""
    orig = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(error, DBAPIError | sqlite3.Error) or orig is None:
        return None
    why = _AWAY if getattr(error, "connection_invalidated", False) else None
    if isinstance(orig, sqlite3.Error):
        code = getattr(orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        why = _SQLITE.get(code & 0xFF, why)
    elif type(orig).__name__ in ("OperationalError", "InterfaceError"):
        why = _AWAY
    why = _POSTGRESQL.get(str(getattr(orig, "sqlstate", None)), why)
    if why is None:
        return None
    reason = (str(orig).splitlines() or [""])[0][:200]
    trouble = ExplorerError(
        N_(
            "The server needs its database, but %(why)s. %(variable)s says where it "
            "is; runs go on by themselves when that is mended."
        ),
        why=Words(why, {"reason": reason}),
        variable=chosen_by(),
    )
    log_once(trouble.words)
    return trouble


def log_once(words: Words) -> None:
    """Tell the log of a trouble, once in a while, whatever its sentence quotes."""
    now, kind = time.monotonic(), _kind(words)
    with _lock:
        if now - _logged_at.get(kind, -LOGGED_AGAIN) < LOGGED_AGAIN:
            return
        _logged_at[kind] = now
    log.warning("%s", words)


def _kind(words: Words) -> tuple[str, ...]:
    """A sentence and those within it, without what it quotes."""
    within = (v for v in words.values.values() if isinstance(v, Words))
    return words.template, *(each for inner in within for each in _kind(inner))
