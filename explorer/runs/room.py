"""The room that the store takes on the disk, and how it is given back.

PostgreSQL does that by itself. A file of SQLite keeps the pages of what was deleted
until it is told to shorten itself, and one of an older program must be written anew
once before it can.
"""

from contextlib import closing

from sqlalchemy import Engine

PAGES = 2000
"""Pages of SQLite that are given back in one go: writers wait for no more than that."""

_INCREMENTAL = 2
"""`auto_vacuum` of a file whose free pages can be given back piece by piece."""


def give_back(engine: Engine) -> None:
    """Shorten the database by what was deleted from it."""
    if engine.dialect.name != "sqlite":
        return
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()

        def number(pragma: str) -> int:
            return int(cursor.execute(f"PRAGMA {pragma}").fetchone()[0])

        if not number("freelist_count"):
            return
        if number("auto_vacuum") != _INCREMENTAL:
            cursor.execute(f"PRAGMA auto_vacuum={_INCREMENTAL}")
            cursor.execute("VACUUM")
        free = number("freelist_count")
        while free:
            cursor.execute(f"PRAGMA incremental_vacuum({PAGES})").fetchall()
            before, free = free, number("freelist_count")
            if free >= before:
                break  # others fill the pages as fast
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
