"""What is kept is kept from other users of the same machine."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.catalog import choosing
from explorer.config.folder import keep_private, make_folder
from explorer.data import content
from explorer.runs.store import open_store
from explorer.runs.studies import open_studies

pytestmark = pytest.mark.quick


@pytest.fixture(autouse=True)
def _usual_mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("older", [False, True])
def test_folders_and_files_are_their_owners_alone(
    older: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "below" / "data"
    monkeypatch.setenv("EXPLORER_DATA", str(folder))
    monkeypatch.delenv("EXPLORER_DATABASE", raising=False)
    if older:
        make_folder(folder)
        for name in ("explorer.sqlite3", "explorer.sqlite3-wal", "sweeps.journal"):
            (folder / name).touch(mode=0o644)
    store = open_store()
    store.create(choosing.make_config(), 1, "paused")
    open_studies(store)
    content.put_text("hello " * 99)
    found = {p.relative_to(folder): rights(p) for p in folder.rglob("*") if p.is_file()}
    store.close()
    assert {str(p) for p in found} > {"explorer.sqlite3", "explorer.sqlite3-wal"}
    assert set(found.values()) == {0o600}, found
    assert rights(folder) == rights(folder / "content") == 0o700


def test_a_folder_that_was_there_stays_as_its_owner_made_it(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir(mode=0o755)
    make_folder(folder)
    assert rights(folder) == 0o755


def test_only_files_are_made_private(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir(mode=0o755)
    keep_private(folder)
    keep_private(tmp_path / "none")
    assert rights(folder) == 0o755
