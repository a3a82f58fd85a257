"""Whose own data is whose, and what it holds."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, func, insert, select

from explorer.config.kinds import Kind
from explorer.runs import schema
from explorer.runs.ids import now, storable
from explorer.runs.opening import take_turn
from explorer.runs.records import OwnData
from explorer.runs.shelf import stored_bytes

AdmitData = Callable[[int, int], None]
"""Given how many files of their own a person holds, and the bytes of all that they
store: raises an `ExplorerError` if one more is too much. It is called as `shelf.Admit`
is: within the transaction, by turns."""


class Contents:
    """What `Store.contents` is."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def hold(
        self,
        owner: str,
        digest: str,
        kind: Kind,
        label: str,
        content: bytes,
        admit: AdmitData | None = None,
    ) -> None:
        """Enter a person's own data; the same again changes nothing.

        Raises:
            ExplorerError: as `admit` does.
        """
        row = {
            "digest": digest,
            "owner": owner,
            "kind": kind,
            "label": storable(label),
            "created": now(),
            "size": len(content),
            "content": content,
        }
        with self._writer.begin() as connection:
            take_turn(connection)
            if _holds(connection, owner, digest):
                return
            if admit is not None:
                admit(_count(connection, owner), stored_bytes(connection, owner))
            connection.execute(insert(schema.contents).values(row))

    def of(self, owner: str) -> list[OwnData]:
        """A person's own data, newest first."""
        held = schema.contents.c
        wanted = select(held.digest, held.kind, held.label, held.created, held.size)
        wanted = wanted.where(held.owner == owner).order_by(held.created.desc())
        with self._reader.connect() as connection:
            return [
                OwnData(digest, kind, label, datetime.fromisoformat(created), size)
                for digest, kind, label, created, size in connection.execute(wanted)
            ]

    def holds(self, owner: str, digest: str) -> bool:
        """Whether this is a person's own."""
        with self._reader.connect() as connection:
            return _holds(connection, owner, digest)

    def content(self, digest: str) -> tuple[str, bytes] | None:
        """The kind and the bytes of somebody's data; None where nobody has it."""
        held = schema.contents.c
        wanted = select(held.kind, held.content).where(held.digest == digest).limit(1)
        with self._reader.connect() as connection:
            row = connection.execute(wanted).first()
        return None if row is None else (row.kind, row.content)

    def let_go(self, owner: str, digest: str) -> bool:
        """Delete a person's own data; whether nobody else has the same."""
        held = schema.contents.c
        with self._writer.begin() as connection:
            connection.execute(
                delete(schema.contents).where(
                    held.owner == owner, held.digest == digest
                )
            )
        return self.content(digest) is None


def _holds(connection: Connection, owner: str, digest: str) -> bool:
    held = schema.contents.c
    wanted = select(func.count()).where(held.owner == owner, held.digest == digest)
    return bool(connection.scalar(wanted))


def _count(connection: Connection, owner: str) -> int:
    mine = select(func.count()).where(schema.contents.c.owner == owner)
    return int(connection.scalar(mine) or 0)
