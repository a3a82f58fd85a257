"""Races, sweeps and classes: runs that belong together."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, insert, or_, select, update

from explorer.errors import N_, ExplorerError
from explorer.runs import schema
from explorer.runs.ids import new_id, storable, written
from explorer.runs.opening import take_turn
from explorer.runs.records import Group, GroupKind

AdmitGroup = Callable[[Sequence[Group]], None]
"""Given everybody's groups of one kind: raises an `ExplorerError` if one more is too
many. It is called as `shelf.Admit` is: within the transaction, by turns."""


class Groups:
    """What `Store.groups` is."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def create(
        self,
        kind: GroupKind,
        owner: str,
        facts: Mapping[str, Any],
        admit: AdmitGroup | None = None,
    ) -> Group:
        """Enter a new group. `facts` is what JSON can hold.

        Raises:
            ExplorerError: as `admit` does.
        """
        group = Group(new_id(), kind, owner, datetime.now(UTC), dict(facts))
        with self._writer.begin() as connection:
            _ask(connection, kind, admit)
            connection.execute(insert(schema.groups).values(_row(group)))
        return group

    def bring(self, group: Group) -> None:
        """Enter a group that was made elsewhere, in place of one of its id."""
        table = schema.groups
        with self._writer.begin() as connection:
            connection.execute(delete(table).where(table.c.id == group.id))
            connection.execute(insert(table).values(_row(group)))

    def get(self, group_id: str, kind: GroupKind | None = None) -> Group:
        """The group of that id, and of that kind where one is named.

        Raises:
            ExplorerError: if there is none.
        """
        wanted = select(schema.groups).where(schema.groups.c.id == storable(group_id))
        with self._reader.connect() as connection:
            row = connection.execute(wanted).mappings().first()
        if row is None or kind not in (None, row["kind"]):
            raise absent(group_id)
        return _group(row)

    def of(self, owner: str, kind: GroupKind) -> list[Group]:
        """A person's groups of one kind, and those that they teach along, newest
        first."""
        groups, shared = schema.groups.c, schema.teachers.c
        along = select(shared.group_id).where(shared.owner == owner)
        mine = or_(groups.owner == owner, groups.id.in_(along))
        wanted = select(schema.groups).where(mine, groups.kind == kind)
        with self._reader.connect() as connection:
            return _all(connection, wanted)

    def every(self, kind: GroupKind) -> list[Group]:
        """Everybody's groups of one kind, newest first."""
        with self._reader.connect() as connection:
            return _every(connection, kind)

    def change(
        self, group_id: str, facts: Mapping[str, Any], admit: AdmitGroup | None = None
    ) -> Group:
        """Put these facts in place of those of the same names; the others stay.

        Raises:
            ExplorerError: if there is no such group, or as `admit` does.
        """
        table = schema.groups
        wanted = table.c.id == storable(group_id)
        query = select(table.c.kind, table.c.facts).where(wanted).with_for_update()
        with self._writer.begin() as connection:
            before = connection.execute(query).first()
            if before is not None:
                _ask(connection, before.kind, admit)
                text = json.dumps(json.loads(before.facts) | dict(facts))
                changed = update(table).where(wanted)
                connection.execute(changed.values(facts=text))
        return self.get(group_id)

    def delete(self, group_id: str) -> None:
        """Forget a group and who took part; its runs stay."""
        with self._writer.begin() as connection:
            connection.execute(
                delete(schema.groups).where(schema.groups.c.id == group_id)
            )


def held_group(connection: Connection, group_id: str) -> Group:
    """A group that nobody else changes until the transaction ends.

    Raises:
        ExplorerError: if there is none.
    """
    wanted = select(schema.groups).where(schema.groups.c.id == storable(group_id))
    row = connection.execute(wanted.with_for_update()).mappings().first()
    if row is None:
        raise absent(group_id)
    return _group(row)


def absent(group_id: str) -> ExplorerError:
    """What is said of a group that is not there."""
    return ExplorerError(
        N_(
            "There is nothing under the id '%(group)s' here. Check the link, or begin "
            "anew."
        ),
        group="".join(c if c.isalnum() else "?" for c in group_id[:40]),
    )


def _ask(connection: Connection, kind: GroupKind, admit: AdmitGroup | None) -> None:
    if admit is not None:
        take_turn(connection)
        admit(_every(connection, kind))


def _every(connection: Connection, kind: GroupKind) -> list[Group]:
    return _all(connection, select(schema.groups).where(schema.groups.c.kind == kind))


def _all(connection: Connection, wanted: Select[Any]) -> list[Group]:
    """The groups that are wanted, newest first."""
    newest = wanted.order_by(schema.groups.c.created.desc())
    return [_group(row) for row in connection.execute(newest).mappings()]


def _row(group: Group) -> dict[str, Any]:
    times = {"created": written(group.created)}
    return {**vars(group), **times, "facts": json.dumps(dict(group.facts))}


def _group(row: Any) -> Group:
    facts = json.loads(row["facts"])
    created = datetime.fromisoformat(row["created"])
    return Group(**{**row, "facts": facts, "created": created})
