"""Connections with certificates: the embedded workers' own, and those of a cluster."""

import asyncio
import ssl
from collections.abc import Iterator

import dask
import pytest
from distributed.comm import core
from distributed.security import Security

from explorer.engine import cluster
from explorer.errors import ExplorerError
from tests.engine.test_engine_runs import pytestmark

__all__ = ["pytestmark"]
TLS = "distributed.comm.tls"
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
