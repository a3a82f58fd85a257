"""A table, and what each of its columns can be used for."""

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from explorer.data import joined
from explorer.data.decoding import named, short
from explorer.data.delimiters import WHOLE
from explorer.data.durations import are_durations
from explorer.data.joined import joined_cells, joined_columns
from explorer.data.marks import read_column
from explorer.data.number_cells import is_empty
from explorer.data.numbers import Hints, Numbers
from explorer.data.time_cells import are_clocks, is_clock, looks_like_time
from explorer.data.time_forms import NUMBER, First, first_of
from explorer.data.time_reading import Times, find_times, no_times
from explorer.data.time_words import CALLED
from explorer.errors import N_, Words

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

HEAD = 1000
"""Rows that tell what a column holds."""

MOST_GROUPS = 50
"""Values of a column that may tell series apart, such as shops or stations."""


@dataclass(frozen=True, eq=False)
class Table:
    """A table as it was read: all cells are still text."""

    cells: "pd.DataFrame"
    rows: NDArray[np.int64]
    """The line of the file, from 1, where each row stands."""
    filename: str
    parted_by: str = WHOLE
    skipped: tuple[Words, ...] = ()
    """What of the file is not among the cells."""
    guessed: str = ""
    """The encoding that letters are read in, where it is not sure."""
    remarks: tuple[Words, ...] = ()
    """What was made of it."""
    whole: "Table | None" = None
    """The table that this one has some rows of; they are written as all its rows."""
    _cache: dict[tuple[str, ...], Any] = field(default_factory=dict)
    """What was read of it already."""

    @property
    def names(self) -> list[str]:
        """Every column."""
        return [str(name) for name in self.cells.columns]

    @cached_property
    def numeric(self) -> list[str]:
        """The columns that are mostly numbers."""
        return [name for name, read in self._heads.items() if _mostly_numbers(read)]

    @cached_property
    def times(self) -> list[str]:
        """What may say when: dates, then numbers that only rise and are called so.

        Days and clocks in columns of their own are one, named by all.
        """
        dated = [name for name in self.names if self._are_times(name)]
        if parts := joined_columns({name: self._filled(name) for name in self.names}):
            dated = [joined.SIGN.join(parts), *(n for n in dated if n not in parts)]
        used = {part for name in dated for part in self.parts(name)}
        rest = (name for name in self.numeric if name not in used)
        return [*dated, *(n for n in rest if CALLED.search(n) and self.rises(n))]

    @cached_property
    def measured(self) -> list[str]:
        """The columns of numbers that are no times, move, and neither say yes or no,
        count rows nor name groups of them; all columns of numbers where there is no
        other."""
        times = {part for name in self.times for part in self.parts(name)}
        rest = [name for name in self.numeric if name not in times]
        left = {*self.still, *(self.groups(self.times[0]) if self.times else [])}
        left |= {name for name in rest if self._heads[name].truths}
        found = [n for n in rest if n not in left and not self._counts(n)]
        return found or rest or self.numeric

    @cached_property
    def still(self) -> list[str]:
        """The columns of numbers that are the same in every row."""
        return [name for name in self.numeric if self.cells[name].nunique() == 1]

    def groups(self, time: str) -> list[str]:
        """The columns of few values that tell rows of the same time apart."""
        parts = self.parts(time)
        if not self.cells.duplicated(parts).any():
            return []
        left = [name for name in self.names if name not in parts]
        return [
            name
            for name in left
            if self.cells[name].nunique() <= MOST_GROUPS
            and not self.cells.duplicated([*parts, name]).any()
        ]

    @cached_property
    def unread(self) -> list[Words]:
        """Why columns can be used neither as numbers nor as times."""
        used = {*self.numeric, *(p for name in self.times for p in self.parts(name))}
        left = [n for n in self.names if n not in used and self._filled(n)]
        reasons = [self._why_unread(name) for name in left]
        words = N_("%(column)s is always %(value)s")
        for name in self.still:
            shown = {"column": self.column(name), "value": short(self.head(name)[0])}
            reasons.append(Words(words, shown))
        return reasons

    @cached_property
    def hints(self) -> Hints:
        """What all columns together tell of the way in which numbers are written."""
        if self.whole:
            return self.whole.hints
        reads = (read_column(self.head(name), called=name) for name in self.names)
        proofs = {read.proof for read in reads if _mostly_numbers(read)} - {""}
        dotted = any(
            re.fullmatch(r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{2,4}.*", cell)
            for name in self.names
            for cell in self.head(name)[:1]
        )
        decimal = proofs.pop() if len(proofs) == 1 else ""
        return Hints(decimal, self.parted_by == ";", dotted)

    @cached_property
    def _heads(self) -> dict[str, Numbers]:
        return {n: read_column(self.head(n), self.hints, called=n) for n in self.names}

    def numbers(self, name: str, decimal: str = "") -> Numbers:
        """A column as numbers; `decimal` begins decimals where a person says it."""
        key = "numbers", name, decimal
        if key not in self._cache:
            all_rows = self.whole.numbers(name) if self.whole and not decimal else None
            if all_rows and not all_rows.rivals:
                decimal = all_rows.form.decimal
            cells = list(self.cells[name])
            self._cache[key] = read_column(cells, self.hints, decimal, name)
        read: Numbers = self._cache[key]
        return read

    def moments(self, name: str, first: First = "") -> Times | None:
        """A column of times, or several joined; None where a cell is none."""
        key = "moments", name, first
        if key not in self._cache:
            all_rows = self.whole.moments(name) if self.whole and not first else None
            if all_rows and not all_rows.rivals:
                first = first_of(all_rows.form)
            self._cache[key] = find_times(self.when(name), name, first)
        found: Times | None = self._cache[key]
        return found

    def narrowed(self, column: str, cell: str) -> "Table":
        """The rows that have one cell in a column."""
        key = "narrowed", column, cell
        if key not in self._cache:
            there = (self.cells[column].str.strip() == cell.strip()).to_numpy(bool)
            cells = self.cells[there].reset_index(drop=True)
            self._cache[key] = replace(
                self, cells=cells, rows=self.rows[there], whole=self, _cache={}
            )
        table: Table = self._cache[key]
        return table

    def when(self, name: str) -> list[str]:
        """The cells of one column of times, or of several joined."""
        columns = {p: list(self.cells[p].str.strip()) for p in self.parts(name)}
        return joined_cells(columns) if len(columns) > 1 else columns[name]

    def parts(self, name: str) -> list[str]:
        """The columns that a name of times stands for."""
        return [name] if name in self.names else name.split(joined.SIGN)

    def head(self, name: str) -> list[str]:
        """A column's first cells."""
        return [cell.strip() for cell in self.cells[name].iloc[:HEAD]]

    def column(self, name: str) -> Words:
        """A column, for a message."""
        words = {"column": name, "file": named(self.filename)}
        return Words(N_("column '%(column)s' of '%(file)s'"), words)

    def rises(self, name: str) -> bool:
        """Whether a column's first numbers only rise."""
        head = self._heads[name].values
        return len(head) > 2 and bool((head[1:] > head[:-1]).all())

    def _counts(self, name: str) -> bool:
        """Whether whole numbers rise by the same step."""
        head = self._heads[name].values
        whole = bool((head == np.round(head)).all())
        return whole and self.rises(name) and len(set(np.diff(head))) == 1

    def _filled(self, name: str) -> list[str]:
        return [cell for cell in self.head(name) if not is_empty(cell)]

    def _are_times(self, name: str) -> bool:
        """Whether a column's first cells are dates, or say when in digits alone."""
        filled = self._filled(name)
        if not filled or are_clocks(filled) or are_durations(filled, name):
            return False
        found = find_times(filled, name)
        return found is not None and found.form != NUMBER

    def _clocks(self, name: str) -> bool:
        filled = self._filled(name)
        return 2 * sum(map(is_clock, filled)) > len(filled)

    @cached_property
    def unsure(self) -> list[Words]:
        """Why columns of clocks are no numbers."""
        return [self._why_unread(name) for name in self.names if self._clocks(name)]

    def _why_unread(self, name: str) -> Words:
        """A column that looks like times is told of by the cell that is none."""
        filled = self._filled(name)
        looks = 2 * sum(map(looks_like_time, filled)) >= len(filled)
        if self._clocks(name):
            words = N_(
                "%(column)s tells clocks or durations, and which of them is unsure: it "
                "says '%(came)s'. Call it 'duration' if it tells how long something "
                "took"
            )
            return Words(words, {"column": self.column(name), "came": short(filled[0])})
        if looks or CALLED.search(name):
            cells = self.when(name)
            there = [k for k, cell in enumerate(cells) if not is_empty(cell)]
            rows = [int(self.rows[k]) for k in there]
            return no_times([cells[k] for k in there], rows, self.column(name)).words
        words = N_("%(column)s is neither numbers nor times: it says '%(came)s'")
        return Words(words, {"column": self.column(name), "came": short(filled[0])})


def _mostly_numbers(read: Numbers) -> bool:
    there = int(np.isfinite(read.values).sum())
    return there > 0 and there >= int(read.wrong.sum())
