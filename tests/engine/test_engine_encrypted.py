"""Connections with certificates: the embedded workers' own, and those of a cluster."""

import asyncio
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dask
import pytest
from distributed.comm import core
from distributed.security import Security

from explorer.engine import cluster, workers
from explorer.engine.service import Engine
from explorer.errors import ExplorerError
from tests.engine.elsewhere import LONG, TLS, Elsewhere, certificates
from tests.engine.test_engine_runs import pytestmark, same_as_uncut, small, wait

__all__ = ["pytestmark"]
CA, CERT, KEY = f"{TLS}.ca-file", f"{TLS}.client.cert", f"{TLS}.client.key"


@pytest.fixture
def nothing_set() -> Iterator[None]:
    with dask.config.set(dict.fromkeys((CA, CERT, KEY))):
        yield


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "but some of them are not set"),
        ({CA: "/none"}, "but some of them are not set"),
        (
            {CA: "/none", CERT: "/none", KEY: "/none"},
            "but one of them cannot be used: No such file or directory",
        ),
    ],
)
@pytest.mark.usefixtures("nothing_set")
def test_certificates_that_are_missing_are_one_sentence(
    given: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_SCHEDULER", "tls://127.0.0.1:1")
    with dask.config.set(given), pytest.raises(ExplorerError, match=said) as caught:
        cluster.connect()
    assert "DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY" in str(caught.value)


def somebody() -> ssl.SSLContext:
    """Who has no certificate, and takes any."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def greet(address: str, context: ssl.SSLContext | None) -> str:
    """What the scheduler says to a stranger."""
    comm = await core.connect(address, timeout=5, ssl_context=context)
    await comm.write({"op": "identity", "reply": True})
    said = await comm.read()
    return str(said["type"])


def test_other_users_of_this_machine_cannot_speak_to_the_embedded_scheduler(
    scheduler: str,
) -> None:
    own = Security().get_connection_args("client")["ssl_context"]
    another = Security.temporary().get_connection_args("client")["ssl_context"]
    assert asyncio.run(greet(scheduler, own)) == "Scheduler"
    for context in (another, somebody()):
        with pytest.raises(OSError, match=r"."):
            asyncio.run(greet(scheduler, context))
    with pytest.raises(OSError, match=r"."):
        asyncio.run(greet(scheduler.replace("tls:", "tcp:"), None))


@pytest.fixture
def places(tmp_path: Path) -> Iterator[tuple[Elsewhere, Elsewhere]]:
    """Two clusters, each with an authority of its own."""
    started = []
    for name in ("one", "other"):
        settings = certificates(tmp_path / f"{name}.certificates")
        (tmp_path / name).mkdir()
        started.append(Elsewhere(tmp_path / name, settings))
        started[-1].start_scheduler()
    one, other = started
    yield one, other
    one.end()
    other.end()


@contextmanager
def server_of(place: Elsewhere, address: str) -> Iterator[Engine]:
    """A server with the certificates of one place, at the scheduler of this address."""
    with pytest.MonkeyPatch.context() as patch, dask.config.set(place.settings):
        patch.setenv("EXPLORER_SCHEDULER", address)
        patch.setattr(workers, "AGAIN_AFTER", 0.05)
        patch.setattr(workers, "PATIENCE", 0.5)
        engine = Engine()
        try:
            yield engine
        finally:
            engine.close()


def trouble_of(engine: Engine) -> str:
    try:
        engine._runner.check()
    except ExplorerError as error:
        return str(error)
    return ""


@pytest.mark.slow
def test_who_has_certificates_of_another_authority_is_refused_by_all(
    places: tuple[Elsewhere, Elsewhere],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    one, other = places
    with server_of(one, one.address) as engine:
        wait(lambda: engine.ready, LONG)
        other.add_worker(at=one.address)  # it never gets in
        wait(lambda: "Waiting to connect" in other.log(), LONG)
        wait(lambda: "handshake failed" in one.log(), LONG)
        wait(lambda: "but there is none" in trouble_of(engine), LONG)
        run = engine.start(small(3))
        one.add_worker(at=other.address)
        wait(lambda: "handshake failed" in other.log(), LONG)
        assert engine._runner.workers == 0
        one.add_worker()
        wait(lambda: engine.store.get(run.id).ended, LONG)
        assert engine._runner.workers == 1
        same_as_uncut(engine.store, run)
    caplog.clear()
    caplog.set_level(logging.WARNING)
    for stranger, asked in ((other, one), (one, other)):
        with server_of(stranger, asked.address) as engine:
            coming: set[int] = set()

            def tried(engine: Engine = engine, coming: set[int] = coming) -> bool:
                coming.add(id(engine._runner._workers._coming))
                return len(coming) > 3

            wait(tried, LONG)
            assert "must name a running Dask scheduler" in trouble_of(engine)
        (told,) = caplog.records
        assert f"nothing answers at {asked.address}" in told.getMessage()
        assert told.exc_info is None
        caplog.clear()
