"""What brings a database up to date that an older program made."""

from collections.abc import Callable

import numpy as np
from sqlalchemy import Connection, inspect, select, text, update

from explorer.runs.schema import SCHEMA, chunks, members, meta, runs

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


def _say_who_is_there(connection: Connection) -> None:
    """Who had left a class was not known any more. The table may have come just now."""
    there = {each["name"] for each in inspect(connection).get_columns(members.name)}
    if "seen" not in there:
        _statements(
            "ALTER TABLE members ADD COLUMN seen BOOLEAN NOT NULL DEFAULT TRUE",
            "ALTER TABLE members ADD COLUMN state VARCHAR(16) NOT NULL DEFAULT 'in'",
        )(connection)


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
)
"""What version 2 has over 1, what 3 has over 2, and so on; whole tables come of
themselves."""
