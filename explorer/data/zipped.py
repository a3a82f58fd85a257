"""A zip of recordings and the table of their texts: which files it holds, by any name
that a table may give them."""

import struct
import zipfile
import zlib
from collections.abc import Collection, Sequence
from io import BytesIO
from typing import NamedTuple

from explorer.data.archives import (
    BROKEN,
    END_SIGNATURE,
    MAGIC,
    inflated,
    is_plain,
    listed,
)
from explorer.data.decoding import in_one_piece, named, short
from explorer.errors import N_, ExplorerError, Words

MOST_BYTES = 32_000_000
MOST_LISTED = 4000
MOST_INFLATED, MOST_OF_ONE = 200_000_000, 32_000_000
"""Bytes of all files together, once they are unpacked, and of one."""
LONGEST_PATH = 200

TABLE, OTHERWISE, SOUND = (".csv", ".tsv", ".tab"), (".txt",), ".wav"
"""Endings: of a table of texts, of one where there is no such, and of a recording."""

NAMED_IN = (
    *("utf-8", "gb18030", "cp437", "cp850", "cp1252", "cp852", "cp1250"),
    *("cp866", "cp1251", "big5", "shift_jis", "euc_kr"),
)
"""In what a name that is not marked as UTF-8 may be written, the likeliest first."""

UTF_8, UNICODE_PATH = 0x800, 0x7075
"""The mark of a name, and the extra field that spells it once more, in UTF-8."""

HIDDEN = ("__macosx/", "._", ".ds_store", "thumbs.db", "desktop.ini")
"""What systems put into a zip of their own accord; paths begin so, or names do."""


class Zipped(NamedTuple):
    """The files of a zip by their paths, as they are read."""

    label: str
    files: dict[str, bytes]
    table: str  # path of the table
    sounds: tuple[str, ...]  # paths of the recordings
    readings: dict[str, tuple[str, ...]]
    """What a path may be as well, in each of `NAMED_IN`, where its name is unmarked."""


def is_zip(raw: bytes, filename: str) -> bool:
    """Whether a file is a zip and calls itself so: workbooks are zips too."""
    return raw.startswith((MAGIC, END_SIGNATURE)) and filename.lower().endswith(".zip")


def unzipped(raw: bytes, filename: str) -> Zipped:
    """The recordings of a zip, and the one table in it.

    Raises:
        ExplorerError: if it is no sound zip, holds too much, or no table or several.
    """
    if len(raw) > MOST_BYTES:
        raise _too_large(filename, MOST_BYTES, len(raw))
    try:
        count = listed(raw, MOST_LISTED)
        if count > MOST_LISTED:
            raise _too_many(filename, count)
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            files, readings = _files(archive, filename)
    except BROKEN:
        raise ExplorerError(
            N_(
                "Recordings come as a zip of WAV files and one table of their texts, "
                "packed without a password, but '%(file)s' could not be opened as one. "
                "Pack it again."
            ),
            file=named(filename),
        ) from None
    sounds = tuple(path for path in files if path.lower().endswith(SOUND))
    return Zipped(filename, files, _table(files, filename), sounds, readings)


def as_named(zipped: Zipped, cells: Collection[str]) -> Zipped:
    """The same with its names read in the encoding in which these cells of its table
    name most recordings: Windows and older programs do not say theirs."""
    if not any(len(ways) > 1 for ways in zipped.readings.values()):
        return zipped
    named_so = {way for cell in cells for way in called(cell)}

    def read_in(place: int) -> dict[str, str]:
        return {p: ways[place % len(ways)] for p, ways in zipped.readings.items()}

    def sounds_named(paths: dict[str, str]) -> int:
        return sum(not named_so.isdisjoint(keys_of(paths[p])) for p in zipped.sounds)

    best = max((read_in(place) for place in range(len(NAMED_IN))), key=sounds_named)
    return zipped._replace(
        files={best[path]: raw for path, raw in zipped.files.items()},
        table=best[zipped.table],
        sounds=tuple(best[path] for path in zipped.sounds),
        readings={best[path]: ways for path, ways in zipped.readings.items()},
    )


def _files(
    archive: zipfile.ZipFile, filename: str
) -> tuple[dict[str, bytes], dict[str, tuple[str, ...]]]:
    """What is no folder, hidden or of another kind, and what its path may be."""
    found: dict[str, bytes] = {}
    readings: dict[str, tuple[str, ...]] = {}
    left = MOST_INFLATED
    for entry in archive.infolist():
        ways = _readings(entry)
        path = ways[0]
        if entry.is_dir() or _is_hidden(path):
            continue
        if not path.lower().endswith((*TABLE, *OTHERWISE, SOUND)):
            continue
        if len(path) > LONGEST_PATH:
            raise _too_deep(path, filename)
        if not is_plain(entry) or path in found:
            raise ExplorerError(
                N_(
                    "Each file of a zip has a name of its own and is packed as usual, "
                    "but '%(name)s' in '%(file)s' is not. Pack it again."
                ),
                name=short(path),
                file=named(filename),
            )
        readings[path] = ways
        found[path] = inflated(archive, entry, min(left, MOST_OF_ONE))
        left -= len(found[path])
        if left < 0:
            raise _too_large(filename, MOST_INFLATED, MOST_INFLATED - left)
        if len(found[path]) > MOST_OF_ONE:
            raise _one_too_large(path, filename)
    return found, readings


def _readings(entry: zipfile.ZipInfo) -> tuple[str, ...]:
    """Where it lies: one path where its name says in what it is written, else one for
    each of `NAMED_IN`, the first again where that cannot be."""
    name = entry.orig_filename.partition("\0")[0]
    if entry.flag_bits & UTF_8 or name.isascii():
        return (_path(name),)
    packed = entry.orig_filename.encode("cp437")
    if beside := _name_beside(entry, packed):
        return (_path(beside),)
    ways = [_decoded(packed, encoding) for encoding in NAMED_IN]
    first = next(filter(None, ways), name)
    return tuple(_path(way or first) for way in ways)


def _path(name: str) -> str:
    return in_one_piece(name.replace("\\", "/"))


def _decoded(name: bytes, encoding: str) -> str:
    """A name in an encoding; "" where it is none of it."""
    try:
        return name.partition(b"\0")[0].decode(encoding)
    except UnicodeDecodeError:
        return ""


def _name_beside(entry: zipfile.ZipInfo, name: bytes) -> str:
    """What the extra field calls a file of this name; "" where there is none, or one of
    another name. Some versions of Python read it and some do not."""
    extra = entry.extra
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == UNICODE_PATH and length > 5 and len(field) == length:
            version, checked = struct.unpack_from("<BL", field)
            if version == 1 and checked == zlib.crc32(name):
                return _decoded(field[5:], "utf-8")
    return ""


def _is_hidden(path: str) -> bool:
    small = path.lower()
    return small.startswith(HIDDEN) or small.rsplit("/", 1)[-1].startswith(HIDDEN)


def _table(files: Sequence[str] | dict[str, bytes], filename: str) -> str:
    """The path of the one table."""
    tables = [path for path in files if path.lower().endswith(TABLE)]
    tables = tables or [path for path in files if path.lower().endswith(OTHERWISE)]
    if len(tables) == 1:
        return tables[0]
    raise ExplorerError(
        N_(
            "A zip of recordings has one table, a .csv or .tsv file with the name of a "
            "WAV file and its text in each row, but '%(file)s' has %(came)d. Leave "
            "one in it, or put one in, and pack it again."
        ),
        file=named(filename),
        came=len(tables),
    )


def keys_of(path: str) -> list[str]:
    """All that a table may call a file: its path and each end of it, in small letters,
    with its ending and without.

    >>> keys_of("a/B.wav")
    ['a/b.wav', 'a/b', 'b.wav', 'b']
    """
    parts = path.lower().split("/")
    ends = ["/".join(parts[k:]) for k in range(len(parts))]
    return [key for end in ends for key in (end, end.removesuffix(SOUND))]


def called(cell: str) -> list[str]:
    """What a table's cell may mean, the likeliest first: a path may be another
    machine's."""
    path = in_one_piece(cell).replace("\\", "/").strip().lower().lstrip("./")
    return [path, path.rsplit("/", 1)[-1]]


def exactly(cell: str, paths: Sequence[str]) -> list[str]:
    """Those paths that a cell spells whole: letter for letter, else in small ones.

    >>> exactly("A.wav", ["A.wav", "a.wav", "b/A.wav"])
    ['A.wav']
    """
    path = in_one_piece(cell).replace("\\", "/").strip().removeprefix("./")
    whole = [p for p in paths if path in (p, p[: -len(SOUND)])]
    small = path.lower()
    return whole or [p for p in paths if small in (p.lower(), p.lower()[: -len(SOUND)])]


def _too_deep(path: str, filename: str) -> ExplorerError:
    return ExplorerError(
        N_(
            "In a zip of recordings a file's path has at most %(most)d characters, but "
            "'%(name)s' in '%(file)s' has %(came)d. Put the files into fewer folders."
        ),
        most=LONGEST_PATH,
        name=short(path),
        file=named(filename),
        came=len(path),
    )


def _one_too_large(path: str, filename: str) -> ExplorerError:
    return ExplorerError(
        N_(
            "A file in a zip of recordings may take %(most)s bytes, but '%(name)s' in "
            "'%(file)s' takes more. Make it shorter."
        ),
        most=f"{MOST_OF_ONE:,}",
        name=short(path),
        file=named(filename),
    )


def _too_many(filename: str, came: int) -> ExplorerError:
    return ExplorerError(
        N_(
            "A zip of recordings lists at most %(most)s files, but '%(file)s' lists "
            "%(came)s. Give a part of them."
        ),
        most=f"{MOST_LISTED:,}",
        file=named(filename),
        came=f"{came:,}",
    )


def _too_large(filename: str, most: int, came: int) -> ExplorerError:
    rule = N_(
        "A zip of recordings may take %(most)s bytes, but '%(file)s' takes %(came)s."
    )
    if most == MOST_INFLATED:
        rule = N_(
            "The files of a zip of recordings may take %(most)s bytes together, but "
            "those of '%(file)s' take more."
        )
    values = {"most": f"{most:,}", "file": named(filename), "came": f"{came:,}"}
    return ExplorerError(
        N_("%(rule)s Give fewer recordings, or save them at a lower rate."),
        rule=Words(rule, values),
    )
