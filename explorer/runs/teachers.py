"""Who teaches a class along with the one whose it is, and how it is handed over."""

from sqlalchemy import Connection, Engine, delete, insert, select, update

from explorer.runs import schema
from explorer.runs.groups import absent
from explorer.runs.ids import storable
from explorer.runs.passes import opens_none

_teachers = schema.teachers.c


class Teachers:
    """What `Store.teachers` is."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def add(self, group_id: str, owner: str, code: str | None = None) -> None:
        """Let somebody teach a class along.

        Args:
            group_id: which class.
            owner: who shall teach it.
            code: what allows it; None: nobody need.

        Raises:
            ExplorerError: if there is no such class, or the code opens nothing now.
        """
        with self._writer.begin() as connection:
            _held_owner(connection, group_id)
            _check_code(connection, code)
            _put(connection, group_id, owner)

    def hand_over(self, group_id: str, owner: str, code: str | None = None) -> None:
        """Make a class somebody's; whose it was teaches along. As `add` otherwise.

        Raises:
            ExplorerError: if there is no such class, or the code opens nothing now.
        """
        wanted = schema.groups.c.id == group_id
        with self._writer.begin() as connection:
            before = _held_owner(connection, group_id)
            _check_code(connection, code)
            if before == owner:
                return
            _put(connection, group_id, before)
            connection.execute(update(schema.groups).where(wanted).values(owner=owner))

    def teaches(self, group_id: str, owner: str) -> bool:
        """Whether somebody teaches a class along."""
        wanted = select(_teachers.owner).where(
            _teachers.group_id == group_id, _teachers.owner == owner
        )
        with self._reader.connect() as connection:
            return connection.scalar(wanted) is not None

    def dismiss(self, group_id: str) -> None:
        """Nobody teaches a class along any more."""
        along = delete(schema.teachers).where(_teachers.group_id == group_id)
        with self._writer.begin() as connection:
            _held_owner(connection, group_id)  # whoever comes in by a key is in, or not
            connection.execute(along)


def _held_owner(connection: Connection, group_id: str) -> str:
    """Whose a class is; nobody else changes that meanwhile."""
    group = select(schema.groups.c.owner).where(
        schema.groups.c.id == storable(group_id)
    )
    owner: str | None = connection.scalar(group.with_for_update())
    if owner is None:
        raise absent(group_id)
    return owner


def _check_code(connection: Connection, code: str | None) -> None:
    """Refuse a code that was taken back since it was found."""
    wanted = select(schema.passes.c.code).where(schema.passes.c.code == code)
    if code is not None and connection.scalar(wanted) is None:
        raise opens_none(code)


def _put(connection: Connection, group_id: str, owner: str) -> None:
    mine = _teachers.group_id == group_id, _teachers.owner == owner
    connection.execute(delete(schema.teachers).where(*mine))
    connection.execute(insert(schema.teachers).values(group_id=group_id, owner=owner))
