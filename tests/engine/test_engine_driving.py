"""Two servers on one database: one drives, the other waits and takes over."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from explorer.engine import driving
from explorer.engine.driving import Driving, _is_gone, _this_process
from explorer.engine.service import Engine
from explorer.errors import ExplorerError
from explorer.runs.commands import STOP
from explorer.runs.store import open_store
from tests.engine.test_engine_runs import same_as_uncut, small, until_ended
from tests.waiting import wait

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:distributed"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

AWAY = OperationalError("", {}, sqlite3.OperationalError(), connection_invalidated=True)


def test_the_second_waits_until_the_first_has_ended(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/runs.sqlite3")
    first = Driving(store)
    with pytest.raises(
        ExplorerError, match=r"drives those of this one\. .* takes over"
    ):
        Driving(store)
    first.close()
    second = Driving(store)
    assert second.held
    second.close()
    store.close()


def test_one_that_hung_stands_back_and_drives_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/runs.sqlite3")
    monkeypatch.setattr(driving, "RENEWED_EVERY", 0.02)
    first = Driving(store)
    began = first.term
    with monkeypatch.context() as hanging:
        hanging.setattr(first, "_renew", lambda: None)
        hanging.setattr(first, "_until", 0.0)
        hanging.setattr(driving, "_is_gone", lambda where: True)
        second = Driving(store)
    wait(lambda: first._other is not None)
    assert second.held
    assert not first.held
    with pytest.raises(ExplorerError, match="One server at a time"):
        first.check()
    assert first.term is None
    second.close()
    wait(lambda: first.held)
    assert first.term != began
    first.close()
    store.close()


def test_a_process_that_was_killed_is_not_waited_for() -> None:
    assert not _is_gone(_this_process())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1) as other:
        where = json.loads(_this_process())
        where |= {"process": other.pid, "began": driving._began(other.pid)}
        assert not _is_gone(json.dumps(where))
        other.kill()
        wait(lambda: _is_gone(json.dumps(where)))
        elsewhere = where | {"machine": "another"}
        assert not _is_gone(json.dumps(elsewhere))


def test_a_run_goes_on_with_the_server_that_took_over(
    with_workers: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driving, "LASTS", 1.0)
    monkeypatch.setattr(driving, "RENEWED_EVERY", 0.2)
    address = f"sqlite:///{tmp_path}/runs.sqlite3"
    first = Engine(open_store(address))
    run = first.start(small(3, steps=1500))
    wait(lambda: first.store.get(run.id).step > 20)
    with pytest.raises(ExplorerError, match="One server at a time"):
        Engine(open_store(address))
    monkeypatch.setattr(first._driving, "_renew", lambda: None)  # it hangs
    wait(lambda: not first._driving.held)
    second = Engine(open_store(address))
    try:
        monkeypatch.undo()
        wait(lambda: first._driving._other is not None)
        with pytest.raises(ExplorerError, match="One server at a time"):
            first.send(run.id, STOP())
        assert until_ended(second, run).status == "finished"
        same_as_uncut(second.store, run)
    finally:
        second.close()
        first.close()


@pytest.mark.parametrize("seen", [True, False])
def test_a_run_goes_on_after_a_lease_that_was_renewed_too_late(
    with_workers: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seen: bool
) -> None:
    """Whether the runner saw that it must not drive, or slept all the time."""
    monkeypatch.setattr(driving, "RENEWED_EVERY", 0.2)
    engine = Engine(open_store(f"sqlite:///{tmp_path}/runs.sqlite3"))
    try:
        run = engine.start(small(3, steps=1500))
        wait(lambda: engine.store.get(run.id).step > 20)
        take, stand_back = engine.store.leases.take, engine._runner._stand_back
        tries: list[str] = []

        def late(*given: Any) -> Any:
            monkeypatch.setattr(engine.store.leases, "take", take)
            tries.append("lease")
            engine._driving._until = 0.0
            if seen:
                wait(lambda: "stood back" in tries)
            return take(*given)

        def stood_back() -> None:
            stand_back()
            tries.append("stood back")

        def away() -> None:
            tries.append("again")
            if tries.count("again") < 3:
                raise AWAY
            engine._drive_again()

        monkeypatch.setattr(engine._runner, "_stand_back", stood_back)
        monkeypatch.setattr(engine._runner, "_again", away)
        monkeypatch.setattr(engine.store.leases, "take", late)
        assert until_ended(engine, run).status == "finished"
        assert tries.count("lease") == 1
        assert tries.count("again") == 3  # what fails then is tried again
        same_as_uncut(engine.store, run)
    finally:
        engine.close()


def test_a_database_that_is_away_is_told_until_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/runs.sqlite3")
    monkeypatch.setattr(driving, "RENEWED_EVERY", 0.02)
    monkeypatch.setattr(driving, "AGAIN_AFTER", 0.02)

    def away(*_given: object) -> None:
        raise AWAY

    first = Driving(store)
    with monkeypatch.context() as outage:
        outage.setattr(store.leases, "take", away)
        outage.setattr(first, "_until", 0.0)
        wait(lambda: first._trouble is not None)
        with pytest.raises(ExplorerError, match="but it does not answer"):
            first.check()
    wait(lambda: first._trouble is None)
    first.check()
    first.close()
    store.close()
