"""Files of pairs: a source in one column, and what it is translated to in another."""

from explorer.data.brought import Brought, Columns, too_few
from explorer.data.labels import is_labelled
from explorer.data.text_table import (
    SOURCES,
    TARGETS,
    TextTable,
    mean_length,
    read_text_table,
    whole_rows,
)
from explorer.errors import N_, ExplorerError, Words

SHOWN = 3


def read_pairs(
    raw: bytes, filename: str, encoding: str = "", given: str = "", asked: str = ""
) -> Brought:
    """Sources and their targets.

    Args:
        given, asked: the columns of the sources and of the targets, by name or number;
            "" for the likeliest ones.

    Raises:
        ExplorerError: if it is no such file, or there is no such column.
    """
    table = read_text_table(raw, filename, encoding)
    source, target = _columns(table, given, asked)
    pairs, left_out = whole_rows(table, source, target)
    different = len({source for source, _ in pairs})
    numbers = {
        "count": f"{len(pairs):,}",
        "sources": f"{different:,}",
        "long": max((len(source) for source, _ in pairs), default=0),
        "wide": max((len(target) for _, target in pairs), default=0),
    }
    words = N_(
        "%(count)s pairs, %(sources)s different sources; the longest source has "
        "%(long)d characters, the longest target %(wide)d."
    )
    return Brought(
        "pairs",
        filename,
        {"pairs": pairs},
        tuple((source, target) for source, target in pairs[:SHOWN]),
        {},
        (*table.remarks, *left_out, Words(words, numbers)),
        Columns(table.names, source, target),
        too_few(different, N_("sources")),
    )


def _columns(table: TextTable, given: str, asked: str) -> tuple[str, str]:
    """The columns of the sources and of the targets."""
    source, target = usual_columns(table)
    source = table.column(given) if given else source
    target = table.column(asked) if asked else target
    if source == target:
        raise ExplorerError(
            N_(
                "Source and target are two columns, but both are '%(column)s'. Choose "
                "another for one of them, among: %(known)s."
            ),
            column=source,
            known=", ".join(table.names[:50]),
        )
    return source, target


def usual_columns(table: TextTable) -> tuple[str, str]:
    """Those that are called so; else the first two that are no numbers."""
    source, target = table.called(SOURCES), table.called(TARGETS)
    words = [name for name in table.names if not _are_numbers(table.cells(name))]
    rest = [name for name in (*words, *table.names) if name not in (source, target)]
    if not source:
        source = rest.pop(0)
        rest = [name for name in rest if name != source]
    return source, target or rest[0]


def are_pairs(table: TextTable) -> bool:
    """Whether a table is one of pairs and of nothing else: two columns of words that
    nearly all differ, or two that are called so."""
    if table.called(SOURCES) and table.called(TARGETS):
        named = map(table.cells, usual_columns(table))
        return not is_labelled(table) and not any(map(_are_numbers, named))
    if len(table.names) != 2 or is_labelled(table) or len(table.rows) < 3:
        return False
    columns = [table.cells(name) for name in table.names]
    if any(map(_are_numbers, columns)) or min(map(mean_length, columns)) < 2:
        return False
    return all(2 * len(set(cells)) > len(cells) for cells in columns)


def _are_numbers(cells: list[str]) -> bool:
    """Whether most cells have more digits and signs than letters."""
    plain = sum(2 * sum(map(str.isalpha, cell)) < len(cell) for cell in cells)
    return 2 * plain > len(cells)
