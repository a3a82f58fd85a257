"""What the members of a class expect of a task before they train."""

import json

from sqlalchemy import Engine, delete, insert, select

from explorer.runs import schema

Guess = str | float
"""The name of a choice, or a number."""

_guesses = schema.guesses.c


class Guesses:
    """What `Store.guesses` is."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def put(self, group_id: str, owner: str, guess: Guess) -> None:
        """Keep what somebody expects, in place of what they said before."""
        mine = _guesses.group_id == group_id, _guesses.owner == owner
        values = {"group_id": group_id, "owner": owner, "guess": json.dumps(guess)}
        with self._writer.begin() as connection:
            connection.execute(delete(schema.guesses).where(*mine))
            connection.execute(insert(schema.guesses).values(values))

    def of(self, group_id: str) -> dict[str, Guess]:
        """By owner: what everybody expects of a task."""
        wanted = select(_guesses.owner, _guesses.guess)
        wanted = wanted.where(_guesses.group_id == group_id)
        with self._reader.connect() as connection:
            rows = connection.execute(wanted).all()
        return {owner: json.loads(guess) for owner, guess in rows}
