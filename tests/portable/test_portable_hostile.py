"""Zips that were made to do harm: refused in a sentence, and at little cost."""

import bz2
import io
import lzma
import struct
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest

from explorer.errors import ExplorerError
from explorer.portable.layout import MOST_CHECKPOINTS
from explorer.portable.opened import (
    MOST_ENTRIES,
    MOST_FACTS,
    MOST_FACTS_OF_ALL,
    opened,
)
from explorer.portable.states import MOST_PIECE, pieces
from explorer.portable.unpack import MOST_NESTED, unpacked
from explorer.runs.records import Checkpoint
from tests.portable.conftest import importer

pytestmark = pytest.mark.quick

MEGABYTE = 10**6
ENTRY = struct.Struct("<4s4B4HL2L5H2L")
"""An entry of a zip's central directory, before its name."""

LOCATOR = struct.Struct("<4sLQL")
END64 = struct.Struct("<4sQ2H2L4Q")


def packed(content: bytes, how: int, name: str = "a/run.json") -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", how) as archive:
        archive.writestr(name, content)
    return raw.getvalue()


def directory(count: int, told: int, far: bool = False) -> bytes:
    """A zip that is nothing but its list of `count` files, and tells of `told`; `far`:
    the true size stands in the record for large zips."""
    entry = ENTRY.pack(b"PK\1\2", *[20, 3, 20, 0], 0, 0, 0, 0, *[0] * 3, 1, *[0] * 6)
    listed = (entry + b"a") * count
    size = len(listed)
    large = b""
    if far:
        large = END64.pack(b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, 0)
        large += LOCATOR.pack(b"PK\6\7", 0, size, 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, told, told, 0 if far else size, 0, 0)
    return listed + large + end


def cost(raw: bytes, room: int = 300 * MEGABYTE) -> tuple[str, int]:
    """What is said of a zip, and how many bytes it took to find out."""
    tracemalloc.start()
    with pytest.raises(ExplorerError) as refused:
        opened(raw, room)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return str(refused.value), peak


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("name", ["a/run.json", "README.md"])
def test_what_would_be_inflated_whole_is_not_opened(how: int, name: str) -> None:
    raw = packed(bytes(40 * MEGABYTE), how, name)
    said, peak = cost(raw)
    assert len(raw) < 10_000
    assert "nothing else" in said
    assert peak < MEGABYTE


def test_inflating_ends_at_the_bound() -> None:
    raw = packed(bytes(60 * MEGABYTE), zipfile.ZIP_DEFLATED)
    said, peak = cost(raw)
    assert "'a/run.json' of a zip to import may take 8 MB" in said
    assert peak < 3 * MOST_FACTS
    said, peak = cost(raw, room=MEGABYTE)
    assert "fit into the 1.0 MB that may still be stored" in said
    assert peak < 4 * MEGABYTE
    assert "fit into the 0.0 MB" in cost(raw, room=-5)[0]


@pytest.mark.parametrize("pack", [bz2.compress, lzma.compress])
def test_a_lie_about_the_packing_is_no_way_round(
    pack: Callable[[bytes], bytes],
) -> None:
    raw = packed(pack(bytes(40 * MEGABYTE)), zipfile.ZIP_STORED)
    with pytest.raises(ExplorerError, match=r"run\.json"):
        unpacked(raw, importer())


@pytest.mark.parametrize("told", [1, MOST_ENTRIES + 1, 2**16 - 1])
def test_a_long_directory_is_not_read(told: int) -> None:
    raw = directory(60_000, told)
    said, peak = cost(raw)
    assert f"at most {MOST_ENTRIES} files" in said
    assert peak < MEGABYTE


def test_a_directory_of_the_large_kind_is_not_read() -> None:
    said, peak = cost(directory(60_000, 0, far=True))
    assert "could not be opened" in said
    assert peak < MEGABYTE


def test_an_end_within_the_end_is_no_end() -> None:
    raw = packed(b"{}", zipfile.ZIP_STORED)
    assert "could not be opened" in cost(raw[:-6] + b"PK\5\6" + raw[-2:])[0]


def test_a_run_has_as_many_states_as_an_export_writes() -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for step in range(MOST_CHECKPOINTS + 1):
            archive.writestr(f"a/checkpoints/{step:05d}.safetensors", b"")
        archive.writestr("a/run.json", "{}")
    assert "at most 8 states, but 'a' has 9" in cost(raw.getvalue())[0]


@pytest.mark.parametrize(
    ("sizes", "grouped"),
    [
        ([], []),
        ([1, 2, 3], [[1, 2, 3]]),
        ([MOST_PIECE + 1, 5, 6], [[MOST_PIECE + 1], [5, 6]]),
        ([MOST_PIECE, 1], [[MOST_PIECE], [1]]),
        ([MOST_PIECE - 1, 1, 1], [[MOST_PIECE - 1, 1], [1]]),
    ],
)
def test_states_are_checked_in_pieces(
    sizes: list[int], grouped: list[list[int]]
) -> None:
    states = [Checkpoint(step, bytes(size)) for step, size in enumerate(sizes)]
    found = [[len(state) for _, state in piece] for piece in pieces(states)]
    assert found == grouped


def test_what_is_told_of_all_runs_together_has_a_bound() -> None:
    raw, runs = io.BytesIO(), 2 * MOST_FACTS_OF_ALL // MOST_FACTS
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for run in range(runs):
            archive.writestr(f"r{run}/run.json", bytes(MOST_FACTS))
    said, peak = cost(raw.getvalue())
    assert "run.json of a zip to import may take 32 MB together" in said
    assert peak < MOST_FACTS_OF_ALL + 4 * MOST_FACTS


@pytest.mark.parametrize(
    "told",
    [
        "[" + "[]," * (MOST_NESTED + 1) + "0]",
        "[" + "{}," * (MOST_NESTED + 1) + "0]",
        '{"tags":' * (MOST_NESTED + 1),
        '"' + 'a\\"' * MOST_NESTED,
    ],
    ids=["lists", "objects", "deep", "a string without an end"],
)
def test_what_is_told_of_a_run_is_not_read_at_any_price(told: str) -> None:
    raw = packed(told.encode(), zipfile.ZIP_DEFLATED)
    tracemalloc.start()
    with pytest.raises(ExplorerError, match=r"is not: run\.json"):
        unpacked(raw, importer())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * len(told)
