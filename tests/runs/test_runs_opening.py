"""Opening a database: by address, by folder, older, newer, or none at all."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import create_engine, insert, inspect, text, update

from explorer.errors import ExplorerError
from explorer.runs import schema
from explorer.runs.opening import open_database
from explorer.runs.packing import packed_state
from explorer.runs.records import Checkpoint, Command, Curves, Member, Validation
from explorer.runs.store import open_store
from tests.runs.slices import CONFIG, curve, everything, same, slice_of

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("runs.sqlite3", "but got 'runs.sqlite3'. Leave it empty"),
        ("/tmp/runs.sqlite3", "but got '/tmp/runs.sqlite3'. Leave it empty"),
        ("sqlite:runs", "but got 'sqlite:runs'"),
        ("nosuchbase://ann@host/name", "but got 'nosuchbase://ann@host/name'"),
        ("postgresql+nosuch://host/name", "but got 'postgresql\\+nosuch://host/name'"),
        ("postgresql://ann@host:port/name", "but got 'postgresql://ann@host:port"),
        ("sqlite://", "'sqlite://' names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:////no/such/folder/runs.sqlite3", "unable to open database file"),
    ],
)
def test_a_wrong_address_is_one_clear_sentence(
    address: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATABASE", address)
    with pytest.raises(ExplorerError, match=words) as caught:
        open_store()
    assert str(caught.value).startswith("EXPLORER_DATABASE must be a database address")
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_a_wrong_address_is_shown_short_and_without_its_password() -> None:
    with pytest.raises(ExplorerError, match=r"ann:\*\*\*@host'") as caught:
        open_store("postgres//ann:s3cret:s3cret@host")
    assert "s3cret" not in str(caught.value)
    with pytest.raises(ExplorerError) as caught:
        open_store("x" * 5000)
    assert "x" * 61 not in str(caught.value)


def test_a_missing_driver_is_named() -> None:
    with pytest.raises(ExplorerError, match="no module 'oracledb'"):
        open_store("oracle+oracledb://ann@host/name")


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Not a database at all. " * 50)
    with pytest.raises(ExplorerError, match="none of a database"):
        open_store(f"sqlite:///{file}")
    assert file.read_text() == "Not a database at all. " * 50


def test_a_newer_database_is_refused_untouched(fresh: Callable[[], str]) -> None:
    address = fresh()
    engine = create_engine(address)
    with engine.begin() as connection:
        schema.meta.create(connection)
        newer = insert(schema.meta).values(schema_version=schema.SCHEMA + 1)
        connection.execute(newer)
    words = (
        f"up to version {schema.SCHEMA}, but this one has version {schema.SCHEMA + 1}"
    )
    with pytest.raises(ExplorerError, match=f"{words}. Update the program"):
        open_store(address)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["meta"]
    engine.dispose()


def test_an_older_database_is_brought_up_to_date(fresh: Callable[[], str]) -> None:
    """Version 1 had no notes of commands, 2 no measures or surprises, 3 no owners."""
    address = fresh()
    store = open_store(address)
    run = store.create(CONFIG, 1)
    command = Command(3, "learning_rate", 0.5)
    store.set_status(run.id, "paused", command=command)
    before = slice_of(0, 5, validations=(Validation(5, 0.5, 0.5),))
    store.record(run.id, before)
    store.close()
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE commands DROP COLUMN note")
        connection.exec_driver_sql("ALTER TABLE validations DROP COLUMN measures")
        four = np.stack(before.curves[:4]).astype("<f4").tobytes()
        connection.execute(update(schema.chunks).values({"values": four}))
        for name in ("owner", "group_id"):
            connection.exec_driver_sql(f"DROP INDEX ix_runs_{name}")
        for name in ("owner", "group_id", "name", "tags", "pinned", "deleted"):
            connection.exec_driver_sql(f"ALTER TABLE runs DROP COLUMN {name}")
        newer = ("passes", "teachers", "guesses")
        for name in (*newer, "members", "groups", "contents", "keys"):
            connection.exec_driver_sql(f"DROP TABLE {name}")
        connection.exec_driver_sql("UPDATE meta SET schema_version = 1")
    engine.dispose()
    store = open_store(address)
    assert store.get(run.id) == replace(run, step=5, seconds=0.5)
    assert store.shelf.of("") == [store.get(run.id)]
    held = Command(4, "hold", None, '{"value": 1}')
    store.set_status(run.id, "paused", command=held)
    judged = Validation(7, 0.25, 0.7, {"accuracy": 0.5})
    store.record(run.id, slice_of(5, 7, validations=(judged,)))
    store.close()
    store = open_store(address)  # the second time there is nothing to do
    assert store.validations(run.id) == [*before.validations, judged]
    assert same(
        Curves(*store.curves(run.id)[:4], *before.curves[4:]).until(5), before.curves
    )
    assert np.isnan(store.curves(run.id).surprises[:5]).all()
    assert same(store.curves(run.id, 5), curve(5, 7))
    assert store.commands(run.id) == [command, held]
    store.close()


def test_members_of_version_5_are_there_and_seen(fresh: Callable[[], str]) -> None:
    """It did not know who had left, nor whose nickname is hidden."""
    address = fresh()
    store = open_store(address)
    group = store.groups.create("class", "tea", {})
    store.members.join(group.id, "ann", "Ann", seen=False)
    store.close()
    engine = create_engine(address)
    with engine.begin() as connection:
        for name in ("seen", "state"):
            connection.exec_driver_sql(f"ALTER TABLE members DROP COLUMN {name}")
        connection.exec_driver_sql("UPDATE meta SET schema_version = 5")
    engine.dispose()
    open_store(address).close()
    store = open_store(address)  # the second time there is nothing to do
    assert store.members.of(group.id) == [Member("ann", "Ann", 0, seen=True)]
    store.members.leave(group.id, "ann")
    assert store.members.stay(group.id, "ann") == "left"
    store.close()


def test_runs_of_version_6_are_whole_and_can_be_thinned(
    fresh: Callable[[], str],
) -> None:
    """It packed nothing, and had no sums of sizes at hand."""
    address = fresh()
    store = open_store(address)
    run = store.create(CONFIG, 1)
    kept = tuple(Checkpoint(k, b"state %d" % k) for k in range(6))
    store.record(run.id, slice_of(0, 5, checkpoints=kept, status="finished"))
    before = everything(store, run.id)
    store.close()
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX ix_checkpoints_size")
        for table in ("chunks", "checkpoints", "states"):
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN packed")
        connection.exec_driver_sql("ALTER TABLE runs DROP COLUMN rule")
        connection.exec_driver_sql("DROP TABLE measures")
        connection.exec_driver_sql("UPDATE meta SET schema_version = 6")
    open_store(address).close()
    (index,) = inspect(engine).get_indexes("checkpoints")
    assert index["column_names"] == ["run_id", "size"]
    engine.dispose()
    store = open_store(address)  # the second time there is nothing to do
    assert everything(store, run.id) == before
    assert store.thinning.due(0) == [run.id]
    assert store.thinning.thin(run.id, 1)
    assert same(store.curves(run.id), curve(0, 5))
    assert store.checkpoint_steps(run.id) == [0, 5]
    store.close()


def test_a_run_that_version_7_thinned_is_read_and_thinned_anew(
    fresh: Callable[[], str],
) -> None:
    """It kept the first moment and measures as they were, and the end whole."""
    address = fresh()
    store = open_store(address)
    old, whole = store.create(CONFIG, 1), store.create(CONFIG, 1)
    kept = tuple(Checkpoint(k, b"state %d" % k) for k in range(6))
    seen = tuple(Validation(k, 9.0 - k, k / 10, {"mae": k / 3}) for k in range(6))
    every = slice_of(0, 5, checkpoints=kept, validations=seen, status="finished")
    for run in (old, whole):
        store.record(run.id, every)
    before = [everything(store, run.id) for run in (old, whole)]
    store.close()
    engine = create_engine(address)
    with engine.begin() as connection:
        for statement in (
            "DROP TABLE measures",
            "ALTER TABLE runs DROP COLUMN rule",
            "ALTER TABLE runs ADD COLUMN thinned BOOLEAN NOT NULL DEFAULT FALSE",
            "DELETE FROM checkpoints WHERE step > 0",
            "UPDATE checkpoints SET packed = TRUE",
            "UPDATE states SET packed = TRUE",
            "UPDATE meta SET schema_version = 7",
        ):
            connection.exec_driver_sql(statement)
        for table, state in (("checkpoints", kept[0]), ("states", kept[5])):
            packed = text(f"UPDATE {table} SET state = :packed")
            connection.execute(packed, {"packed": packed_state(state.state)})
        thinned = text("UPDATE runs SET thinned = TRUE WHERE id = :id")
        connection.execute(thinned, {"id": old.id})
    engine.dispose()
    open_store(address).close()
    store = open_store(address)  # the second time there is nothing to do
    assert [store.get(run.id).thinned for run in (old, whole)] == [True, False]
    assert everything(store, old.id)[1:-1] == before[0][1:-1]
    assert store.checkpoint_steps(old.id) == [0, 5]
    assert set(store.thinning.due(0)) == {old.id, whole.id}
    for run in (old, whole):
        assert store.thinning.thin(run.id, 1, lambda _config, _state: b"made")
        assert everything(store, run.id)[1:-1] == before[0][1:-1]
        assert store.checkpoint(run.id, 0).state == b"made"
        assert store.checkpoint_steps(run.id) == [0, 5]
    assert store.thinning.due(0) == []
    store.close()


@pytest.mark.parametrize("model", ["gan", "hmm", "crf", "lstm"])
def test_a_second_loss_from_version_4_gets_its_own_name(
    fresh: Callable[[], str], model: str
) -> None:
    """It was the fifth row of a chunk, whatever it meant; two chunks of each run."""
    address = fresh()
    store = open_store(address)
    run = store.create(CONFIG.model_copy(update={"model": model}), 1)
    store.record(run.id, slice_of(0, 5))
    store.record(run.id, slice_of(5, 12))
    store.close()
    engine = create_engine(address)
    with engine.begin() as connection:
        for first, end in ((0, 5), (5, 12)):
            five = np.stack(curve(first, end)[:5]).astype("<f4").tobytes()
            old = update(schema.chunks).where(schema.chunks.c.first_step == first)
            connection.execute(old.values({"values": five}))
        connection.exec_driver_sql("UPDATE meta SET schema_version = 4")
    engine.dispose()
    open_store(address).close()
    store = open_store(address)  # the second time there is nothing to do
    expected, none = curve(0, 12), np.full(12, np.nan, np.float32)
    of_gan = {"surprises": none, "discriminator_losses": expected.surprises}
    of_others = {"discriminator_losses": none}
    expected = expected._replace(**(of_gan if model == "gan" else of_others))
    for name, values in store.curves(run.id)._asdict().items():
        np.testing.assert_array_equal(values, getattr(expected, name), name)
    store.close()


def test_without_an_address_the_folder_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "my runs? 100%"
    monkeypatch.delenv("EXPLORER_DATABASE", raising=False)
    monkeypatch.setenv("EXPLORER_DATA", str(folder))
    open_store().close()
    assert (folder / "explorer.sqlite3").is_file()
    monkeypatch.delenv("EXPLORER_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    open_store().close()
    assert list((tmp_path / "home").rglob("sequence-explorer/explorer.sqlite3"))


def test_a_folder_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.delenv("EXPLORER_DATABASE", raising=False)
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "file"))
    with pytest.raises(ExplorerError, match="EXPLORER_DATA must be a folder"):
        open_store()


def test_sqlite_is_set_up_for_many_readers_and_one_writer(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/runs.sqlite3")
    expected = {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1}
    with engine.connect() as connection:
        for name, value in expected.items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == value
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() >= 5000
    engine.dispose()


def test_several_processes_may_open_a_new_store_at_once_without_torch(
    fresh: Callable[[], str],
) -> None:
    opening = (
        "import sys; from explorer.runs.store import open_store; "
        "open_store(sys.argv[1]).close(); assert 'torch' not in sys.modules"
    )
    command = [sys.executable, "-c", opening, fresh()]
    children = [subprocess.Popen(command, cwd=ROOT) for _ in range(4)]
    assert [child.wait() for child in children] == [0, 0, 0, 0]
