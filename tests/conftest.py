"""What tests of several rooms share."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from typing import Any

import dask
import pytest
from distributed import Client
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine
from xdist.scheduler import LoadScopeScheduling

from explorer.engine import cluster, welcoming
from explorer.runs import schema
from tests.postgresql import NoPostgreSQLError, empty, served

# A test never asserts a time: the machine may be busy. And it tries the same examples
# until its code changes; `make search` tries new ones.
settings.register_profile(
    "same",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "search", settings.get_profile("same"), derandomize=False, print_blob=True
)
settings.load_profile("same")

PROCESSES = tuple(f"tests/{room}/" for room in ("browser", "engine", "runs"))

# They are tested where they are meant; else each watched run would have some fitted.
os.environ.setdefault("EXPLORER_SIMPLE_METHODS", "off")

POSTGRESQL = "EXPLORER_TEST_POSTGRESQL"
"""The address of an empty database that the tests may fill and clear, where there is
one already; else a server is started for them."""


class ByFile(LoadScopeScheduling):
    """Processes that share the tests take them by file, for what a file's tests share.

    One alone takes all that need a browser: one server and one browser are enough. What
    is served behind proxies has servers of its own.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        shared = file.startswith("tests/browser/") and "proxies" not in file
        return "tests/browser" if shared else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What talks to other processes is tried once more, and the summary tells of it."""
    for item in items:
        if item.nodeid.startswith(PROCESSES):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """A page that is tested leaves its script as `__main__`; processes that are born
    later would run it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(autouse=True)
def own_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """An open browser has its loop in this thread; who needs none may run their own."""
    if any(map(request.node.get_closest_marker, ("browser", "browsers"))):
        yield
        return
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


@pytest.fixture(scope="session")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of two workers: to start them takes longer than most tests do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(cluster.SCHEDULER, raising=False)
        patch.setenv(cluster.WORKERS, "2")
        patch.setenv("EXPLORER_DATA", str(tmp_path_factory.mktemp("workers")))
        patch.setattr(welcoming, "to_warm_up", list)
        client = cluster.connect()
    with dask.config.set(known_to(client)):
        yield client.scheduler.address
    cluster.close(client)


def known_to(client: Client) -> dict[str, str]:
    """Dask's settings with which others reach an embedded cluster."""
    given = client.cluster.security
    return {
        "distributed.comm.tls.ca-file": given.tls_ca_file,
        "distributed.comm.tls.client.cert": given.tls_client_cert,
        "distributed.comm.tls.client.key": given.tls_client_key,
    }


@pytest.fixture(scope="module")
def with_workers(
    scheduler: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Engines of this file have an empty folder, and workers at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(cluster.SCHEDULER, scheduler)
        patch.setenv("EXPLORER_DATA", str(tmp_path_factory.mktemp("server")))
        patch.setattr(welcoming, "to_warm_up", list)
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Callable[[], str]]:
    """Gives the address of an empty PostgreSQL database at each call."""
    if given := os.environ.get(POSTGRESQL):
        yield lambda: _cleared(given)
        return
    numbers = count()
    with ExitStack() as stack:
        try:
            server = stack.enter_context(served())
        except NoPostgreSQLError as reason:
            pytest.skip(str(reason))
        yield lambda: empty(server, f"test{next(numbers)}")


def _cleared(address: str) -> str:
    engine = create_engine(address)
    schema.tables.drop_all(engine)
    engine.dispose()
    return address
