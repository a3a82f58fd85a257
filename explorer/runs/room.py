"""The room that the store takes on the disk, and how it is given back.

PostgreSQL gives back by itself. A file of SQLite keeps the pages of what was deleted
until it is told to shorten itself, and one of an older program must be written anew
once before it can.
"""

import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import Engine, delete, func, select

from explorer.config.folder import data_folder
from explorer.runs import schema
from explorer.runs.ids import written
from explorer.runs.opening import is_sqlite
from explorer.runs.reading import best_of, key_of, of

KEPT = timedelta(minutes=10)
"""A run that was thrown away can be had back for so long."""

PAGES = 2000
"""Pages of SQLite that are given back in one go: writers wait for no more than that."""

_INCREMENTAL = 2
"""`auto_vacuum` of a file whose free pages can be given back piece by piece."""


class Room:
    """What `Store.room` is."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer
        self._is_file = is_sqlite(reader.url)

    def taken(self) -> int:
        """Bytes of all runs and own data; what was thrown away is among them until it
        is swept out."""
        with self._reader.connect() as connection:
            if self._is_file:
                names = ("page_count", "freelist_count", "page_size")
                pages, unused, size = (
                    int(connection.exec_driver_sql(f"PRAGMA {name}").scalar() or 0)
                    for name in names
                )
                return (pages - unused) * size
            parts = (
                schema.checkpoints.c.size,
                func.length(schema.states.c.state),
                func.length(schema.chunks.c["values"]),
                schema.contents.c.size,
            )
            sums = (connection.scalar(select(func.sum(part))) for part in parts)
            return sum(int(part or 0) for part in sums)

    def free(self) -> int:
        """Bytes that the disk has free where the database is, or else own data."""
        folder = data_folder()
        if self._is_file:
            folder = Path(self._reader.url.database or ".").resolve().parent
        while not folder.exists():
            folder = folder.parent
        return shutil.disk_usage(folder).free

    def sweep_out(self, age: timedelta = KEPT) -> int:
        """Forget what was thrown away longer ago than `age`; how many runs."""
        old = schema.runs.c.deleted < written(datetime.now(UTC) - age)
        with self._writer.begin() as connection:
            return connection.execute(delete(schema.runs).where(old)).rowcount

    def keep_evenly(self, run_id: str, kept: int) -> None:
        """Keep so many of a run's checkpoints, evenly from the first to the last, and
        the best one."""
        table = schema.checkpoints.c
        with self._writer.begin() as connection:
            wanted = of(schema.checkpoints, run_id, "step").order_by(table.step)
            steps = list(connection.scalars(wanted))
            spread = np.linspace(0, len(steps) - 1, min(kept, len(steps))).round()
            best = best_of(connection, run_id)
            stay = {steps[int(place)] for place in spread} | {best.step if best else 0}
            connection.execute(
                delete(schema.checkpoints).where(
                    table.run_id == key_of(run_id), table.step.not_in(stay)
                )
            )

    def give_back(self) -> None:
        """Shorten the file of the database by what was deleted from it."""
        if not self._is_file:
            return
        with closing(self._reader.raw_connection()) as connection:
            cursor = connection.cursor()

            def number(pragma: str) -> int:
                return int(cursor.execute(f"PRAGMA {pragma}").fetchone()[0])

            if not number("freelist_count"):
                return
            if number("auto_vacuum") != _INCREMENTAL:
                cursor.execute(f"PRAGMA auto_vacuum={_INCREMENTAL}")
                cursor.execute("VACUUM")
            before, free = None, number("freelist_count")
            while free and free != before:
                cursor.execute(f"PRAGMA incremental_vacuum({PAGES})").fetchall()
                before, free = free, number("freelist_count")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
