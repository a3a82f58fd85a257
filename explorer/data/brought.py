"""What a file of examples comes to, before anything is kept of it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from explorer.config.kinds import Kind
from explorer.config.settings import whole_number
from explorer.data.base import Heard
from explorer.data.content import Examples
from explorer.data.decoding import decoded, encoding_remark, in_one_piece
from explorer.data.likeliest import likeliest
from explorer.data.mel import Frames
from explorer.errors import N_, ExplorerError, Words, unknown

MOST_BYTES = 32_000_000
"""Of a file; what is kept of it may be smaller."""

FEWEST = 10
"""Fewer different examples leave nothing to be judged by."""

Shown = tuple[str | Sequence[str], str | Sequence[str]]
"""One example: what is given and what is asked for, or token by token."""


class Columns(NamedTuple):
    """Which columns of a file are used."""

    names: tuple[str, ...]
    """All of them; a number from 1 where the file names none."""
    given: str
    asked: str


class Brought(NamedTuple):
    """Examples as they were read."""

    kind: Kind
    label: str
    examples: Examples
    """What is kept."""
    shown: tuple[Shown, ...]
    """The first of them."""
    counts: Mapping[str, int]
    """How often each answer comes, where they are few."""
    remarks: tuple[Words, ...]
    """What was made of the file, for people."""
    columns: Columns | None = None
    too_few: ExplorerError | None = None
    """Why nothing can be trained on it."""
    tune: Heard | None = None
    """How it sounds, where it is music."""
    sound: Frames | None = None
    """What is heard, where it is sound."""


def text_of(raw: bytes, filename: str, encoding: str) -> tuple[str, list[Words]]:
    """The text of a file, and what has to be said of its encoding.

    Raises:
        ExplorerError: if it is empty, too large, binary or in an unsure encoding.
    """
    raw, guessed = (raw, "") if encoding else likeliest(raw)
    text = decoded(raw, filename, MOST_BYTES, encoding or guessed)
    return in_one_piece(text), [encoding_remark(guessed)] if guessed else []


def named_column(name_or_number: str, names: Sequence[str]) -> str:
    """The column of that name, or of that number from 1.

    Raises:
        ExplorerError: if there is none.
    """
    if name_or_number in names:
        return name_or_number
    if 1 <= (whole_number(name_or_number) or 0) <= len(names):
        return names[int(name_or_number) - 1]
    raise unknown(N_("column"), name_or_number, names)


def too_few(came: int, what: str) -> ExplorerError | None:
    """Why so many different examples are not enough; None where they are.

    Args:
        came: how many there are.
        what: they are, marked with `N_`.
    """
    if came >= FEWEST:
        return None
    return ExplorerError(
        N_(
            "Learning and being judged take at least %(least)d different %(what)s, but "
            "this has %(came)d. Give more."
        ),
        least=FEWEST,
        what=Words(what),
        came=came,
    )
