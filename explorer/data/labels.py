"""Files of texts, or of windows of numbers, that each have a label."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from explorer.data.brought import Brought, Columns, too_few
from explorer.data.decoding import named, short
from explorer.data.text_table import (
    LABELS,
    TEXTS,
    TextTable,
    mean_length,
    read_text_table,
    whole_rows,
)
from explorer.data.time_cells import looks_like_time
from explorer.errors import N_, ExplorerError, Words

MOST_LABELS = 50
FEWEST_NUMBERS, MOST_NUMBERS = 8, 512
"""Numbers of a window."""

UNEVEN = 3
"""So many times as often as the rarest makes the commonest label worth a word."""

SHOWN = 3


def read_labels(
    raw: bytes, filename: str, encoding: str = "", given: str = "", asked: str = ""
) -> Brought:
    """Texts with labels; or windows, where all columns but the label's are numbers.

    Args:
        given, asked: the columns of the texts and of the labels, by name or number; ""
            for the likeliest ones.

    Raises:
        ExplorerError: if it is no such file, or there is no such column.
    """
    table = read_text_table(raw, filename, encoding)
    label = table.column(asked) if asked else label_column(table)
    rest = [name for name in table.names if name != label]
    windows = None if given else _windows(table, rest)
    text = "" if windows else _text_column(table, given, rest)
    names = [label, text] if text else [label]
    rows, remarks = whole_rows(table, *names)
    labels = [short(row[0]) for row in rows]
    if windows and len(rows) < len(windows):
        raise _no_label(table, label, filename)
    counts = Counter(labels)
    _check(counts, label, table, filename)
    examples: list[Any] = windows or [row[1] for row in rows]
    shown = [_numbers(each) if windows else str(each) for each in examples[:SHOWN]]
    different = len({tuple(each) for each in examples})
    return Brought(
        "labels",
        filename,
        {"windows" if windows else "texts": examples, "labels": labels},
        tuple(zip(shown, labels, strict=False)),
        dict(counts.most_common()),
        (*table.remarks, *remarks, _counted(rows, windows, counts), *_uneven(counts)),
        Columns(table.names, text, label),
        too_few(different, N_("examples")),
    )


def label_column(table: TextTable) -> str:
    """The column that is called so; else that of the fewest answers."""
    if name := table.called(LABELS):
        return name
    kinds = {name: len(set(table.cells(name))) for name in table.names}
    few = [name for name in table.names if 1 < kinds[name] <= MOST_LABELS]
    ends = [name for name in (table.names[-1], table.names[0]) if name in few]
    return min(ends or few or table.names, key=lambda name: kinds[name])


def is_labelled(table: TextTable) -> bool:
    """Whether a table is one of examples with labels, and no series: a column of few
    answers beside sentences or beside many numbers, and neither times nor one number
    a row.
    """
    label = label_column(table)
    cells = table.cells(label)
    kinds = len(set(cells))
    if not 1 < kinds <= min(MOST_LABELS, max(2, len(cells) // 2)):
        return False
    rest = [name for name in table.names if name != label]
    called_label = label.lower() in LABELS
    if len(rest) >= FEWEST_NUMBERS and called_label:
        return all(_is_number(cell) for name in rest for cell in table.cells(name))
    text = table.called(TEXTS)
    if called_label and text:
        return True
    sentences = [name for name in rest if _are_sentences(table.cells(name))]
    return len(sentences) == 1 and len(rest) == 1 and mean_length(cells) <= 30


def _are_sentences(cells: Sequence[str]) -> bool:
    """Whether most cells are of several words, or long, and differ."""
    several = sum(len(cell.split()) > 2 or not cell.isascii() for cell in cells)
    numbers = sum(_is_number(cell) or looks_like_time(cell) for cell in cells)
    return 2 * several > len(cells) and not numbers and 2 * len(set(cells)) > len(cells)


def _is_number(cell: str) -> bool:
    """Whether a cell is a finite number.

    >>> [_is_number(cell) for cell in ("-1.5e3", "nan", "1,5", "")]
    [True, False, False, False]
    """
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def _windows(table: TextTable, rest: Sequence[str]) -> list[list[float]] | None:
    """Each row's numbers; None where the table has others than a label and numbers.

    Raises:
        ExplorerError: if there are too many in a row.
    """
    if len(rest) < FEWEST_NUMBERS:
        return None
    places = [table.names.index(name) for name in rest]
    if not all(_is_number(row[k]) for _, row in table.rows for k in places):
        return None
    if len(rest) > MOST_NUMBERS:
        raise ExplorerError(
            N_(
                "A window may have %(most)d numbers, but these have %(came)d. Give "
                "every second one, or shorter windows."
            ),
            most=MOST_NUMBERS,
            came=len(rest),
        )
    return [[float(row[k]) for k in places] for _, row in table.rows]


def _text_column(table: TextTable, given: str, rest: Sequence[str]) -> str:
    if given:
        return table.column(given)
    name = table.called(TEXTS)
    if name in rest:
        return name
    return max(rest, key=lambda each: mean_length(table.cells(each)))


def _numbers(window: Sequence[float]) -> str:
    return " ".join(f"{value:.4g}" for value in window)


def _no_label(table: TextTable, label: str, filename: str) -> ExplorerError:
    empty = next(n for n, row in table.rows if not row[table.names.index(label)])
    return ExplorerError(
        N_(
            "Each window needs a label, but line %(line)d of '%(file)s' has none in "
            "column '%(column)s'. Mend or remove it."
        ),
        line=empty,
        file=named(filename),
        column=label,
    )


def _check(counts: Counter[str], label: str, table: TextTable, filename: str) -> None:
    if not 2 <= len(counts) <= MOST_LABELS:
        raise ExplorerError(
            N_(
                "Labels are 2 to %(most)d different ones, but column '%(column)s' of "
                "'%(file)s' has %(came)d. Choose another column of labels among: "
                "%(known)s."
            ),
            most=MOST_LABELS,
            column=label,
            file=named(filename),
            came=len(counts),
            known=", ".join(table.names[:MOST_LABELS]),
        )


def _counted(
    rows: Sequence[object], windows: list[list[float]] | None, counts: Counter[str]
) -> Words:
    numbers = {"count": f"{len(rows):,}", "labels": len(counts)}
    if windows:
        words = N_("%(count)s windows of %(steps)d numbers, %(labels)d labels.")
        return Words(words, numbers | {"steps": len(windows[0])})
    return Words(N_("%(count)s texts, %(labels)d labels."), numbers)


def _uneven(counts: Counter[str]) -> list[Words]:
    """What has to be said where one label comes much more often than another."""
    (common, most), (rare, least) = counts.most_common()[0], counts.most_common()[-1]
    if most < UNEVEN * least:
        return []
    words = N_(
        "The labels are uneven: '%(common)s' comes %(most)d times, '%(rare)s' "
        "%(least)d times. Accuracy flatters who always says the commonest; F1 (macro) "
        "does not."
    )
    values = {"common": common, "most": most, "rare": rare, "least": least}
    return [Words(words, values)]
