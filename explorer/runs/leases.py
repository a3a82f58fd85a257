"""The lease of a database: which server drives its runs, and until when.

It is renewed while that server lives, and whoever finds that it has ended takes it.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Engine, delete, insert, select

from explorer.runs import schema
from explorer.runs.ids import written
from explorer.runs.opening import take_turn


class Lease(NamedTuple):
    """Who drives, and until when."""

    holder: str
    """A name that nobody else has."""
    where: str
    """The machine and the process, as the holder describes them."""
    until: datetime


class Leases:
    """What `Store.leases` is."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def take(
        self, holder: str, where: str, seconds: float, gone: Callable[[str], bool]
    ) -> Lease:
        """The lease as it is now: this holder's for so many seconds, or another's that
        has not ended. `gone`: whether the process of a description lives no more."""
        table, now = schema.leases, datetime.now(UTC)
        with self._writer.begin() as connection:
            take_turn(connection)
            row = connection.execute(select(table)).first()
            if row is not None:
                held = Lease(row.holder, row.where, datetime.fromisoformat(row.until))
                others = held.holder != holder and held.until > now
                if others and not gone(held.where):
                    return held
            mine = Lease(holder, where, now + timedelta(seconds=seconds))
            values = mine._asdict() | {"until": written(mine.until)}
            connection.execute(delete(table))
            connection.execute(insert(table).values(values))
            return mine

    def give_up(self, holder: str) -> None:
        """End this holder's lease, if it is theirs."""
        table = schema.leases
        with self._writer.begin() as connection:
            connection.execute(delete(table).where(table.c.holder == holder))
