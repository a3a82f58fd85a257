"""A page whose live part is missing still learns what becomes of its run."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from explorer.catalog import choosing
from explorer.runs.opening import open_database
from explorer.runs.store import Store
from explorer.ui.live import component


def test_without_a_live_part_the_page_follows_the_runs_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(open_database(f"sqlite:///{tmp_path / 'runs.sqlite3'}"))
    run = store.create(choosing.make_config("sine", "rnn"), 1)
    drawn: list[str] = []
    monkeypatch.setattr(component, "visitor", lambda: SimpleNamespace(store=store))
    monkeypatch.setattr(component.st, "rerun", lambda: drawn.append("anew"))
    component.follow(run)
    assert drawn == []
    store.set_status(run.id, "failed")
    component.follow(run)
    assert drawn == ["anew"]
    store.close()
