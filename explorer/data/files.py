"""The doors through which own data comes in: bytes of a file to values or text.

Whatever comes in, the answer is data or one `ExplorerError` that says what to mend.
"""

import codecs
import re
from io import StringIO
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explorer.data.content import MAX_SERIES_VALUES, MAX_TEXT_BYTES
from explorer.errors import N_, ExplorerError, Words, unknown

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]

MIN_VALUES = 100  # also characters, for a text
MAX_TABLE_BYTES = 32_000_000
MAX_COLUMNS = 100
LARGEST = 1e100  # its square is still a float64
EMPTY = ("", "nan", "na", "n/a", "null", "none")


def read_text(raw: bytes, filename: str) -> str:
    """The text of a UTF-8 file, with line ends as "\\n".

    Raises:
        ExplorerError: if it is empty, short, too large, binary or in another encoding.
    """
    text = _decoded(raw, filename, MAX_TEXT_BYTES)
    if len(text) < MIN_VALUES:
        raise ExplorerError(
            N_(
                "A text needs at least %(least)d characters, but '%(file)s' has "
                "%(came)d. Give a longer one."
            ),
            least=MIN_VALUES,
            file=_named(filename),
            came=len(text),
        )
    return text


def read_series(
    raw: bytes, column: str | None, filename: str
) -> tuple[NDArray[np.float64], str]:
    """One column of a CSV file: (n,) values and the column's name.

    The fields may be parted by commas, semicolons or tabs. A first line that is all
    numbers is taken for values, and the columns are then called "column 1", ...

    Args:
        raw: the file.
        column: which one; may be None where only one holds numbers.
        filename: for messages.

    Raises:
        ExplorerError: if there is no such column or its values are no finite,
            gapless, varying series.
    """
    text = _decoded(raw, filename, MAX_TABLE_BYTES).rstrip("\n")
    table, first_row = _table(text, filename)
    chosen = _chosen(table, column, filename)
    return _checked(table[chosen], first_row, filename), chosen


def _decoded(raw: bytes, filename: str, at_most: int) -> str:
    """Bytes to text, with every reason why not."""
    if not raw.removeprefix(codecs.BOM_UTF8).strip():
        raise ExplorerError(
            N_("A file must hold data, but '%(file)s' is empty. Give another."),
            file=_named(filename),
        )
    if len(raw) > at_most:
        raise ExplorerError(
            N_(
                "A file may take %(most)s bytes, but '%(file)s' takes %(came)s. Give a "
                "part of it."
            ),
            most=f"{at_most:,}",
            file=_named(filename),
            came=f"{len(raw):,}",
        )
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ExplorerError(
            N_(
                "A file must be text in UTF-8, but '%(file)s' is in UTF-16. Save it "
                "again and choose UTF-8 as its encoding."
            ),
            file=_named(filename),
        )
    if (place := raw.find(b"\0")) >= 0:
        raise ExplorerError(
            N_(
                "A file must be plain text, but '%(file)s' is binary: byte %(place)d "
                "is NUL. Give a .csv or .txt file, no image or workbook."
            ),
            file=_named(filename),
            place=place,
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The decoder does not count a byte order mark that it has skipped.
        skipped = len(codecs.BOM_UTF8) if raw.startswith(codecs.BOM_UTF8) else 0
        raise ExplorerError(
            N_(
                "A file must be text in UTF-8, but byte %(place)d of '%(file)s' is "
                "not. Save it again and choose UTF-8 as its encoding (in a shell: "
                "iconv -f GB18030 -t UTF-8)."
            ),
            place=error.start + skipped,
            file=_named(filename),
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _table(text: str, filename: str) -> tuple["pd.DataFrame", int]:
    """All cells as text under their names, and the row where the values begin."""
    import pandas as pd

    first_line = text.partition("\n")[0]
    parted_by = max(",;\t", key=first_line.count)
    try:
        cells = pd.read_csv(
            StringIO(text),
            sep=parted_by,
            header=None,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
        ).fillna("")
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        said = _short(str(error).split("C error: ")[-1].strip(), 100)
        never_closed = N_("a quotation mark is opened and never closed")
        raise ExplorerError(
            N_(
                "A table needs the same number of fields in every row, but '%(file)s' "
                "could not be read: %(reason)s. Mend that row."
            ),
            file=_named(filename),
            reason=Words(never_closed) if "EOF inside string" in said else said,
        ) from None
    if cells.shape[1] > MAX_COLUMNS:
        raise ExplorerError(
            N_(
                "A table may have %(most)d columns, but '%(file)s' has %(came)d. Write "
                "one row per time step, and few columns."
            ),
            most=MAX_COLUMNS,
            file=_named(filename),
            came=cells.shape[1],
        )
    top = cells.iloc[0]
    if _numbers(top).notna().all():
        cells.columns = pd.Index([f"column {i + 1}" for i in range(cells.shape[1])])
        return cells, 1
    cells.columns = pd.Index(_names(list(top)))
    return cells.iloc[1:].reset_index(drop=True), 2


def _names(top: list[str]) -> list[str]:
    """The header, short and without doubles."""
    names: list[str] = []
    for i, cell in enumerate(top):
        name = _short(cell.strip()) or f"column {i + 1}"
        names.append(f"{name} ({i + 1})" if name in names else name)
    return names


def _chosen(table: "pd.DataFrame", column: str | None, filename: str) -> str:
    """The asked-for column, or the only one that is mostly numbers."""
    names = list(table.columns)
    if column is not None:
        if column not in names:
            kind = Words(N_("column of '%(file)s'"), {"file": _named(filename)})
            raise unknown(kind, column, names)
        return column
    numeric = [name for name in names if _mostly_numbers(table[name])]
    if len(numeric) == 1:
        return str(numeric[0])
    if not numeric:
        raise ExplorerError(
            N_(
                "A series needs a column of numbers, but '%(file)s' has none among "
                "%(names)s. Write numbers as 1234.5, without units."
            ),
            file=_named(filename),
            names=_listed(names),
        )
    raise ExplorerError(
        N_(
            "A series is one column, but '%(file)s' has %(count)d columns of numbers: "
            "%(names)s. Say which one is meant."
        ),
        file=_named(filename),
        count=len(numeric),
        names=_listed(numeric),
    )


def _numbers(cells: "pd.Series[str]") -> "pd.Series[float]":
    """Each cell as a float; NaN where it is none."""
    import pandas as pd

    return pd.to_numeric(cells.str.strip(), errors="coerce").astype(float)


def _mostly_numbers(cells: "pd.Series[str]") -> bool:
    head = cells.iloc[:1000]
    filled = head[~head.str.strip().str.lower().isin(EMPTY)]
    return len(filled) > 0 and bool(_numbers(filled).notna().mean() >= 0.5)


def _checked(
    cells: "pd.Series[str]", first_row: int, filename: str
) -> NDArray[np.float64]:
    """The column's values, if they are a series that a model can be trained on."""
    name = Words(
        N_("column '%(column)s' of '%(file)s'"),
        {"column": cells.name, "file": _named(filename)},
    )
    empty = cells.str.strip().str.lower().isin(EMPTY).to_numpy()
    values: NDArray[np.float64] = _numbers(cells).to_numpy(np.float64)
    if (text := np.isnan(values) & ~empty).any():
        row = int(text.argmax())
        raise ExplorerError(
            N_(
                "A series is made of numbers, but row %(row)d in %(column)s says "
                "'%(came)s'. Write numbers as 1234.5, without units."
            ),
            row=row + first_row,
            column=name,
            came=_short(cells.iloc[row]),
        )
    if empty.any():
        raise ExplorerError(
            N_(
                "A series has no gaps, but %(count)d of %(all)d cells in %(column)s "
                "are empty, the first in row %(row)d. Fill them in or remove those "
                "rows."
            ),
            count=int(empty.sum()),
            all=len(values),
            column=name,
            row=int(empty.argmax()) + first_row,
        )
    if (huge := ~(np.abs(values) <= LARGEST)).any():
        row = int(huge.argmax())
        raise ExplorerError(
            N_(
                "A series is made of finite numbers, but row %(row)d in %(column)s "
                "says '%(came)s'. Mend or remove that row."
            ),
            row=row + first_row,
            column=name,
            came=_short(cells.iloc[row]),
        )
    if not MIN_VALUES <= len(values) <= MAX_SERIES_VALUES:
        raise ExplorerError(
            N_(
                "A series needs %(least)d to %(most)s values, but %(column)s has "
                "%(came)s. Give a %(other)s one."
            ),
            least=MIN_VALUES,
            most=f"{MAX_SERIES_VALUES:,}",
            column=name,
            came=f"{len(values):,}",
            other=_other(len(values)),
        )
    if np.std(values) <= 1e-12 * np.max(np.abs(values)):
        raise ExplorerError(
            N_(
                "A series must vary, but %(column)s is always %(value)s. Choose "
                "another column."
            ),
            column=name,
            value=f"{values[0]:g}",
        )
    return values


def _other(length: int) -> Words:
    return Words(N_("longer") if length < MIN_VALUES else N_("shorter"))


def _short(text: str, at_most: int = 40) -> str:
    """Text for a message: one line, printable, not long."""
    plain = re.sub(r"\s+", " ", text)
    plain = "".join(c for c in plain if c.isprintable())
    return plain if len(plain) <= at_most else plain[: at_most - 3] + "..."


def _named(filename: str) -> str:
    return _short(filename, 60)


def _listed(names: list[str]) -> str | Words:
    first = ", ".join(f"'{name}'" for name in names[:12])
    if len(names) <= 12:
        return first
    more = {"names": first, "count": len(names) - 12}
    return Words(N_("%(names)s and %(count)d more"), more)
