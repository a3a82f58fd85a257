"""A table of texts: what parts its fields, what its columns are called, and its rows.

Unlike a table of numbers it has sentences in its cells, so that the sign that parts
them is told by how evenly it does, and a first row of names by the names.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from explorer.data.brought import named_column, text_of
from explorer.data.decoding import named, short
from explorer.data.tidy import refuse_markup
from explorer.errors import N_, ExplorerError, Words

SIGNS = ("\t", ";", "|", ",")
WAYS = ((csv.QUOTE_MINIMAL, SIGNS), (csv.QUOTE_NONE, ("\t",)))
"""Quotation marks mean something, or nothing where tabs part sentences."""

HEAD = 300
"""Lines that tell what a file holds."""

TRIED = 200
"""Rows that tell what parts the fields."""

MOST_EXAMPLES = 50_000
MOST_COLUMNS = 1000

TEXTS = (
    *("text", "sentence", "review", "comment", "content", "message", "title", "tweet"),
    *("文本", "内容", "评论", "句子", "正文", "标题"),
)
LABELS = (
    *("label", "labels", "class", "category", "sentiment", "intent"),
    *("topic", "标签", "类别", "分类", "情感", "情绪"),
)
SOURCES = ("source", "src", "input", "question", "en", "english", "原文", "源", "问")
TARGETS = (
    *("target", "tgt", "output", "answer", "zh", "chinese", "de", "fr", "es"),
    *("译文", "目标", "答案", "答"),
)
KNOWN = {*TEXTS, *LABELS, *SOURCES, *TARGETS}
"""How a first row calls the columns, in small letters."""

Row = tuple[int, list[str]]
"""The line of the file where it begins, from 1, and its cells."""


class TextTable(NamedTuple):
    """The cells of a file."""

    names: tuple[str, ...]
    """A number from 1 where the file calls a column nothing."""
    rows: list[Row]
    remarks: list[Words]

    def cells(self, name: str) -> list[str]:
        """One column."""
        place = self.names.index(name)
        return [row[place] for _, row in self.rows]

    def column(self, name_or_number: str) -> str:
        """As `named_column` says."""
        return named_column(name_or_number, self.names)

    def called(self, names: Sequence[str]) -> str:
        """The first column that is called one of these; "" where none is."""
        return next((name for name in self.names if name.lower() in names), "")


def read_rows(text: str, sign: str, quoting: int) -> Iterator[Row]:
    """The rows that are not blank.

    Raises:
        csv.Error: for a cell that is too large.
    """
    lines = (line + "\n" for line in text.split("\n"))
    reader = csv.reader(lines, delimiter=sign, quoting=quoting)  # type: ignore[arg-type]
    begins = 1
    for row in reader:
        if any(cell.strip() for cell in row):
            yield begins, [cell.strip() for cell in row]
        begins = reader.line_num + 1


def read_text_table(raw: bytes, filename: str, encoding: str = "") -> TextTable:
    """The cells of a file of two columns at least.

    Raises:
        ExplorerError: if it is none, has uneven rows, or more than can be kept.
    """
    text, remarks = text_of(raw, filename, encoding)
    refuse_markup(text, filename)
    return table_of(text, filename)._replace(remarks=remarks)


def table_of(text: str, filename: str) -> TextTable:
    """The same of a text.

    Raises:
        ExplorerError: as above.
    """
    try:
        sign, quoting, width = _parted(text)
        if width < 2:
            raise _one_column(filename)
        rows = [
            (line, _even(row, width, line, sign, filename))
            for line, row in read_rows(text, sign, quoting)
        ]
    except csv.Error as error:
        raise ExplorerError(
            N_(
                "A cell may have %(most)s characters, and a quotation mark that is "
                "opened must be closed, but '%(file)s' could not be read: %(why)s. "
                "Mend it."
            ),
            most=f"{csv.field_size_limit():,}",
            file=named(filename),
            why=short(str(error)),
        ) from None
    is_header = _is_header(first := rows[0][1])
    names = _names(first, is_header)
    rows = rows[1:] if is_header else rows
    if len(rows) > MOST_EXAMPLES:
        raise ExplorerError(
            N_(
                "%(most)s examples can be kept, but '%(file)s' has %(came)s. Give a "
                "part of them."
            ),
            most=f"{MOST_EXAMPLES:,}",
            file=named(filename),
            came=f"{len(rows):,}",
        )
    return TextTable(names, rows, [])


def _is_header(first: Sequence[str]) -> bool:
    """Whether the first row names the columns: one by a usual name, each once."""
    usual = any(cell.lower() in KNOWN for cell in first)
    return usual and len({*first}) == len(first)


def _names(first: Sequence[str], is_header: bool) -> tuple[str, ...]:
    """Every column by its own name, or by its number where it has none; all by their
    numbers where two had the same."""
    numbers = tuple(str(k) for k in range(1, len(first) + 1))
    if not is_header:
        return numbers
    names = tuple(short(c) or n for c, n in zip(first, numbers, strict=True))
    return names if len({*names}) == len(names) else numbers


def _parted(text: str) -> tuple[str, int, int]:
    """The sign that parts the fields, what quotation marks mean, and how many fields
    there are: where most rows are equally wide."""
    best, found = (0.0, 0), (",", csv.QUOTE_MINIMAL, 1)
    for quoting, signs in WAYS:
        for sign in signs:
            if sign not in text:
                continue
            rows = _first_rows(text, sign, quoting)
            if not rows:
                continue
            widths = Counter(map(len, rows))
            width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
            score = count / len(rows), -SIGNS.index(sign)
            if 1 < width <= MOST_COLUMNS and score > best:
                best, found = score, (sign, quoting, width)
    return found


def _first_rows(text: str, sign: str, quoting: int) -> list[list[str]]:
    rows = []
    for _, row in read_rows(text, sign, quoting):
        rows.append(row)
        if len(rows) == TRIED:
            break
    return rows


def _even(row: list[str], width: int, line: int, sign: str, filename: str) -> list[str]:
    if len(row) > width and not any(row[width:]):
        row = row[:width]
    if len(row) != width:
        raise ExplorerError(
            N_(
                "Each row needs as many fields as the others, but line %(line)d of "
                "'%(file)s' has %(came)d and most have %(usual)d. Mend it, or put "
                "quotation marks around fields in which %(sign)s stands."
            ),
            line=line,
            file=named(filename),
            came=len(row),
            usual=width,
            sign={"\t": Words(N_("a tab"))}.get(sign, f"'{sign}'"),
        )
    return row


def _one_column(filename: str) -> ExplorerError:
    return ExplorerError(
        N_(
            "Examples need two columns at least, what is given and what is to be "
            "answered, parted by tabs, commas or semicolons, but '%(file)s' has one. "
            "Mend it, or read it as something else."
        ),
        file=named(filename),
    )


def whole_rows(table: TextTable, *names: str) -> tuple[list[list[str]], list[Words]]:
    """The cells of some columns, row by row, without rows in which one is empty; and
    what has to be said of those."""
    columns = [table.cells(name) for name in names]
    rows = [list(cells) for cells in zip(*columns, strict=True)]
    kept = [cells for cells in rows if all(cells)]
    if len(kept) == len(rows):
        return kept, []
    words = N_("Left out: rows with an empty cell (%(count)s).")
    return kept, [Words(words, {"count": f"{len(rows) - len(kept):,}"})]


def mean_length(cells: Sequence[str]) -> float:
    """Characters of a cell, on average."""
    return sum(map(len, cells)) / max(1, len(cells))
