"""Runs whose store is a PostgreSQL: trained, killed with the server, gone on with."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine import test_engine_killed as on_sqlite

pytestmark = on_sqlite.pytestmark
folder = on_sqlite.folder


@pytest.mark.slow
def test_a_killed_server_goes_on_by_itself_on_postgresql(
    postgresql: Callable[[], str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATABASE", postgresql())
    on_sqlite.test_a_killed_server_goes_on_by_itself(folder)
    assert not list(folder.glob("*.sqlite3"))
