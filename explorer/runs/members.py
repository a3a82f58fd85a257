"""Who takes part in a class, under which nickname, and who did."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from explorer.errors import N_, ExplorerError
from explorer.runs import schema
from explorer.runs.alike import alike, visible
from explorer.runs.groups import held_group
from explorer.runs.ids import written
from explorer.runs.records import Group, Member, Stay

MOST_NICKNAME = 24

AdmitMember = Callable[[Group, int], bool]
"""Given the class as it is now and how many others are there: whether they see the
nickname. It raises an `ExplorerError` if nobody more may come, and is called within
the transaction in which they do."""

_members = schema.members.c


class Members:
    """What `Store.members` is."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def join(
        self,
        group_id: str,
        owner: str,
        nickname: str,
        seen: bool = True,
        admit: AdmitMember | None = None,
    ) -> None:
        """Take part under a nickname, or under another one from now on; who comes back
        has their old seat.

        Who comes back by another nickname, or was removed, is seen by it only when
        the teacher lets them: they may have hidden or changed the old one.

        Args:
            group_id: where.
            owner: who.
            nickname: what they call themselves.
            seen: whether the others see the nickname of who is new.
            admit: decides `seen`, and whether there is room.

        Raises:
            ExplorerError: if there is no such group, if the nickname is empty, too
                long, or another's here, or as `admit` does.
        """
        name = checked_nickname(nickname)
        values = {"nickname": name, "seen": seen, "state": "in"}
        with self._writer.begin() as connection:
            # Who join at once take turns, so that no two get one name.
            group = held_group(connection, group_id)
            others = _check_free(connection, group_id, name, _members.owner != owner)
            if admit is not None:
                values["seen"] = admit(group, others)
            if before := _place_of(connection, group_id, owner):
                same = alike(before.nickname, name) and before.state != "removed"
                values["seen"] = before.seen and same
                mine = _members.group_id == group_id, _members.owner == owner
                connection.execute(update(schema.members).where(*mine).values(values))
                return
            joined = _after_all(connection, group_id)
            values |= {"group_id": group_id, "owner": owner, "joined": joined}
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
            held_group(connection, group_id)
            _check_free(connection, group_id, name, _members.nickname != nickname)
            named = update(schema.members).where(*_present(group_id))
            named = named.where(_members.nickname == nickname)
            connection.execute(named.values(nickname=name, seen=True))

    def _change(self, group_id: str, who: Any, **values: object) -> None:
        wanted = update(schema.members).where(*_present(group_id), who)
        with self._writer.begin() as connection:
            connection.execute(wanted.values(**values))


def checked_nickname(nickname: str) -> str:
    """The nickname as it is kept: to be seen, and with single spaces.

    Raises:
        ExplorerError: if nothing is left of it, or too much.
    """
    shown = "".join(c for c in visible(nickname) if c.isprintable())
    name = " ".join(shown.split())
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


def _place_of(connection: Connection, group_id: str, owner: str) -> Any:
    """The row of somebody who is or was there; None where they never came."""
    mine = _members.group_id == group_id, _members.owner == owner
    return connection.execute(select(schema.members).where(*mine)).first()


def _after_all(connection: Connection, group_id: str) -> str:
    """This moment, or right after who came last: clocks are set back, and those of
    several servers differ, but seats stay as they are."""
    last = select(func.max(_members.joined)).where(_members.group_id == group_id)
    moment = datetime.now(UTC)
    if (before := connection.scalar(last)) is not None:
        moment = max(moment, datetime.fromisoformat(before) + timedelta(microseconds=1))
    return written(moment)


def _check_free(connection: Connection, group_id: str, name: str, others: Any) -> int:
    """Refuse a nickname that somebody else in the group has, or one that looks like
    it; how many else there are."""
    wanted = select(_members.nickname).where(*_present(group_id), others)
    taken = list(connection.scalars(wanted))
    if any(alike(name, each) for each in taken):
        raise ExplorerError(
            N_(
                "Everybody in a class has another nickname, and '%(name)s' is "
                "taken. Choose another."
            ),
            name=name,
        )
    return len(taken)
