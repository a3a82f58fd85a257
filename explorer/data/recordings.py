"""Recordings with their texts: a zip of WAV files, and a table of what each says."""

from collections import Counter
from collections.abc import Iterator, Sequence

from explorer.data.brought import Brought, Columns, too_few
from explorer.data.decoding import named, short
from explorer.data.mel import HOP_SECONDS
from explorer.data.spoken import SPACE, Spoken, as_frames, kept, listened
from explorer.data.text_table import TextTable, read_text_table, whole_rows
from explorer.data.zipped import (
    SOUND,
    Zipped,
    as_named,
    called,
    exactly,
    keys_of,
    unzipped,
)
from explorer.errors import N_, ExplorerError, Words

MOST = 1000
"""Recordings."""
MOST_CHARACTERS = 100
"""Different ones in all texts."""
SHOWN = 3


def read_recordings(
    raw: bytes, filename: str, encoding: str = "", given: str = "", asked: str = ""
) -> Brought:
    """Recordings and their texts.

    Args:
        encoding: of the table.
        given, asked: the columns of the files' names and of the texts, by name or
            number; "" for the likeliest ones.

    Raises:
        ExplorerError: if it is no such zip, a recording is missing, no sound, too long
            or too short for its text, or there are too many.
    """
    zipped = unzipped(raw, filename)
    table = read_text_table(zipped.files[zipped.table], zipped.table, encoding)
    zipped = as_named(zipped, [cell for _, row in table.rows for cell in row])
    places = _places(zipped)
    file, text = _columns(table, places, given, asked)
    table = _without_head(table, file, places)
    rows, left_out = whole_rows(table, file, text)
    if len(rows) > MOST:
        raise _too_many(filename, len(rows))
    paths = [_found(cell, places, filename) for cell, _text in rows]
    _check_once(paths)
    spoken, first = listened(
        zipped, paths, [_plain(spoken_text) for _cell, spoken_text in rows]
    )
    characters = Counter("".join(each.text for each in spoken))
    _check_characters(len(characters))
    return Brought(
        "recordings",
        filename,
        kept(spoken, first),
        tuple((each.file, each.text) for each in spoken[:SHOWN]),
        {SPACE if c == " " else c: n for c, n in characters.most_common()},
        (*table.remarks, *left_out, *_remarks(spoken, len(zipped.sounds))),
        Columns(table.names, file, text),
        too_few(len({each.heard.tobytes() for each in spoken}), N_("recordings")),
        sound=as_frames(spoken[0].heard, first) if first else None,
    )


def _plain(text: str) -> str:
    """A text in small letters, with one space between words."""
    return " ".join(text.split()).lower()


def _places(zipped: Zipped) -> dict[str, list[str]]:
    """The recordings that may be meant by each name."""
    places: dict[str, list[str]] = {}
    for path in zipped.sounds:
        for key in keys_of(path):
            places.setdefault(key, []).append(path)
    return places


def _columns(
    table: TextTable, places: dict[str, list[str]], given: str, asked: str
) -> tuple[str, str]:
    """The column in which most cells name a recording, and the longest other one."""

    def recordings_named(name: str) -> int:
        cells = table.cells(name)
        return sum(any(way in places for way in called(cell)) for cell in cells)

    def length(name: str) -> int:
        return sum(map(len, table.cells(name)))

    file = table.column(given) if given else max(table.names, key=recordings_named)
    rest = [name for name in table.names if name != file]
    text = table.column(asked) if asked else max(rest, key=length)
    if file == text:
        raise ExplorerError(
            N_(
                "Files and texts are two columns, but both are '%(column)s'. Choose "
                "another for one of them, among: %(known)s."
            ),
            column=file,
            known=", ".join(table.names[:50]),
        )
    return file, text


def _without_head(
    table: TextTable, file: str, places: dict[str, list[str]]
) -> TextTable:
    """The table without a first row that names no file while the next one does."""
    cells = table.cells(file)[:2]
    names_file = [
        cell.strip().lower().endswith(SOUND) or any(w in places for w in called(cell))
        for cell in cells
    ]
    return table._replace(rows=table.rows[1:]) if names_file == [False, True] else table


def _found(cell: str, places: dict[str, list[str]], filename: str) -> str:
    """The path of the one recording that a cell names."""
    found = next((places[way] for way in called(cell) if way in places), [])
    found = exactly(cell, found) or found
    if len(found) == 1:
        return found[0]
    raise ExplorerError(
        N_(
            "Each row of the table names one WAV file of the zip, but for '%(cell)s' "
            "'%(file)s' has %(came)d. Mend the name, or put the recording in."
        ),
        cell=short(cell),
        file=named(filename),
        came=len(found),
    )


def _check_once(paths: Sequence[str]) -> None:
    for path, count in Counter(paths).most_common(1):
        if count > 1:
            raise ExplorerError(
                N_(
                    "A recording has one text, but the table names '%(file)s' %(came)d "
                    "times. Leave one row of it."
                ),
                file=named(path),
                came=count,
            )


def _check_characters(came: int) -> None:
    if came > MOST_CHARACTERS:
        raise ExplorerError(
            N_(
                "Texts are written with at most %(most)d different characters, but "
                "these have %(came)d. Give shorter ones, or write them by sound."
            ),
            most=MOST_CHARACTERS,
            came=came,
        )


def _too_many(filename: str, came: int) -> ExplorerError:
    return ExplorerError(
        N_(
            "%(most)s recordings can be kept, but the table of '%(file)s' names "
            "%(came)s. Give a part of them."
        ),
        most=f"{MOST:,}",
        file=named(filename),
        came=f"{came:,}",
    )


def _remarks(spoken: Sequence[Spoken], sounds: int) -> Iterator[Words]:
    lasts = [len(each.heard) * HOP_SECONDS for each in spoken]
    numbers = {
        "count": f"{len(spoken):,}",
        "seconds": f"{sum(lasts):.0f}",
        "longest": f"{max(lasts, default=0):.1f}",
        "texts": f"{len({each.text for each in spoken}):,}",
    }
    yield Words(
        N_(
            "%(count)s recordings of %(seconds)s seconds together, the longest of "
            "%(longest)s; %(texts)s different texts, read in small letters."
        ),
        numbers,
    )
    if sounds > len(spoken):
        left_out = N_("Left out: WAV files that the table does not name (%(count)s).")
        yield Words(left_out, {"count": f"{sounds - len(spoken):,}"})
