"""A zip that somebody gave, opened carefully: known names and bounded sizes only.

Nothing in it is executed or unpickled, nothing is written to a disk, and no size that
it declares is trusted.
"""

import io
import zipfile
from collections import Counter
from collections.abc import Iterator

from explorer.data.archives import BROKEN, inflated, is_plain, listed
from explorer.errors import N_, ExplorerError
from explorer.portable.layout import (
    CHECKPOINTS,
    CURVES,
    FACTS,
    MOST_CHECKPOINTS,
    NAME,
    VOCABULARY,
)

MEGABYTE = 10**6
MOST_ZIP = 200 * MEGABYTE
MOST_ENTRIES = 4000
MOST_RUNS = 200
MOST_FACTS = 8 * MEGABYTE
MOST_FACTS_OF_ALL = 4 * MOST_FACTS
"""What is told of runs takes many times its room once it is read."""
MOST_CURVES = 4 * MEGABYTE
MOST_VOCABULARY = MEGABYTE
MOST_STATE = 128 * MEGABYTE


class Folder:
    """The files of one run as they came."""

    def __init__(self) -> None:
        self.facts = b""
        self.curves = b""
        self.vocabulary = b""
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
        raise ExplorerError(
            N_(
                "A zip to import may take %(most)d MB, but this one takes more. Export "
                "fewer runs at a time."
            ),
            most=MOST_ZIP // MEGABYTE,
        )
    try:
        _check_count(listed(raw, MOST_ENTRIES))
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return _folders(archive, max(0, room))
    except BROKEN:
        raise ExplorerError(
            N_(
                "Runs come as a .zip file that was exported here, but this file could "
                "not be opened as one. Export it again."
            )
        ) from None


def _check_count(entries: int) -> None:
    if entries > MOST_ENTRIES:
        raise _too_many(entries)


def _too_many(entries: int) -> ExplorerError:
    return ExplorerError(
        N_(
            "A zip to import holds at most %(most)d files, but this one lists "
            "%(came)d. Export fewer runs at a time."
        ),
        most=MOST_ENTRIES,
        came=entries,
    )


def _folders(archive: zipfile.ZipFile, room: int) -> dict[str, Folder]:
    found: dict[str, Folder] = {}
    left, facts = room, 0
    for entry, limit in _wanted(archive.infolist()):
        content = inflated(archive, entry, min(limit, left))
        if len(content) > left:
            raise _no_room(room)
        if len(content) > limit:
            raise _too_large(entry.filename, limit)
        left -= len(content)
        facts += len(content) * entry.filename.endswith(f"/{FACTS}")
        if facts > MOST_FACTS_OF_ALL:
            raise _too_many_facts()
        parts = NAME.fullmatch(entry.filename)
        assert parts is not None
        folder = found.setdefault(parts["folder"], Folder())
        if parts["step"]:
            folder.states[int(parts["step"])] = content
        elif parts["file"] == CURVES:
            folder.curves = content
        elif parts["file"] == VOCABULARY:
            folder.vocabulary = content
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
    _check_count(len(entries))
    seen: set[str] = set()
    states: Counter[str] = Counter()
    for entry in entries:
        parts = NAME.fullmatch(entry.filename)
        if parts is None or not is_plain(entry) or entry.filename in seen:
            raise _unexpected(entry.filename)
        seen.add(entry.filename)
        states[parts["folder"]] += parts["step"] is not None
    for folder, count in states.items():
        if count > MOST_CHECKPOINTS:
            raise _too_many_states(folder, count)
    for entry in entries:
        if limit := _limit(entry.filename):
            yield entry, limit


def _unexpected(name: str) -> ExplorerError:
    return ExplorerError(
        N_(
            "A zip to import holds what an export wrote and nothing else, but "
            "this one has '%(name)s'. Export it again and leave it as it is."
        ),
        name=name.encode("ascii", "replace").decode()[:60],
    )


def _too_many_states(folder: str, count: int) -> ExplorerError:
    return ExplorerError(
        N_(
            "A run to import has at most %(most)d states, but '%(folder)s' has "
            "%(came)d. Export it again and leave it as it is."
        ),
        most=MOST_CHECKPOINTS,
        folder=folder[:60],
        came=count,
    )


def _too_many_facts() -> ExplorerError:
    return ExplorerError(
        N_(
            "The files %(file)s of a zip to import may take %(most)d MB together, but "
            "they take more. Export fewer runs at a time."
        ),
        file=FACTS,
        most=MOST_FACTS_OF_ALL // MEGABYTE,
    )


def _no_room(room: int) -> ExplorerError:
    return ExplorerError(
        N_(
            "What is imported must fit into the %(left)s MB that may still be stored "
            "here, but it takes more. Import fewer runs at a time, or delete some."
        ),
        left=f"{room / MEGABYTE:.1f}",
    )


def _too_large(name: str, limit: int) -> ExplorerError:
    return ExplorerError(
        N_(
            "The file '%(name)s' of a zip to import may take %(most)d MB, but it takes "
            "more. Export the run again and leave it as it is."
        ),
        name=name[-60:],
        most=limit // MEGABYTE,
    )


def _limit(name: str) -> int:
    """How many bytes of a file are read; 0 of what an import has no use for."""
    if name.endswith(f"/{FACTS}"):
        return MOST_FACTS
    if name.endswith(f"/{CURVES}"):
        return MOST_CURVES
    if name.endswith(f"/{VOCABULARY}"):
        return MOST_VOCABULARY
    in_states = f"/{CHECKPOINTS}/" in name and name.endswith(".safetensors")
    return MOST_STATE if in_states else 0
