"""A large file is read by a process of its own: a server has others to serve, gets its
memory back afterwards, and says meanwhile how far that is.

    python -m explorer.data.aside FD     # what `read_aside` starts
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from explorer.config.kinds import Kind
from explorer.data.brought import Brought
from explorer.data.choices import Choices
from explorer.data.decoding import named
from explorer.data.files import READ
from explorer.data.reading import Reading, read
from explorer.errors import N_, ExplorerError

T = TypeVar("T")

ROOT = Path(__file__).parents[2]

EVERY = 0.3
"""Seconds between two words on how far it is, at most."""

PATIENCE = 10
"""By so much it gives way to whoever else computes."""

_places = threading.BoundedSemaphore(2)
"""So many files are read at one time."""


def read_aside(
    raw: bytes, filename: str, encoding: str = "", choices: Choices | None = None
) -> Iterator[float | Reading]:
    """What part of the work is done, again and again, and at last what `read` gives.
    Who closes the iterator ends the work.

    Raises:
        ExplorerError: as `read` does, or if the process has ended early.
    """
    return _reports(read, raw, filename, encoding, choices)


def examples_aside(
    kind: Kind,
    raw: bytes,
    filename: str,
    encoding: str = "",
    given: str = "",
    asked: str = "",
) -> Iterator[float | Brought]:
    """The same with what `files.READ` gives."""
    return _reports(READ[kind], raw, filename, encoding, given, asked)


def found_aside(
    look: Callable[[bytes, str, str], T], raw: bytes, filename: str, encoding: str = ""
) -> Iterator[float | T]:
    """The same with what `files.kind_of` or `files.read_text` gives."""
    return _reports(look, raw, filename, encoding)


def _reports(
    work: Callable[..., Any], raw: bytes, filename: str, *arguments: object
) -> Iterator[Any]:
    """What a process says of this work."""
    done = 0.0
    while not _places.acquire(timeout=EVERY):
        yield done
    try:
        with _reader() as there:
            there.send((work, raw, filename, *arguments))
            while True:
                if there.poll(EVERY):
                    report = there.recv()
                    if not isinstance(report, float):
                        break
                    done = report
                yield done
    except (EOFError, OSError):
        raise ExplorerError(
            N_(
                "A table is read by a process of its own, but that of '%(file)s' ended "
                "early; it may have needed more memory than there is. Give a part of "
                "it."
            ),
            file=named(filename),
        ) from None
    finally:
        _places.release()
    if isinstance(report, ExplorerError):
        raise report
    yield report


@contextmanager
def _reader() -> Iterator[Connection]:
    """The line to a new process, which ends with it."""
    here, there = Pipe()
    with here, there:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(there.fileno())],
            pass_fds=[there.fileno()],
            start_new_session=True,  # it gets no Ctrl-C, but the end of the line
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        there.close()
        try:
            yield here
        finally:
            process.kill()
            process.wait()


def _answer(there: Connection) -> None:
    """What the process does."""
    os.nice(PATIENCE)
    work, *given = there.recv()
    if work is read:
        given.append(there.send)
    try:
        there.send(work(*given))
    except ExplorerError as error:
        there.send(error)


if __name__ == "__main__":
    with suppress(EOFError, OSError):  # nobody waits any more
        _answer(Connection(int(sys.argv[1])))
