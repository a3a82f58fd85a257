"""What is deleted leaves the disk."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from explorer.runs.records import Checkpoint
from explorer.runs.store import Store, open_store
from tests.runs.slices import CONFIG, slice_of


def size(folder: Path) -> int:
    """Bytes of everything that a database keeps in its folder."""
    return sum(file.stat().st_size for file in folder.iterdir())


def fill(store: Store, runs: int) -> list[str]:
    """So many short runs of one person, by id."""
    kept = tuple(Checkpoint(k, bytes(20_000)) for k in range(5))
    made = [store.create(CONFIG, 1, owner="ann").id for _ in range(runs)]
    for run_id in made:
        store.record(run_id, slice_of(0, 20, checkpoints=kept))
    return made


@pytest.mark.parametrize("made_by", ["this program", "an older program"])
def test_two_hundred_deleted_runs_leave_less_than_ten_had_taken(
    tmp_path: Path, made_by: str
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/runs.sqlite3")
    if made_by == "an older program":
        with store._reader.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.execute(text("PRAGMA auto_vacuum=NONE"))
            connection.exec_driver_sql("VACUUM")
    made = fill(store, 10)
    with_ten = size(tmp_path)
    made += fill(store, 190)
    for run_id in made:
        store.shelf.throw_away(run_id)
    assert store.room.sweep_out(timedelta(0)) == 200
    store.room.give_back()
    assert size(tmp_path) < with_ten
    store.close()
