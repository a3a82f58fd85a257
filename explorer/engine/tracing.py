"""What each run waits for, written into the file that `EXPLORER_TRACE` names.

In Chrome's trace format, which chrome://tracing and ui.perfetto.dev show: two rows for
a run, since two of its slices may be under way. What a slice waits for, in order:

    turn      until it is handed to a worker, since the one before was told
    worker    until the worker begins with it: others come first, or it is on its way
    training  the worker trains
    looks     the worker reads views out of it
    loop      until the server's network thread has it
    runner    until the runner's thread takes it
    store     until the database has it
    telling   until pages and sweeps were told

Times are wall-clock times of each machine: those of workers elsewhere are as exact as
their clocks.
"""

import json
import logging
import os
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

from explorer.config.folder import check_ordinary
from explorer.engine.jobs import Result
from explorer.errors import N_, ExplorerError

log = logging.getLogger(__name__)

TRACE = "EXPLORER_TRACE"
SPANS = ("turn", "worker", "training", "looks", "loop", "runner", "store", "telling")


class Trace:
    """`came` and `kept`, from the runner's thread; nothing where no file is named."""

    def __init__(self, file: IO[str] | None = None) -> None:
        """Write to a file, which is closed by `close`; None: to nowhere."""
        self._file = file
        self._rows: dict[str, int] = {}
        self._moments: dict[str, list[tuple[int, list[float]]]] = {}
        self._announced: dict[str, float] = {}
        if file:
            file.write("[\n")

    def came(self, results: Sequence[Result], handed: float, fetched: float) -> None:
        """The runner takes these results of a task.

        Args:
            results: of the task's jobs.
            handed: when the task was given away, in seconds since 1970.
            fetched: when the network thread had it.
        """
        if not self._file:
            return
        heard = time.time()
        for result in results:
            if result.worked:
                turn = min(self._announced.get(result.run_id, handed), handed)
                moments = [turn, handed, *result.worked, fetched, heard]
                slices = self._moments.setdefault(result.run_id, [])
                slices.append((result.serial, moments))

    def kept(self, run_ids: Iterable[str], stored: float) -> None:
        """What came of these runs is in the database since `stored`, and told."""
        if not self._file:
            return
        announced = time.time()
        for run_id in run_ids:
            for serial, moments in self._moments.pop(run_id, ()):
                self._write(run_id, serial, [*moments, stored, announced])
            self._announced[run_id] = announced

    def _write(self, run_id: str, serial: int, moments: list[float]) -> None:
        """One slice; training goes on where a full disk takes no more of them."""
        try:
            self._spans(run_id, serial, moments)
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        reason = error.strerror or str(error)
        log.warning("%s is written no more: %s", TRACE, reason)
        if self._file:
            with suppress(OSError):  # it has lines left that it cannot write
                self._file.close()
        self._file = None

    def close(self) -> None:
        """End the file."""
        if not self._file:
            return
        try:
            self._event({"ph": "M", "name": "process_name", "args": {"name": "runs"}})
            self._file.seek(self._file.tell() - len(",\n"))
            self._file.write("\n]\n")
            self._file.close()
            self._file = None
        except OSError as error:
            self._give_up(error)

    def _spans(self, run_id: str, serial: int, moments: list[float]) -> None:
        if not self._file:
            return
        row = self._row(f"{run_id} {'odd' if serial % 2 else 'even'}")
        for name, (began, ended) in zip(SPANS, pairwise(moments), strict=True):
            if ended >= began:  # clocks of other machines may go after
                span = {"ts": began * 1e6, "dur": (ended - began) * 1e6}
                args = {"run": run_id, "slice": serial}
                self._event({"ph": "X", "name": name, "tid": row, **span, "args": args})

    def _row(self, name: str) -> int:
        """The number of a row, which is named when it is first used."""
        if name not in self._rows:
            self._rows[name] = row = len(self._rows) + 1
            named = {"name": "thread_name", "tid": row, "args": {"name": name}}
            self._event({"ph": "M", **named})
        return self._rows[name]

    def _event(self, event: dict[str, Any]) -> None:
        assert self._file is not None
        self._file.write(json.dumps({"pid": 1, **event}) + ",\n")


def asked_for() -> Trace:
    """A trace to the file that `EXPLORER_TRACE` names; one to nowhere without.

    Raises:
        ExplorerError: if that file cannot be written.
    """
    if not (path := os.environ.get(TRACE)):
        return Trace()
    try:
        check_ordinary(Path(path))
        return Trace(Path(path).open("w", encoding="utf-8"))
    except OSError as error:
        raise ExplorerError(
            N_(
                "%(variable)s must name a file that can be written, but '%(file)s' is "
                "not: %(reason)s. Name another file, or none."
            ),
            variable=TRACE,
            file=path[:200],
            reason=error.strerror or str(error),
        ) from None
