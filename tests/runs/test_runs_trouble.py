"""A database that fails is one sentence, and one line in the log."""

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from explorer.config.folder import FOLDER
from explorer.errors import ExplorerError
from explorer.runs import trouble
from explorer.runs.records import Checkpoint
from explorer.runs.schema import SCHEMA
from explorer.runs.store import Store, open_store
from explorer.runs.trouble import database_trouble
from explorer.runs.whereabouts import DATABASE
from tests.runs.slices import CONFIG, slice_of


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trouble, "_logged_at", {})


def on_each_connection(store: Store, pragma: str) -> None:
    with store._reader.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA {pragma}")


def fill_the_disk(store: Store, _file: Path) -> None:
    on_each_connection(store, "max_page_count=1")


def forbid_writing(store: Store, _file: Path) -> None:
    on_each_connection(store, "query_only=ON")


def damage(store: Store, file: Path) -> None:
    store.create(CONFIG, 1)
    on_each_connection(store, "wal_checkpoint(TRUNCATE)")
    store.close()
    raw = file.read_bytes()
    file.write_bytes(raw[:100] + b"\xff" * (len(raw) - 100))


def write(store: Store) -> None:
    run = store.create(CONFIG, 1)
    large = (Checkpoint(0, bytes(10**6)),)
    store.record(run.id, slice_of(0, 1, checkpoints=large))


@pytest.mark.parametrize("variable", [DATABASE, FOLDER])
@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (fill_the_disk, "its disk is full"),
        (forbid_writing, "it can only be read"),
        (damage, "its file is damaged"),
    ],
)
def test_what_befalls_a_file_is_told_with_the_variable_that_was_set(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    harm: Callable[[Store, Path], None],
    said: str,
    variable: str,
) -> None:
    file = tmp_path / "explorer.sqlite3"
    monkeypatch.delenv(DATABASE, raising=False)
    monkeypatch.setenv(FOLDER, str(tmp_path))
    if variable == DATABASE:
        monkeypatch.setenv(DATABASE, f"sqlite:///{file}")
    store = open_store()
    harm(store, file)
    with caplog.at_level(logging.WARNING):
        for _again in range(3):
            with pytest.raises(DBAPIError) as caught:
                write(store)
            told = str(database_trouble(caught.value))
            assert said in told
            assert f"{variable} says where it is" in told
    assert [told in record.getMessage() for record in caplog.records] == [True]
    store.close()


def test_a_database_that_another_program_holds_is_told(tmp_path: Path) -> None:
    file = tmp_path / "explorer.sqlite3"
    store = open_store(f"sqlite:///{file}")
    on_each_connection(store, "busy_timeout=0")
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DBAPIError) as caught:
            write(store)
        assert "another program holds it" in str(database_trouble(caught.value))
    write(store)
    store.close()


def test_the_log_is_told_once_whatever_is_quoted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for reason in ("terminating connection", "connection refused", "is starting up"):
        away = sqlite3.OperationalError(reason)
        away.sqlite_errorcode = sqlite3.SQLITE_IOERR
        with caplog.at_level(logging.WARNING):
            told = str(database_trouble(OperationalError("", {}, away)))
        assert f"or says '{reason}'" in told
    assert len(caplog.records) == 1


def test_a_statement_that_is_wrong_is_no_trouble_of_the_database(store: Store) -> None:
    again = f"INSERT INTO meta VALUES ({SCHEMA})"  # its only row has this number
    for statement in ("SELECT nothing FROM nowhere", again):
        with pytest.raises(DBAPIError) as caught, store._writer.begin() as connection:
            connection.execute(text(statement))
        assert database_trouble(caught.value) is None
    assert database_trouble(OSError("another")) is None


def test_a_server_of_databases_that_is_away_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = "postgresql+psycopg://ann:secret@127.0.0.1:1/nowhere"
    monkeypatch.setenv(DATABASE, address)
    with pytest.raises(ExplorerError, match="but it does not answer") as caught:
        open_store()
    assert f"{DATABASE} says" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_what_sqlite_says_itself_is_known_too() -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    assert "full" in str(database_trouble(full))
    assert database_trouble(sqlite3.OperationalError("no such table: runs")) is None
