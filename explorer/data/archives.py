"""Zips that somebody gave: what may be opened of them, before anything is inflated.

No size that a zip declares is trusted: its directory is bounded before it is read, and
of each entry no more is inflated than is asked for.
"""

import stat
import struct
import zipfile
import zlib

MAGIC = b"PK\x03\x04"

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
)
"""What Python's zipfile raises of bytes that are no sound zip."""

INFLATED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How an entry may be packed: Python inflates these piece by piece, others whole."""

END = struct.Struct("<4s4H2LH")
"""The end record: signature, two disks, entries here and in all, size of the directory,
its place, length of the comment."""

END_SIGNATURE, LOCATOR_SIGNATURE = b"PK\x05\x06", b"PK\x06\x07"
LONGEST_COMMENT, LOCATOR_LENGTH = 2**16, 20
LEAST_LISTED, MOST_LISTED = 46, 500
"""Bytes in which the directory lists an entry."""


def listed(raw: bytes, most: int) -> int:
    """How many entries the directory of a zip lists; more than `most` where it takes
    more room than so many do.

    Raises:
        zipfile.BadZipFile: if it is none, or one of the kind that counts beyond 2**16.
    """
    at = raw.rfind(END_SIGNATURE, max(0, len(raw) - LONGEST_COMMENT - END.size))
    if at < 0 or at + END.size > len(raw):
        raise zipfile.BadZipFile
    if raw[max(0, at - LOCATOR_LENGTH) :].startswith(LOCATOR_SIGNATURE):
        raise zipfile.BadZipFile
    _, _, _, _, entries, size, _, _ = END.unpack_from(raw, at)
    if entries <= most and size > most * MOST_LISTED:
        return int(size // LEAST_LISTED)
    return int(entries)


def is_plain(entry: zipfile.ZipInfo) -> bool:
    """Whether it is a plain file or folder that calls itself one thing, and is packed
    in a way that is inflated piece by piece."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    return (
        kind in (0, stat.S_IFREG, stat.S_IFDIR)
        and "\0" not in entry.orig_filename
        and entry.compress_type in INFLATED
    )


def inflated(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """A file of the zip; of a longer one, one byte more than `limit`."""
    with archive.open(entry) as file:
        return file.read(limit + 1)
