"""What the members of a class expect of a task before they train."""

import json

from sqlalchemy import Engine, exists, insert, select

from explorer.errors import N_, ExplorerError
from explorer.runs import schema
from explorer.runs.groups import absent
from explorer.runs.ids import storable

Guess = str | float
"""The name of a choice, or a number."""

_guesses = schema.guesses.c


class Guesses:
    """What `Store.guesses` is."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def put(self, group_id: str, owner: str, guess: Guess) -> None:
        """Keep what somebody expects; it is said once, before anything came out.

        Raises:
            ExplorerError: if there is no such task, if what came out is known, or if
                they have said or trained something in it, also what they threw away.
        """
        values = {"group_id": group_id, "owner": owner, "guess": json.dumps(guess)}
        group, runs = schema.groups.c, schema.runs.c
        held = select(group.facts).where(group.id == storable(group_id))
        guessed = _guesses.group_id == group_id, _guesses.owner == owner
        trained = runs.group_id == group_id, runs.owner == owner
        with self._writer.begin() as connection:
            facts = connection.scalar(held.with_for_update())
            if facts is None:
                raise absent(group_id)
            if json.loads(facts).get("answer") is not None:
                raise _answered()
            if connection.scalar(select(exists().where(*trained))):
                raise _trained()
            if connection.scalar(select(exists().where(*guessed))):
                raise _guessed()
            connection.execute(insert(schema.guesses).values(values))

    def of(self, group_id: str) -> dict[str, Guess]:
        """By owner: what everybody expects of a task."""
        wanted = select(_guesses.owner, _guesses.guess)
        wanted = wanted.where(_guesses.group_id == group_id)
        with self._reader.connect() as connection:
            rows = connection.execute(wanted).all()
        return {owner: json.loads(guess) for owner, guess in rows}


def _answered() -> ExplorerError:
    return ExplorerError(
        N_(
            "A guess is given before what came out is known, and here it is. Train on, "
            "and guess at the next task."
        )
    )


def _guessed() -> ExplorerError:
    return ExplorerError(
        N_(
            "A guess is given once, and yours is given. Train on, and guess at the "
            "next task."
        )
    )


def _trained() -> ExplorerError:
    return ExplorerError(
        N_(
            "A guess is given before the first run of a task, and you have trained in "
            "this one. Train on, and guess at the next task."
        )
    )
