"""The databases that the store's contract is held to."""

from collections.abc import Callable, Iterator

import pytest

from explorer.runs.records import Group, Run
from explorer.runs.store import Store, open_store
from tests.runs.slices import CONFIG


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def fresh(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """Gives the address of an empty database at each call."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path_factory.mktemp('store')}/runs.sqlite3"
    given: Callable[[], str] = request.getfixturevalue("postgresql")
    return given


@pytest.fixture(scope="module")
def url(fresh: Callable[[], str]) -> str:
    """A database that the tests of a file share."""
    return fresh()


@pytest.fixture(scope="module")
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def run(store: Store) -> Run:
    return store.create(CONFIG, 4513)


@pytest.fixture
def group(store: Store) -> Group:
    return store.groups.create("class", "tea", {})
