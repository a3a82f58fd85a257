"""Whose own data is whose, and what it holds."""

from datetime import datetime
from typing import Literal

from sqlalchemy import Engine, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from explorer.runs import schema
from explorer.runs.ids import now, storable
from explorer.runs.records import OwnData


class Contents:
    """What `Store.contents` is."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def hold(
        self,
        owner: str,
        digest: str,
        kind: Literal["series", "text"],
        label: str,
        content: bytes,
    ) -> None:
        """Enter a person's own data; the same again changes nothing."""
        row = {
            "digest": digest,
            "owner": owner,
            "kind": kind,
            "label": storable(label),
            "created": now(),
            "size": len(content),
            "content": content,
        }
        try:
            with self._writer.begin() as connection:
                connection.execute(insert(schema.contents).values(row))
        except IntegrityError:
            return  # held already

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
        held = schema.contents.c
        wanted = select(func.count()).where(held.owner == owner, held.digest == digest)
        with self._reader.connect() as connection:
            return bool(connection.scalar(wanted))

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
