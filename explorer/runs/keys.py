"""The secrets of a database, as those that sign a visitor's cookie."""

import secrets
from contextlib import suppress

from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from explorer.runs import schema


class Keys:
    """What `Store.keys` is."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer
        self._read: dict[str, str] = {}
        """Asked for at every request, and the same for as long as the database."""

    def get(self, name: str) -> str:
        """A secret of this database, made when it is first asked for."""
        if name not in self._read:
            self._read[name] = self._stored(name) or self._make(name)
        return self._read[name]

    def _stored(self, name: str) -> str | None:
        wanted = select(schema.keys.c.value).where(schema.keys.c.name == name)
        with self._reader.connect() as connection:
            return connection.scalar(wanted)

    def _make(self, name: str) -> str:
        """A new secret, or the one that somebody else has made just now."""
        made = insert(schema.keys).values(name=name, value=secrets.token_urlsafe(48))
        with suppress(IntegrityError), self._writer.begin() as connection:
            connection.execute(made)
        return str(self._stored(name))
