"""What tests of several rooms share."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count

import pytest
from sqlalchemy import create_engine

from explorer.runs import schema
from tests.postgresql import NoPostgreSQLError, empty, served

POSTGRESQL = "EXPLORER_TEST_POSTGRESQL"
"""The address of an empty database that the tests may fill and clear, where there is
one already; else a server is started for them."""


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
