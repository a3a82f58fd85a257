"""A PostgreSQL server of one's own for a while, without touching any other."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine
from sqlalchemy.exc import OperationalError

ROOT = Path(__file__).parents[1]
PACKAGED = Path("/usr/lib/postgresql")
"""Where Debian's packages keep the programs, one folder per version."""

UNSAFE_BUT_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""A test's data need not outlive a power cut; a killed client is another matter."""


class NoPostgreSQLError(Exception):
    """There is none here and none can be installed; the message says why."""


def programs() -> Path:
    """The folder that holds `initdb` and `postgres`; installs them where that can be.

    Raises:
        NoPostgreSQLError: if they are not here and cannot be had.
    """
    if (found := _found()) is not None:
        return found
    script = str(ROOT / "scripts" / "get_postgresql.sh")
    done = subprocess.run(
        ["sh", script], capture_output=True, text=True, timeout=300, check=False
    )
    if (found := _found()) is not None:
        return found
    said = (done.stderr.strip().splitlines() or ["nothing was said"])[-1]
    raise NoPostgreSQLError(
        f"PostgreSQL is not here and could not be installed: {said}"
    )


def _found() -> Path | None:
    packaged = sorted(PACKAGED.glob("*/bin/postgres"), key=_version, reverse=True)
    on_path = shutil.which("postgres")
    for program in [*packaged, *([Path(on_path).resolve()] if on_path else [])]:
        if (program.parent / "initdb").exists():
            return program.parent
    return None


def _version(program: Path) -> int:
    name = program.parent.parent.name
    return int(name) if name.isdigit() else 0


def _unprivileged() -> dict[str, int | list[int]]:
    """Whom the server runs as: it refuses to run as root."""
    if os.getuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    who = known.get("postgres") or known["nobody"]
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}


class Server:
    """A server on a socket file in `home`, which can be stopped and started again."""

    def __init__(self, home: Path, folder: Path, quiet: dict[str, Any]) -> None:
        self.home, self._quiet = home, quiet
        self._command = [str(folder / "postgres"), "-D", str(home / "data")]
        self._command += ["-k", str(home)]
        for option in ("listen_addresses=", *UNSAFE_BUT_FAST):
            self._command += ["-c", option]
        self.start()

    def start(self) -> None:
        """Serve, from when this returns on."""
        with (self.home / "log").open("a") as log:
            self._process = subprocess.Popen(self._command, stderr=log, **self._quiet)
        self.address = _answering(self.home, self._process)

    def stop(self) -> None:
        """Let go of whoever is connected, and end."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=30)


@contextmanager
def served() -> Iterator[Server]:
    """A fresh server with its database "postgres".

    Raises:
        NoPostgreSQLError: if there is none here and none can be installed.
    """
    folder, who = programs(), _unprivileged()
    # Socket files have short names, so that pytest's own folders may lie too deep.
    home = Path(tempfile.mkdtemp(prefix="explorer-pg-"))
    try:
        if who:
            os.chown(home, who["user"], who["group"])  # type: ignore[arg-type]
        initialise = [
            str(folder / "initdb"),
            "-D",
            str(home / "data"),
            "-U",
            "explorer",
        ]
        initialise += ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        quiet: dict[str, Any] = {"cwd": home, "stdout": subprocess.DEVNULL, **who}
        subprocess.run(initialise, check=True, timeout=120, **quiet)
        server = Server(home, folder, quiet)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home)


def _answering(home: Path, server: "subprocess.Popen[bytes]") -> URL:
    """The address of a server that has begun to answer."""
    query = {"host": str(home)}
    address = URL.create(
        "postgresql+psycopg", "explorer", database="postgres", query=query
    )
    engine = create_engine(address)
    deadline = time.monotonic() + 60
    while True:
        try:
            engine.connect().close()
        except OperationalError:
            assert server.poll() is None, (home / "log").read_text()
            assert time.monotonic() < deadline, (home / "log").read_text()
            time.sleep(0.1)
        else:
            engine.dispose()
            return address


def empty(server: Server, name: str) -> str:
    """The address of a new database on this server."""
    engine = create_engine(server.address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    engine.dispose()
    return server.address.set(database=name).render_as_string(hide_password=False)
