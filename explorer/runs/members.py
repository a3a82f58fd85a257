"""Who takes part in a class, under which nickname, and who did."""

from typing import Any

from sqlalchemy import Connection, Engine, exists, insert, select, update

from explorer.errors import N_, ExplorerError
from explorer.runs import schema
from explorer.runs.groups import absent
from explorer.runs.ids import now, storable
from explorer.runs.records import Member, Stay

MOST_NICKNAME = 24

_members = schema.members.c


class Members:
    """What `Store.members` is."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def join(self, group_id: str, owner: str, nickname: str, seen: bool = True) -> None:
        """Take part under a nickname, or under another one from now on; who comes back
        has their old seat.

        Args:
            seen: whether the others see the nickname.

        Raises:
            ExplorerError: if there is no such group, or if the nickname is empty, too
                long, or another's here.
        """
        name = checked_nickname(nickname)
        mine = _members.group_id == group_id, _members.owner == owner
        values = {"nickname": name, "seen": seen, "state": "in"}
        with self._writer.begin() as connection:
            _take_turn_in(connection, group_id)
            _check_free(connection, group_id, name, _members.owner != owner)
            if connection.scalar(select(exists().where(*mine))):
                there = update(schema.members).where(*mine)
                connection.execute(there.values(values))
                return
            values |= {"group_id": group_id, "owner": owner, "joined": now()}
            connection.execute(insert(schema.members).values(values))

    def of(self, group_id: str) -> list[Member]:
        """Who takes part now, in the order in which they came."""
        there = _members.owner, _members.nickname, _members.seen, _members.state
        wanted = select(*there).where(_members.group_id == group_id)
        ordered = wanted.order_by(_members.joined, _members.owner)
        with self._reader.connect() as connection:
            rows = connection.execute(ordered).all()
        return [
            Member(owner, nickname, seat, seen)
            for seat, (owner, nickname, seen, state) in enumerate(rows)
            if state == "in"
        ]

    def stay(self, group_id: str, owner: str) -> Stay | None:
        """Whether somebody is there, has left or was removed; None: they never came."""
        wanted = select(_members.state).where(
            _members.group_id == group_id, _members.owner == owner
        )
        with self._reader.connect() as connection:
            found: Stay | None = connection.scalar(wanted)
        return found

    def leave(self, group_id: str, owner: str) -> None:
        """Take part no more; the runs stay."""
        self._change(group_id, _members.owner == owner, state="left")

    def remove(self, group_id: str, nickname: str) -> None:
        """Who takes part under this nickname does so no more; their runs stay."""
        self._change(group_id, _members.nickname == nickname, state="removed")

    def show(self, group_id: str, nickname: str, seen: bool) -> None:
        """Let the others see a nickname, or no longer."""
        self._change(group_id, _members.nickname == nickname, seen=seen)

    def rename(self, group_id: str, nickname: str, name: str) -> None:
        """Give somebody another nickname, which the others see.

        Raises:
            ExplorerError: if there is no such group, or as `join` does.
        """
        name = checked_nickname(name)
        with self._writer.begin() as connection:
            _take_turn_in(connection, group_id)
            _check_free(connection, group_id, name, _members.nickname != nickname)
            named = update(schema.members).where(*_present(group_id))
            named = named.where(_members.nickname == nickname)
            connection.execute(named.values(nickname=name, seen=True))

    def _change(self, group_id: str, who: Any, **values: object) -> None:
        wanted = update(schema.members).where(*_present(group_id), who)
        with self._writer.begin() as connection:
            connection.execute(wanted.values(**values))


def checked_nickname(nickname: str) -> str:
    """The nickname as it is kept: printable, and with single spaces.

    Raises:
        ExplorerError: if nothing is left of it, or too much.
    """
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


def _present(group_id: str) -> tuple[Any, Any]:
    return _members.group_id == group_id, _members.state == "in"


def _take_turn_in(connection: Connection, group_id: str) -> None:
    """Who join at once take turns, so that no two get one name."""
    group = select(schema.groups.c.id).where(schema.groups.c.id == storable(group_id))
    if connection.scalar(group.with_for_update()) is None:
        raise absent(group_id)


def _check_free(connection: Connection, group_id: str, name: str, others: Any) -> None:
    """Refuse a nickname that somebody else in the group has."""
    taken = select(_members.nickname).where(*_present(group_id), others)
    if name.casefold() in {n.casefold() for n in connection.scalars(taken)}:
        raise ExplorerError(
            N_(
                "Everybody in a class has another nickname, and '%(name)s' is "
                "taken. Choose another."
            ),
            name=name,
        )
