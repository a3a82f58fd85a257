"""Codes that open a class: short ones to be dictated, long ones that nobody can guess.

No two of their characters look alike, so that they can be read from a screen at the far
end of a room, and written down. There is no vowel, so that none spells a word.
"""

import secrets
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from typing import Literal, NamedTuple

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError

from explorer.errors import N_, ExplorerError
from explorer.runs import schema
from explorer.runs.groups import absent

LETTERS = "BCDFGHJKMNPQRSTVWXYZ34679"
ALIKE = str.maketrans("258", "ZSB")
"""Digits that are no characters of a code, and the letters that they are taken for."""

Opens = Literal["join", "look", "teach", "own"]
"""What a code lets people do: take part, see the board, teach along, take it over."""

LENGTHS: Mapping[Opens, int] = {"join": 5, "look": 16, "teach": 16, "own": 16}
TRIES = 20

_passes = schema.passes.c


class Pass(NamedTuple):
    """What a code opens."""

    group_id: str
    opens: Opens


class Passes:
    """What `Store.passes` is."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader, self._writer = reader, writer

    def code(self, group_id: str, opens: Opens) -> str:
        """The code of a class, made when it is first asked for.

        Raises:
            ExplorerError: if there is no such class.
        """
        for _try in range(TRIES):
            if (code := self._stored(group_id, opens)) is not None:
                return code
            code = "".join(secrets.choice(LETTERS) for _ in range(LENGTHS[opens]))
            values = {"code": code, "group_id": group_id, "opens": opens}
            # Another class may have this code, or another tab has just made one.
            with suppress(IntegrityError), self._writer.begin() as connection:
                connection.execute(insert(schema.passes).values(values))
        raise absent(group_id)

    def find(self, typed: str) -> Pass:
        """What a code opens, however it is typed.

        Raises:
            ExplorerError: if it opens nothing.
        """
        code = plain(typed)
        wanted = select(_passes.group_id, _passes.opens).where(_passes.code == code)
        with self._reader.connect() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            raise opens_none(code)
        return Pass(row.group_id, row.opens)

    def holds(self, group_id: str, opens: Opens, code: str) -> bool:
        """Whether a code is still the one that opens this."""
        return self._stored(group_id, opens) == plain(code)

    def revoke(self, group_id: str, opens: Opens) -> None:
        """A code opens nothing any more; the next one that is asked for is new."""
        mine = _passes.group_id == group_id, _passes.opens == opens
        with self._writer.begin() as connection:
            connection.execute(delete(schema.passes).where(*mine))

    def _stored(self, group_id: str, opens: Opens) -> str | None:
        mine = _passes.group_id == group_id, _passes.opens == opens
        with self._reader.connect() as connection:
            return connection.scalar(select(_passes.code).where(*mine))


def opens_none(code: str) -> ExplorerError:
    """What is said of a code that is nowhere kept, or no longer."""
    return ExplorerError(
        N_(
            "A class is opened by a code of %(length)d letters and digits, but "
            "'%(came)s' opens none. Ask your teacher for it."
        ),
        length=LENGTHS["join"],
        came=code[:20],
    )


def plain(typed: str) -> str:
    """A code as it is kept: without blanks and signs, in capitals.

    >>> plain(" k7-qf2 "), plain("Ｋ７ＱＦＺ")
    ('K7QFZ', 'K7QFZ')
    """
    letters = unicodedata.normalize("NFKC", typed).upper()
    return "".join(c for c in letters if c.isascii() and c.isalnum()).translate(ALIKE)


def parted(code: str) -> str:
    """A long code as people write it down: in fours.

    >>> parted("ABCDEFGHJKMNPQRS")
    'ABCD-EFGH-JKMN-PQRS'
    """
    return "-".join(code[k : k + 4] for k in range(0, len(code), 4))
