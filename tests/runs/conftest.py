"""A store on every database that is at hand."""

import os
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine

from explorer.runs import schema
from explorer.runs.store import Store, open_store

POSTGRESQL = os.environ.get("EXPLORER_TEST_POSTGRESQL")


@pytest.fixture(scope="module", params=["sqlite", *filter(None, [POSTGRESQL])])
def url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('store')}/runs.sqlite3"
    engine = create_engine(request.param)
    schema.tables.drop_all(engine)
    engine.dispose()
    return str(request.param)


@pytest.fixture(scope="module")
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()
