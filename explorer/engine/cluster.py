"""The workers: an embedded Dask cluster, or an existing one by address.

Dask's own defaults slow the training of small models to half its speed; the settings
in `assets/cluster.yaml` undo that, here and on other machines.
"""

import asyncio
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from typing import Any

import dask
from distributed import Client, LocalCluster
from distributed.comm import core
from distributed.security import Security
from distributed.utils import get_mp_context

from explorer.config.settings import whole_number
from explorer.engine import embedded
from explorer.errors import N_, ExplorerError, Words

SCHEDULER = "EXPLORER_SCHEDULER"
WORKERS = "EXPLORER_WORKERS"
WARNINGS = "PYTHONWARNINGS"
MOST_WORKERS = 64
WORK = "explorer.engine.worker"
"""The module that workers execute; it takes Torch, which this process need not wait
for."""

ANSWERS_WITHIN = 10
"""Seconds in which a scheduler must be reached, or be reached again."""

TLS_SETTINGS = tuple(
    f"DASK_DISTRIBUTED__COMM__TLS__{name}"
    for name in ("CA_FILE", "CLIENT__CERT", "CLIENT__KEY")
)

SETTINGS = Path(__file__).parents[2] / "assets" / "cluster.yaml"


def connect() -> Client:
    """A client of `EXPLORER_SCHEDULER`, or of a new cluster inside this process's care.

    Raises:
        ExplorerError: if a given address or number of workers is not sound.
    """
    dask.config.update(dask.config.config, _settings())
    if address := os.environ.get(SCHEDULER):
        return _existing(address)
    cluster = _embedded()
    return Client(cluster, direct_to_workers=True)


def _embedded() -> LocalCluster:
    """A scheduler in this process, and workers.

    Ctrl-C is for the server alone: the process of which the workers are born inherits
    what this one does not hear. Their certificates are thrown away: other users of this
    machine reach the ports, and no more.
    """
    _start_tracker()  # its own start would undo what is not heard
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        _load()
        return LocalCluster(
            security=Security.temporary(),
            n_workers=_worker_count(),
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            memory_limit=0,
            env=dict(os.environ),
            silence_logs=40,
            preload=[embedded.__name__],
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)


def _load() -> None:
    """Have a process that has imported what workers need: they are copies of it, there
    at once, and share the memory that it takes."""
    dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})
    get_mp_context().set_forkserver_preload([WORK])
    with _environment(worker_environment()):
        forkserver.ensure_running()


def _start_tracker() -> None:
    """Have Python's own keeper of semaphores run; it clears away in silence what a
    server leaves that is ended by Ctrl-C."""
    ignored = "ignore::UserWarning:multiprocessing.resource_tracker"
    with _environment({WARNINGS: ignored}):
        resource_tracker.ensure_running()


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    """Processes that begin in this block have these environment variables."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def worker_environment() -> dict[str, str]:
    """The environment variables that a worker process begins with."""
    given = _settings()["distributed"]["nanny"]["pre-spawn-environ"]
    return {name: str(value) for name, value in given.items()}


def _settings() -> dict[str, Any]:
    (given,) = dask.config.collect_yaml([str(SETTINGS)])
    return dict(given)


def close(client: Client) -> None:
    """Disconnect, and end the workers if they were ours."""
    cluster = client.cluster
    client.close()
    if cluster is not None:
        cluster.close()


def _existing(address: str) -> Client:
    if not re.fullmatch(r"(tcp|tls|ucx)://[\w.\[\]:-]+:\d{1,5}", address):
        raise ExplorerError(
            N_(
                "%(variable)s must be an address like tcp://host:8786, but got "
                "'%(came)s'. Leave it empty to use this machine."
            ),
            variable=SCHEDULER,
            came=address[:60],
        )
    encryption = _encryption() if address.startswith("tls:") else {}
    try:
        if not address.startswith("ucx:"):
            asyncio.run(_check_scheduler(address, encryption))
        return Client(address, timeout=ANSWERS_WITHIN, set_as_default=False)
    except (OSError, ImportError):
        raise ExplorerError(
            N_(
                "%(variable)s must name a running Dask scheduler, but nothing answers "
                "at %(address)s. Start one with 'dask scheduler', or leave it empty."
            ),
            variable=SCHEDULER,
            address=address,
        ) from None


def _encryption() -> dict[str, Any]:
    """What a connection to a `tls://` address needs, from Dask's settings.

    Raises:
        ExplorerError: if some of it is missing.
    """
    reason = Words(N_("some of them are not set"))
    try:
        given: dict[str, Any] = Security().get_connection_args("client")
        if given["ssl_context"] is not None:
            return given
    except OSError as error:
        values = {"error": error.strerror or str(error)}
        reason = Words(N_("one of them cannot be used: %(error)s"), values)
    raise ExplorerError(
        N_(
            "A tls:// address needs files of the authority, the certificate and its "
            "key in %(settings)s, but %(reason)s. Name all three, or use tcp://."
        ),
        settings=", ".join(TLS_SETTINGS),
        reason=reason,
    )


async def _check_scheduler(address: str, encryption: dict[str, Any]) -> None:
    """See that somebody speaks Dask there: a client would wait for ever at a port that
    is open and silent.

    Raises:
        OSError: if nobody does in time.
    """
    try:
        comm = await asyncio.wait_for(
            core.connect(address, **encryption), ANSWERS_WITHIN
        )
    except (MemoryError, ValueError) as error:
        # Of another protocol's first bytes, read as Dask's.
        raise OSError(f"no scheduler at {address}") from error
    await comm.close()


def _worker_count() -> int:
    given = os.environ.get(WORKERS, "")
    if not given:
        return max(1, len(os.sched_getaffinity(0)))
    count = whole_number(given) or 0
    if not 1 <= count <= MOST_WORKERS:
        raise ExplorerError(
            N_(
                "%(variable)s must be a whole number from 1 to %(most)d, but got "
                "'%(came)s'. Leave it empty for one per core."
            ),
            variable=WORKERS,
            most=MOST_WORKERS,
            came=given[:20],
        )
    return count
