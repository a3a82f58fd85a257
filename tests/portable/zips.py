"""A zip of runs to change, and how it comes in."""

import io
import zipfile
from collections.abc import Callable
from functools import cache

import pytest

from explorer.data import content
from explorer.errors import ExplorerError
from explorer.portable.pack import folder_name, run_files, zipped
from explorer.portable.record import Kept, read_kept
from explorer.portable.unpack import unpacked
from explorer.runs.opening import open_database
from explorer.runs.records import Command, Progress
from explorer.runs.store import Store
from tests.portable.conftest import importer, trained, usual

Files = dict[str, bytes]
Change = Callable[[Files], None]


def packed(*runs: Kept) -> bytes:
    return zipped({folder_name(kept): run_files(kept) for kept in runs})


def rezipped(files: Files) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return raw.getvalue()


@cache
def exported() -> tuple[str, Files]:
    """A small run's folder and the files of its zip, without plotly.js."""
    store = Store(open_database(f"sqlite:///{content.folder().parent / 'a.sqlite3'}"))
    config = usual("rnn", **{"model.hidden_size": 3})
    kept = trained(store, config)
    store.record(kept.run.id, told(kept))
    raw = packed(read_kept(store, kept.run.id))
    store.close()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        files = {n: archive.read(n) for n in archive.namelist() if n != "plotly.min.js"}
    return folder_name(kept), files


def told(kept: Kept) -> Progress:
    """The same moment, with a command."""
    command = Command(1, "learning_rate", 0.002)
    return Progress(
        0,
        kept.curves,
        kept.run.step,
        kept.run.seconds,
        commands=(command,),
        status="paused",
    )


def changed(change: Change) -> bytes:
    folder, files = exported()
    top = f"{folder}/"
    inner = {n.removeprefix(top): d for n, d in files.items() if n.startswith(top)}
    change(inner)
    return rezipped({f"{folder}/{name}": data for name, data in inner.items()})


def refused(raw: bytes) -> str:
    with pytest.raises(ExplorerError) as error:
        unpacked(raw, importer())
    return str(error.value)
