"""What stands between this program and its database, as one sentence.

Within the program a database that fails stays an exception of its own; where people
meet it, it is said in these words, which name the variable that chose the database.
"""

import logging
import sqlite3
import threading
import time

from sqlalchemy.exc import DBAPIError

from explorer.errors import N_, ExplorerError
from explorer.runs.whereabouts import chosen_by

log = logging.getLogger(__name__)

SAID_AGAIN = 600.0
"""Seconds after which the log is told the same trouble again."""

_lock = threading.Lock()
_said: dict[str, float] = {}
"""When each sentence was logged."""

_FULL = N_(
    "The database needs room to write into, but its disk is full (%(variable)s says "
    "where it lies). Make room there; runs then go on by themselves."
)
_READ_ONLY = N_(
    "The server must be able to write to its database, but may only read it "
    "(%(variable)s says where it lies). Allow it to write to the file and its folder."
)
_DAMAGED = N_(
    "The database cannot be read: its file is damaged, or is none of a database "
    "(%(variable)s says where it lies). Put a copy of it back, or name another one."
)
_LOCKED = N_(
    "The database is held by another program for too long (%(variable)s says where it "
    "lies). End that program; runs then go on by themselves."
)
_AWAY = N_(
    "The database must answer, but it does not: %(reason)s (%(variable)s says where it "
    "is). Start it, or mend the way to it; runs then go on by themselves."
)

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
    if not isinstance(error, DBAPIError) or error.orig is None:
        return None
    sentence = _AWAY if error.connection_invalidated else None
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        sentence = _SQLITE.get(code & 0xFF, sentence)
    elif type(error.orig).__name__ in ("OperationalError", "InterfaceError"):
        sentence = _AWAY
    state = str(getattr(error.orig, "sqlstate", None))
    sentence = _POSTGRESQL.get(state, sentence)
    if sentence is None:
        return None
    reason = (str(error.orig).splitlines() or [""])[0][:200]
    trouble = ExplorerError(sentence, variable=chosen_by(), reason=reason)
    _log_once(str(trouble))
    return trouble


def _log_once(sentence: str) -> None:
    now = time.monotonic()
    with _lock:
        if now - _said.get(sentence, -SAID_AGAIN) < SAID_AGAIN:
            return
        _said[sentence] = now
    log.warning("%s", sentence)
