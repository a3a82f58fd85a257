"""What brings a database up to date that an older program made."""

from collections.abc import Callable

import numpy as np
from sqlalchemy import Connection, inspect, select, text, update

from explorer.runs.schema import (
    SCHEMA,
    checkpoints,
    chunks,
    members,
    meta,
    runs,
    states,
)

Upgrade = Callable[[Connection], None]


def upgrade(connection: Connection, version: int) -> None:
    """Bring the tables from an older version to the newest; new tables are there."""
    for bring in UPGRADES[version - 1 :]:
        bring(connection)
    connection.execute(update(meta).values(schema_version=SCHEMA))


def _statements(*every: str) -> Upgrade:
    def bring(connection: Connection) -> None:
        for statement in every:
            connection.execute(text(statement))

    return bring


def _name_discriminators(connection: Connection) -> None:
    """The fifth row of a chunk was a GAN's discriminator loss, or another model's
    surprise. The discriminator's is the sixth now, and a GAN has no surprise."""
    chunk, gans = chunks.c, runs.c.config.contains('"model": "gan"')
    wanted = select(chunk.run_id, chunk.first_step, chunk.length, chunk["values"])
    found = wanted.join(runs, runs.c.id == chunk.run_id).where(gans)
    for run_id, first, length, values in connection.execute(found).all():
        none = np.full(length, np.nan, "<f4").tobytes()
        common = 4 * len(none)  # the four rows before
        new = values[:common] + none + values[common:]
        one = update(chunks).where(chunk.run_id == run_id, chunk.first_step == first)
        connection.execute(one.values({"values": new}))


def _add(connection: Connection, table: str, column: str, kind: str) -> None:
    """A column, unless it is there: a whole table may have come just now."""
    there = {each["name"] for each in inspect(connection).get_columns(table)}
    if column not in there:
        connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {column} {kind}"))


def _say_who_is_there(connection: Connection) -> None:
    """Who had left a class was not known any more."""
    _add(connection, members.name, "seen", "BOOLEAN NOT NULL DEFAULT TRUE")
    _add(connection, members.name, "state", "VARCHAR(16) NOT NULL DEFAULT 'in'")


def _let_old_runs_be_thinned(connection: Connection) -> None:
    """Nothing was thinned or packed; nothing is now, until it is an old run's turn."""
    _add(connection, runs.name, "thinned", "BOOLEAN NOT NULL DEFAULT FALSE")
    for table in (chunks, checkpoints, states):
        _add(connection, table.name, "packed", "BOOLEAN NOT NULL DEFAULT FALSE")
    for index in checkpoints.indexes:
        index.create(connection, checkfirst=True)


def _say_by_which_rule(connection: Connection) -> None:
    """There was one rule; what it thinned has its turn again."""
    _add(connection, runs.name, "rule", "INTEGER NOT NULL DEFAULT 0")
    connection.execute(text("UPDATE runs SET rule = 1 WHERE thinned"))
    connection.execute(text("ALTER TABLE runs DROP COLUMN thinned"))


UPGRADES: tuple[Upgrade, ...] = (
    _statements("ALTER TABLE commands ADD COLUMN note TEXT NOT NULL DEFAULT ''"),
    _statements(
        "ALTER TABLE validations ADD COLUMN measures TEXT NOT NULL DEFAULT '{}'"
    ),
    _statements(
        "ALTER TABLE runs ADD COLUMN owner VARCHAR(80) NOT NULL DEFAULT ''",
        "ALTER TABLE runs ADD COLUMN group_id VARCHAR(64) NOT NULL DEFAULT ''",
        "ALTER TABLE runs ADD COLUMN name TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE runs ADD COLUMN pinned BOOLEAN NOT NULL DEFAULT FALSE",
        "ALTER TABLE runs ADD COLUMN deleted VARCHAR(32)",
        "CREATE INDEX ix_runs_owner ON runs (owner)",
        "CREATE INDEX ix_runs_group_id ON runs (group_id)",
    ),
    _name_discriminators,
    _say_who_is_there,
    _let_old_runs_be_thinned,
    _say_by_which_rule,
)
"""What version 2 has over 1, what 3 has over 2, and so on; whole tables come of
themselves."""
