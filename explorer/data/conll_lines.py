"""The lines of a file of tokens and tags, taken apart: see `conll`.

CoNLL-U (https://universaldependencies.org) has ten columns, the second one the token
and the fourth its part of speech, and comments.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from explorer.data.entities import are_entities

UNIVERSAL = 10
"""Columns of CoNLL-U."""
UNIVERSAL_NAMES = (
    *("ID", "FORM", "LEMMA", "UPOS", "XPOS"),
    *("FEATS", "HEAD", "DEPREL", "DEPS", "MISC"),
)
COUNTED = re.compile(r"\d+")
"""The first field of a token of CoNLL-U; 3-4 and 3.1 are none of the sentence's own."""

TOKENS = ("token", "word", "form", "text", "词", "字", "单词")
TAGS = ("tag", "label", "ner", "pos", "upos", "ner_tag", "标签", "标记", "词性")
"""How a file's first line calls its columns."""

HEAD = 300
"""Lines that tell whether a file is one of tags."""

Row = tuple[int, list[str]]
"""The line of the file, from 1, and its fields; none where a sentence ends, whatever
empty lines follow."""


class Rows(NamedTuple):
    """A file, taken apart."""

    rows: list[Row]
    width: int
    universal: bool
    names: tuple[str, ...] = ()
    """What its first line calls the columns, if it does."""


def fields(line: str, tabs: bool) -> list[str]:
    r"""The fields of a line.

    >>> fields("Anna B-PER", False), fields("New York\tB-LOC", True)
    (['Anna', 'B-PER'], ['New York', 'B-LOC'])
    """
    parts = line.split("\t") if tabs else re.split("[ \t]+", line.strip(" \t"))
    return [part.strip() for part in parts]


def filled_lines(text: str) -> int:
    """How many lines are not blank."""
    return sum(1 for line in text.split("\n") if line.strip())


def rows_of(text: str) -> Rows:
    """The lines of a file as fields, without comments and names of columns."""
    lines = [line.rstrip("\n\r") for line in text.split("\n")]
    filled = [line for line in lines if line.strip() and not line.startswith("#")]
    tabs = 2 * sum("\t" in line for line in filled) > len(filled)
    rows: list[Row] = []
    for n, line in enumerate(lines, 1):
        if line.strip():
            rows.append((n, fields(line, tabs)))
        elif rows and rows[-1][1]:
            rows.append((n, []))
    widths = Counter(len(row) for _, row in rows if row and not row[0].startswith("#"))
    width = widths.most_common(1)[0][0] if widths else 0
    universal = width == UNIVERSAL and _are_counted(rows)
    kept = _without_comments(rows, width, tabs, universal)
    if universal:
        return Rows(kept, width, True, UNIVERSAL_NAMES)
    names = _names(kept, width)
    return Rows(kept[1:] if names else kept, width, False, names)


def _are_counted(rows: Iterable[Row]) -> bool:
    """Whether nearly all lines begin with the token's number."""
    firsts = [row[0] for _, row in rows if len(row) == UNIVERSAL]
    return 10 * sum(bool(COUNTED.match(first)) for first in firsts) > 9 * len(firsts)


def _without_comments(
    rows: list[Row], width: int, tabs: bool, universal: bool
) -> list[Row]:
    """Without lines that begin with # but are as wide as the others only by chance: no
    other line has the tag that they would have. Between tabs, #fox is a token."""
    tags = {
        row[-1] for _, row in rows if row and len(row) == width and row[0][:1] != "#"
    }
    return [
        (n, row)
        for n, row in rows
        if not row
        or row[0][:1] != "#"
        or (
            not universal
            and len(row) == width
            and (row[-1] in tags or (tabs and bool(re.fullmatch("#[^ ]+", row[0]))))
        )
    ]


def _names(rows: list[Row], width: int) -> tuple[str, ...]:
    """What the first line calls the columns; nothing where it is a token's."""
    first = next((row for _, row in rows if row), [])
    called = [field.lower() for field in first]
    if len(first) != width or width < 2 or rows[0][1] != first:
        return ()
    is_header = any(c in TOKENS for c in called) and any(c in TAGS for c in called)
    return tuple(first) if is_header else ()


def is_tagged(text: str) -> bool:
    r"""Whether a text without a telling name is one of tags: IOB tags in its last
    column, or CoNLL-U, or words and few tags in sentences.

    >>> is_tagged("Anna B-PER\nsleeps O\n"), is_tagged("the fox\nthe cat\n")
    (True, False)
    """
    found = rows_of("\n".join(text.split("\n")[:HEAD]))
    rows = [row for _, row in found.rows if row]
    if len(rows) < 2 or found.width < 2:
        return False
    if 10 * sum(len(row) == found.width for row in rows) < 9 * len(rows):
        return False
    if found.universal:
        return True
    tags = Counter(row[-1] for row in rows)
    if are_entities(tags):
        return True
    parted = any(not row for _, row in found.rows[:-1])
    tokens = {row[0] for row in rows}
    few = 4 * len(tags) < len(rows) and 2 * len(tags) < len(tokens)
    plain = all(re.fullmatch(r"[A-Z][A-Z0-9$.,:'`_-]{0,11}", tag) for tag in tags)
    return parted and few and plain and found.width == 2
