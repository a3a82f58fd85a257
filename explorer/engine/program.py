"""The program that a process runs: its sources, what they compute with, and on what.

Server and workers compare theirs. Where one factor in one file differs, a run that
moves between them would go on with other numbers, and nobody would see why.
"""

import hashlib
import socket
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import torch
from llvmlite.binding import get_host_cpu_name

from explorer.errors import N_, Words

ROOT = Path(__file__).parents[2]
SOURCES = "explorer/**/*.py", "assets/texts/*"
"""What a run's numbers come from, under `ROOT`."""

LIBRARIES = "torch", "numpy", "dask"


class Program(NamedTuple):
    """What one process says of itself."""

    sources: Mapping[str, str]
    """Digests, by file."""
    versions: Mapping[str, str]
    """By library."""
    processor: str
    """The instructions that torch makes use of, and for whom numba compiles."""
    machine: str


@cache
def program() -> Program:
    """This process's own, as it was when it was first asked for."""
    return Program(
        digests(ROOT),
        {name: version(name) for name in LIBRARIES},
        f"{torch.backends.cpu.get_cpu_capability()}, {get_host_cpu_name()}",
        socket.gethostname(),
    )


def digests(root: Path) -> Mapping[str, str]:
    """Digests of the sources of a copy of the program, by file."""
    files = sorted(file for each in SOURCES for file in root.glob(each))
    return {
        str(file.relative_to(root)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def difference(own: Program, other: Any) -> Words | None:
    """Why a process that says `other` of itself must not train; None where it may."""
    if not isinstance(other, Program):
        return Words(N_("they run another version of the program"))
    for name, mine in own.versions.items():
        if (theirs := other.versions.get(name)) != mine:
            values = {"name": name, "theirs": theirs or "?", "own": mine}
            return Words(N_("they have %(name)s %(theirs)s instead of %(own)s"), values)
    names = sorted(own.sources.keys() | other.sources.keys())
    files = [n for n in names if own.sources.get(n) != other.sources.get(n)]
    if not files:
        return None
    if len(files) == 1:
        return Words(N_("their %(file)s is another"), {"file": files[0]})
    return Words(
        N_("their %(file)s is another, and so are %(count)d more files"),
        {"file": files[0], "count": len(files) - 1},
    )
