"""A person's runs as they keep them: found, named, tagged, pinned, thrown away.

What is thrown away can be had back until it is swept out.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Select, func, select, update

from explorer.config.run import RunConfig
from explorer.errors import N_, ExplorerError
from explorer.runs import messages, schema
from explorer.runs.ids import now, storable, written
from explorer.runs.records import ACTIVE, Run

MOST_CONFIGS = 2000
"""Configs that are not read again: a page with all runs of a person has as many."""

MOST_NAME = 80
"""Characters of a run's name, and of all its tags together."""


class Active(NamedTuple):
    """How many runs train."""

    mine: int
    all: int


Admit = Callable[[Active, int], None]
"""Given who trains and how many runs are coming: raises an `ExplorerError` if those are
too many. It is called within the transaction that lets them train, and those that ask
take turns, so that no two of them take the last place."""


class Shelf:
    """What `Store.shelf` is."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def of(self, owner: str, limit: int = 1000) -> list[Run]:
        """A person's runs: pinned ones first, then the newest first."""
        runs = schema.runs.c
        wanted = present().where(runs.owner == owner)
        wanted = wanted.order_by(runs.pinned.desc(), runs.created.desc()).limit(limit)
        with self._reader.connect() as connection:
            return [read_run(row) for row in connection.execute(wanted).mappings()]

    def of_group(self, group_id: str) -> list[Run]:
        """The runs of a race, a sweep or a class, oldest first."""
        runs = schema.runs.c
        wanted = present().where(runs.group_id == group_id).order_by(runs.created)
        with self._reader.connect() as connection:
            return [read_run(row) for row in connection.execute(wanted).mappings()]

    def active(self, owner: str) -> int:
        """How many of a person's runs are training, besides the trials of sweeps."""
        with self._reader.connect() as connection:
            return active(connection, owner).mine

    def describe(
        self, run_id: str, name: str, tags: Sequence[str], pinned: bool
    ) -> None:
        """Name, tag and pin a run.

        Raises:
            ExplorerError: if the name or the tags are too long.
        """
        for words in (name, " ".join(tags)):
            if len(words) > MOST_NAME:
                raise ExplorerError(
                    N_(
                        "A run's name may have %(most)d characters, and so may its "
                        "tags together, but this has %(came)d. Shorten it."
                    ),
                    most=MOST_NAME,
                    came=len(words),
                )
        values = {
            "name": storable(name),
            "tags": json.dumps(list(tags)),
            "pinned": pinned,
        }
        self._change(run_id, values)

    def throw_away(self, run_id: str) -> None:
        """Hide a run; `have_back` shows it again."""
        self._change(run_id, {"deleted": now()})

    def have_back(self, run_id: str) -> None:
        """Show a run again that was thrown away."""
        self._change(run_id, {"deleted": None})

    def thrown_away(self, run_id: str) -> Run | None:
        """A run that was thrown away and is not swept out yet."""
        runs = schema.runs.c
        wanted = select(schema.runs).where(runs.id == run_id, runs.deleted.is_not(None))
        with self._reader.connect() as connection:
            row = connection.execute(wanted).mappings().first()
        return None if row is None else read_run(row)

    def stored_bytes(self, owner: str) -> int:
        """How much of the database a person's runs and own data take; what was thrown
        away counts no more."""
        with self._reader.connect() as connection:
            return stored_bytes(connection, owner)

    def sizes(self, owner: str) -> dict[str, int]:
        """How many bytes each of a person's runs keeps in checkpoints, by run id."""
        kept, runs = schema.checkpoints.c, schema.runs.c
        wanted = (
            select(kept.run_id, func.sum(kept.size))
            .join(schema.runs, runs.id == kept.run_id)
            .where(runs.owner == owner)
            .group_by(kept.run_id)
        )
        with self._reader.connect() as connection:
            return {run_id: int(size) for run_id, size in connection.execute(wanted)}

    def lowest(self, owner: str) -> dict[str, float]:
        """The lowest validation loss of each of a person's runs, by run id."""
        seen, runs = schema.validations.c, schema.runs.c
        wanted = (
            select(seen.run_id, func.min(seen.loss))
            .join(schema.runs, runs.id == seen.run_id)
            .where(runs.owner == owner, seen.loss.is_not(None))
            .group_by(seen.run_id)
        )
        with self._reader.connect() as connection:
            return {run_id: float(loss) for run_id, loss in connection.execute(wanted)}

    def _change(self, run_id: str, values: dict[str, Any]) -> None:
        changed = update(schema.runs).where(schema.runs.c.id == run_id)
        with self._writer.begin() as connection:
            connection.execute(changed.values(values))


def active(connection: Connection, owner: str) -> Active:
    """Who trains, besides the trials of sweeps."""
    runs, groups = schema.runs.c, schema.groups.c
    sweeps = select(groups.id).where(groups.kind == "sweep")
    training = select(func.count()).where(
        runs.status.in_(ACTIVE), runs.deleted.is_(None), runs.group_id.not_in(sweeps)
    )
    mine = connection.scalar(training.where(runs.owner == owner))
    return Active(int(mine or 0), int(connection.scalar(training) or 0))


def stored_bytes(connection: Connection, owner: str) -> int:
    """What `Shelf.stored_bytes` is, within a transaction."""
    runs, held = schema.runs.c, schema.contents.c
    mine = select(runs.id).where(runs.owner == owner, runs.deleted.is_(None))
    sizes = (
        (schema.checkpoints, schema.checkpoints.c.size),
        (schema.states, func.length(schema.states.c.state)),
        (schema.chunks, func.length(schema.chunks.c["values"])),
    )
    wanted = [select(func.sum(size)).where(t.c.run_id.in_(mine)) for t, size in sizes]
    wanted.append(select(func.sum(held.size)).where(held.owner == owner))
    return sum(int(connection.scalar(each) or 0) for each in wanted)


def present() -> Select[Any]:
    """Select the runs that are not thrown away."""
    return select(schema.runs).where(schema.runs.c.deleted.is_(None))


def run_row(run: Run) -> dict[str, Any]:
    """A run as its table holds it, when it comes: whole."""
    known = {name: value for name, value in vars(run).items() if name != "thinned"}
    return {
        **known,
        "config": run.config.to_json(),
        "created": written(run.created),
        "message": messages.written(run.message),
        "tags": json.dumps(run.tags),
    }


@lru_cache(maxsize=MOST_CONFIGS)
def _config(text: str) -> RunConfig:
    """Frozen, so that all who read the same run share it."""
    return RunConfig.from_json(text)


def read_run(row: Any) -> Run:
    """What `run_row` wrote."""
    values = {name: value for name, value in row.items() if name != "deleted"}
    values["config"] = _config(row["config"])
    values["created"] = datetime.fromisoformat(row["created"])
    values["message"] = messages.read_message(row["message"])
    values["tags"] = tuple(json.loads(row["tags"]))
    values["thinned"] = values.pop("rule") > 0
    return Run(**values)
