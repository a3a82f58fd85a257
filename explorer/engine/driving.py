"""The right to drive the runs of a database, which one server has at a time.

A second server waits for it. One that lost it, because it hung for longer than its
lease lasts, stands back and waits in turn.
"""

import json
import logging
import os
import socket
import threading
import time
from copy import copy
from pathlib import Path

from explorer.errors import N_, ExplorerError
from explorer.runs.ids import new_id
from explorer.runs.leases import Lease
from explorer.runs.store import Store
from explorer.runs.trouble import database_trouble
from explorer.runs.whereabouts import chosen_by

log = logging.getLogger(__name__)

LASTS = 15.0
"""Seconds of a lease: as long does a second server wait for one that hangs."""

RENEWED_EVERY = 4.0

AGAIN_AFTER = 0.5
"""Seconds to wait for a database that failed."""

_PROC = Path("/proc")


class Driving:
    """`term` says whether this server drives, and since when. From any thread."""

    def __init__(self, store: Store) -> None:
        """Take the right.

        Raises:
            ExplorerError: if another server has it.
        """
        self._store = store
        self._holder, self._where = new_id(), _this_process()
        self._until, self._terms = 0.0, 0
        self._other: Lease | None = None
        self._trouble: ExplorerError | None = None
        self._renew()
        self.check()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="lease", daemon=True)
        self._thread.start()

    @property
    def held(self) -> bool:
        """Whether this server drives."""
        return time.monotonic() < self._until

    @property
    def term(self) -> int | None:
        """Counts the times that the right was had again after a gap, in which another
        server may have driven; None while it is not held."""
        return self._terms if self.held else None

    def check(self) -> None:
        """See that this server drives.

        Raises:
            ExplorerError: if another one does, or if the database says nothing.
        """
        if (trouble := self._trouble) is not None:
            raise copy(trouble)
        if not self.held and self._other is not None:
            raise _other_drives(self._other)

    def renew_no_more(self) -> None:
        """Keep the right for as long as it lasts, to come to an end with it."""
        self._closing.set()
        self._thread.join(timeout=10)

    def close(self) -> None:
        """Let another server drive at once."""
        self.renew_no_more()
        try:
            self._store.leases.give_up(self._holder)
        except Exception as error:
            if database_trouble(error) is None:
                raise

    def _loop(self) -> None:
        while not self._closing.wait(AGAIN_AFTER if self._trouble else RENEWED_EVERY):
            waits, terms = self._other is not None, self._terms
            try:
                self._renew()
            except Exception as error:
                self._trouble = database_trouble(error)
                if self._trouble is None:
                    log.exception("The lease could not be renewed")
                continue
            self._trouble = None
            if self._other is not None and not waits:
                log.warning("%s", _other_drives(self._other))
            if self._terms > terms:
                log.warning("This server drives the runs of its database again")

    def _renew(self) -> None:
        began = time.monotonic()
        lease = self._store.leases.take(self._holder, self._where, LASTS, _is_gone)
        mine = lease.holder == self._holder
        if mine and not self.held:  # also where it was the taking that took so long
            self._terms += 1
        self._until = began + LASTS if mine else 0.0
        self._other = None if mine else lease


def _other_drives(lease: Lease) -> ExplorerError:
    other = json.loads(lease.where)
    return ExplorerError(
        N_(
            "One server at a time drives the runs of a database, and process "
            "%(process)d on %(host)s drives those of this one. It is waited for: when "
            "it has ended, this one takes over. Stop it, or have %(variable)s name "
            "another database."
        ),
        process=other["process"],
        host=other["host"],
        variable=chosen_by(),
    )


def _this_process() -> str:
    """The machine and the process, as others can look it up."""
    own = os.getpid()
    return json.dumps(
        {
            "host": socket.gethostname(),
            "machine": _machine(),
            "process": own,
            "began": _began(own),
        }
    )


def _is_gone(where: str) -> bool:
    """Whether that process lived on this machine, and lives no more."""
    other = json.loads(where)
    if not other["began"] or other["machine"] != _machine():
        return False
    return bool(other["began"] != _began(other["process"]))


def _machine() -> str:
    """What this start of this machine, or container, has alone."""
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {os.readlink(_PROC / 'self/ns/pid')}"
    except OSError:
        return ""


def _began(process: int) -> str:
    """When a process began, which tells it from a later one of its number; empty if it
    is none, or has ended and is only not yet taken note of."""
    try:
        # The name stands in brackets, and may hold anything.
        fields = (_PROC / f"{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
