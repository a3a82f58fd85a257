"""A zip that somebody gave, opened carefully: known names and bounded sizes only.

Nothing in it is executed or unpickled, nothing is written to a disk, and no size that
it declares is trusted.
"""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator

from explorer.errors import N_, ExplorerError
from explorer.portable.layout import CHECKPOINTS, CURVES, FACTS, NAME

MEGABYTE = 10**6
MOST_ZIP = 200 * MEGABYTE
MOST_ENTRIES = 4000
MOST_RUNS = 200
MOST_FACTS = 8 * MEGABYTE
MOST_CURVES = 4 * MEGABYTE
MOST_STATE = 128 * MEGABYTE

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


class Folder:
    """The files of one run as they came."""

    def __init__(self) -> None:
        self.facts = b""
        self.curves = b""
        self.states: dict[int, bytes] = {}


def opened(raw: bytes, room: int) -> dict[str, Folder]:
    """The folders of runs in a zip, by name.

    Args:
        raw: the zip.
        room: how many bytes all states and curves together may take.

    Raises:
        ExplorerError: if it is no zip, if it holds what does not belong there, or too
            much.
    """
    if len(raw) > MOST_ZIP:
        raise too_large(MOST_ZIP)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return _folders(archive, room)
    except BROKEN:
        raise ExplorerError(
            N_(
                "Runs come as a .zip file that was exported here, but this file could "
                "not be opened as one. Export it again."
            )
        ) from None


def too_large(most: int) -> ExplorerError:
    """The error for a zip that holds too much."""
    return ExplorerError(
        N_(
            "What is imported may take %(most)d MB here, but this takes more. Export "
            "fewer runs at a time, or delete runs first."
        ),
        most=most // MEGABYTE,
    )


def _folders(archive: zipfile.ZipFile, room: int) -> dict[str, Folder]:
    found: dict[str, Folder] = {}
    left = room
    for entry, limit in _wanted(archive.infolist()):
        content = _read(archive, entry, min(limit, left))
        left -= len(content)
        parts = NAME.fullmatch(entry.filename)
        assert parts is not None
        folder = found.setdefault(parts["folder"], Folder())
        if parts["step"]:
            folder.states[int(parts["step"])] = content
        elif parts["file"] == CURVES:
            folder.curves = content
        else:
            folder.facts = content
    runs = {name: folder for name, folder in found.items() if folder.facts}
    if not runs or len(runs) > MOST_RUNS:
        raise ExplorerError(
            N_(
                "A zip to import holds 1 to %(most)d runs, each a folder with run.json "
                "in it, but this one holds %(came)d. Export it again."
            ),
            most=MOST_RUNS,
            came=len(runs),
        )
    return runs


def _wanted(
    entries: list[zipfile.ZipInfo],
) -> Iterator[tuple[zipfile.ZipInfo, int]]:
    """The entries that an import reads, and how long each may be; all are checked."""
    seen: set[str] = set()
    if len(entries) > MOST_ENTRIES:
        raise too_large(MOST_ZIP)
    for entry in entries:
        name = entry.filename
        parts = NAME.fullmatch(name)
        kind = stat.S_IFMT(entry.external_attr >> 16)
        usual = kind in (0, stat.S_IFREG, stat.S_IFDIR) and entry.orig_filename == name
        if parts is None or not usual or name in seen:
            raise ExplorerError(
                N_(
                    "A zip to import holds what an export wrote and nothing else, but "
                    "this one has '%(name)s'. Export it again and leave it as it is."
                ),
                name=name.encode("ascii", "replace").decode()[:60],
            )
        seen.add(name)
    for entry in entries:
        if limit := _limit(entry.filename):
            yield entry, limit


def _limit(name: str) -> int:
    """How many bytes of a file are read; 0 of what an import has no use for."""
    if name.endswith(f"/{FACTS}"):
        return MOST_FACTS
    if name.endswith(f"/{CURVES}"):
        return MOST_CURVES
    in_states = f"/{CHECKPOINTS}/" in name and name.endswith(".safetensors")
    return MOST_STATE if in_states else 0


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """A file of the zip, no more of it than `limit`."""
    with archive.open(entry) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise too_large(limit)
    return content
