"""While no scheduler can be reached: what runs are told is done, or noted, at once."""

import asyncio
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from distributed import Client

from explorer.engine import cluster, workers
from explorer.engine.hub import Hub
from explorer.engine.runner import Runner
from explorer.errors import N_, ExplorerError, Words
from explorer.runs.commands import PAUSE
from explorer.runs.records import Run
from explorer.runs.store import Store, open_store
from explorer.training.trainer import Budget, advance
from tests.engine.test_engine_runs import small
from tests.waiting import wait


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/runs.sqlite3")
    yield store
    store.close()


def under_way(store: Store) -> Run:
    """A run that trained three steps, and would train on."""
    run = store.create(small(), 1)
    store.record(run.id, advance(small(), None, Budget(steps=3))[1])
    return store.get(run.id)


def refused() -> Client:
    raise ExplorerError(N_("Nothing answers."))


@pytest.mark.parametrize("hangs", [False, True])
def test_a_pause_is_done_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch, hangs: bool
) -> None:
    monkeypatch.setattr(workers, "AGAIN_AFTER", 1e9)
    ended = threading.Event()

    def connect() -> Client:
        if hangs:
            ended.wait()
        return refused()

    run = under_way(store)
    heard: list[str] = []
    runner = Runner(
        connect,
        store,
        lambda who, *_: heard.append(who),
        term=lambda: 1,
        again=lambda: None,
    )
    try:
        runner.start(run)
        runner.send([run.id], PAUSE())
        wait(lambda: heard == [run.id])
        assert store.get(run.id).status == "paused"
        assert store.get(run.id).step == 3
    finally:
        ended.set()
        runner.close()


def test_what_must_wait_is_noted_until_somebody_trains_again(store: Store) -> None:
    run = under_way(store)

    async def watch() -> list[bool]:
        hub = Hub(store, lambda run_id, views: None)
        hub.attach(asyncio.get_running_loop())
        feed = await hub.subscribe(run.id, "somebody")
        shown = []
        for trouble in (None, Words("away"), Words("longer away"), None):
            hub.tell(trouble)
            hub.noted([run.id, "another"])
            await asyncio.sleep(0)
            shown.append(feed.snapshot.commanded)
        return shown

    assert asyncio.run(watch()) == [False, True, True, False]


def test_a_connection_that_fails_again_and_again_is_one_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)  # a cluster of Dask's has raised it
    monkeypatch.setattr(workers, "AGAIN_AFTER", 0.0)
    tries: list[str] = []

    def connect() -> Client:
        tries.append("tried")
        return refused()

    there = workers.Workers(connect, lambda: None, list)

    def tried_again() -> bool:
        there.reach()
        return len(tries) > 3

    wait(tried_again)
    told = [record for record in caplog.records if record.name == workers.__name__]
    assert [record.getMessage() for record in told] == ["Nothing answers."]
    assert told[0].exc_info is None


def test_workers_that_would_begin_later_begin_when_somebody_needs_one() -> None:
    tries: list[str] = []

    def connect() -> Client:
        tries.append("tried")
        return refused()

    there = workers.Workers(connect, lambda: None, list, later=3600.0)
    there.reach()
    assert there._coming is None
    there.hurry()
    there.reach()
    wait(lambda: bool(tries))


def test_whoever_starts_a_run_or_asks_needs_a_worker(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurried: list[str] = []
    monkeypatch.setattr(workers.Workers, "hurry", lambda self: hurried.append("now"))
    nothing = {"listener": lambda *news: None, "again": lambda: None}
    runner = Runner(refused, store, term=lambda: 0, later=3600.0, **nothing)
    assert not runner.resume_all()
    assert not hurried
    runner.needed()
    assert len(hurried) == 1
    runner.send([], PAUSE())
    assert len(hurried) == 2
    runner.close()


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n" * 9])
def test_a_port_that_is_open_but_no_schedulers_gets_the_sentence_in_time(
    sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "ANSWERS_WITHIN", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as other:

        def answer() -> None:
            with suppress(OSError):
                while True:
                    taken.append(other.accept()[0])
                    taken[-1].sendall(sent)

        taken: list[socket.socket] = []
        threading.Thread(target=answer, daemon=True).start()
        address = f"tcp://127.0.0.1:{other.getsockname()[1]}"
        monkeypatch.setenv("EXPLORER_SCHEDULER", address)
        with pytest.raises(ExplorerError, match="must name a running Dask scheduler"):
            cluster.connect()
        other.shutdown(socket.SHUT_RDWR)
    for each in taken:
        each.close()
