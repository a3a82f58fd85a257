"""Races, sweeps and classes: runs that belong together, and who takes part."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, insert, select, update

from explorer.errors import N_, ExplorerError
from explorer.runs import schema
from explorer.runs.ids import new_id, now, storable, written
from explorer.runs.opening import take_turn
from explorer.runs.records import Group, GroupKind, Member

MOST_NICKNAME = 24

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
        row = {**vars(group), "created": written(group.created)}
        row["facts"] = json.dumps(facts)
        with self._writer.begin() as connection:
            _ask(connection, kind, admit)
            connection.execute(insert(schema.groups).values(row))
        return group

    def get(self, group_id: str, kind: GroupKind | None = None) -> Group:
        """The group of that id, and of that kind where one is named.

        Raises:
            ExplorerError: if there is none.
        """
        wanted = select(schema.groups).where(schema.groups.c.id == storable(group_id))
        with self._reader.connect() as connection:
            row = connection.execute(wanted).mappings().first()
        if row is None or kind not in (None, row["kind"]):
            raise ExplorerError(
                N_(
                    "There is nothing under the id '%(group)s' here. Check the link, "
                    "or begin anew."
                ),
                group="".join(c if c.isalnum() else "?" for c in group_id[:40]),
            )
        return _group(row)

    def of(self, owner: str, kind: GroupKind) -> list[Group]:
        """A person's groups of one kind, newest first."""
        groups = schema.groups.c
        wanted = select(schema.groups).where(groups.owner == owner, groups.kind == kind)
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

    def join(self, group_id: str, owner: str, nickname: str) -> None:
        """Take part under a nickname, or under another one from now on.

        Raises:
            ExplorerError: if there is no such group, or if the nickname is empty, too
                long, or another's here.
        """
        self.get(group_id)
        name = _checked_nickname(nickname)
        table = schema.members
        mine = table.c.group_id == group_id, table.c.owner == owner
        group = select(schema.groups.c.id).where(schema.groups.c.id == group_id)
        with self._writer.begin() as connection:
            # Who join at once take turns, so that no two get one name.
            connection.execute(group.with_for_update())
            _check_free(connection, group_id, owner, name)
            connection.execute(delete(table).where(*mine))
            connection.execute(
                insert(table).values(
                    group_id=group_id, owner=owner, nickname=name, joined=now()
                )
            )

    def leave(self, group_id: str, nickname: str) -> None:
        """Who takes part under this nickname does so no more; their runs stay."""
        table = schema.members
        named = table.c.group_id == group_id, table.c.nickname == nickname
        with self._writer.begin() as connection:
            connection.execute(delete(table).where(*named))

    def members(self, group_id: str) -> list[Member]:
        """Who takes part, in the order in which they came."""
        table = schema.members
        wanted = select(table.c.owner, table.c.nickname)
        wanted = wanted.where(table.c.group_id == group_id).order_by(table.c.joined)
        with self._reader.connect() as connection:
            return [Member(*row) for row in connection.execute(wanted)]


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


def _checked_nickname(nickname: str) -> str:
    """The nickname as it is kept: printable, and with single spaces."""
    name = " ".join("".join(c for c in nickname if c.isprintable()).split())
    if not 1 <= len(name) <= MOST_NICKNAME:
        raise ExplorerError(
            N_(
                "A nickname has 1 to %(most)d characters, but this one has "
                "%(came)d. Choose another."
            ),
            most=MOST_NICKNAME,
            came=len(name),
        )
    return name


def _check_free(connection: Connection, group_id: str, owner: str, name: str) -> None:
    """Refuse a nickname that somebody else in the group has."""
    table = schema.members
    others = connection.execute(
        select(table.c.nickname).where(
            table.c.group_id == group_id, table.c.owner != owner
        )
    ).scalars()
    if name.casefold() in {other.casefold() for other in others}:
        raise ExplorerError(
            N_(
                "Everybody in a class has another nickname, and '%(name)s' is "
                "taken. Choose another."
            ),
            name=name,
        )


def _group(row: Any) -> Group:
    facts = json.loads(row["facts"])
    created = datetime.fromisoformat(row["created"])
    return Group(**{**row, "facts": facts, "created": created})
