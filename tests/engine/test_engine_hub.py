"""What a feed shows of a run, without workers."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from explorer.catalog import choosing
from explorer.engine import hub as hub_module
from explorer.engine.hub import MOST_LEFT, MOST_UNWANTED, Hub
from explorer.engine.jobs import Wanted
from explorer.errors import Words
from explorer.runs import writing
from explorer.runs.records import Checkpoint, Curves, Progress, Run, View
from explorer.runs.store import Store, open_store

NOTHING = Progress(0, Curves.empty(), 0, 0.0)


def test_a_feed_names_only_moments_that_are_still_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(writing, "CHECKPOINT_BYTES", 3 * 100)
    folder = tmp_path_factory.mktemp("hub")
    store = open_store(f"sqlite:///{folder}/runs.sqlite3")
    run = store.create(choosing.make_config(), 1)

    async def watch() -> tuple[int, ...]:
        hub = Hub(store, lambda run_id, views: None)
        hub.attach(asyncio.get_running_loop())
        feed = await hub.subscribe(run.id, "somebody")
        for step in range(12):
            kept = (Checkpoint(step, bytes(100)),)
            slice_ = Progress(0, Curves.empty(), 0, 0.0, checkpoints=kept)
            store.record(run.id, slice_)
            hub.heard(run.id, slice_, ())
            await asyncio.sleep(0)
        return feed.snapshot.checkpoints

    shown = asyncio.run(watch())
    assert shown == tuple(store.checkpoint_steps(run.id))
    assert len(shown) == 3
    store.close()


def test_all_who_watch_are_told_that_nobody_trains_and_when_that_is_over(
    tmp_path: Path,
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/runs.sqlite3")
    run = store.create(choosing.make_config(), 1)
    away = Words("The scheduler is away")

    async def watch() -> list[Words | None]:
        hub = Hub(store, lambda run_id, views: None)
        feed = await hub.subscribe(run.id, "somebody")
        seen, told = feed.version, [feed.snapshot.trouble]
        for trouble in (away, away, None):
            hub.tell(trouble)
            told.append(feed.snapshot.trouble)
        assert feed.version == seen + 2
        return told

    assert asyncio.run(watch()) == [None, away, away, None]
    store.close()


def test_a_feed_is_read_again_where_the_database_failed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/runs.sqlite3")
    run = store.create(choosing.make_config(), 1)
    monkeypatch.setattr(hub_module, "STORE_AGAIN", 0.01)
    read, failed = Store.get, []

    def failing(self: Store, run_id: str) -> Run:
        if not failed:
            failed.append(run_id)
            raise OperationalError(
                "", {}, sqlite3.OperationalError(), connection_invalidated=True
            )
        return read(self, run_id)

    async def watch() -> str:
        unheard: list[object] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, context: unheard.append(context))
        hub = Hub(store, lambda run_id, views: None)
        hub.attach(loop)
        feed = await hub.subscribe(run.id, "somebody")
        store.set_status(run.id, "stopped")
        monkeypatch.setattr(Store, "get", failing)
        hub.heard(run.id, None, ())
        while feed.snapshot.run.status != "stopped":
            await asyncio.sleep(0.01)
            assert not unheard
        return feed.snapshot.run.status

    assert asyncio.run(watch()) == "stopped"
    assert failed == [run.id]
    store.close()


def test_the_loop_is_woken_once_for_all_that_a_task_brings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/runs.sqlite3")
    runs = [store.create(choosing.make_config(), 1).id for _ in range(3)]

    async def watch() -> tuple[int, list[int]]:
        loop = asyncio.get_running_loop()
        hub = Hub(store, lambda run_id, views: None)
        hub.attach(loop)
        feeds = [await hub.subscribe(run_id, "somebody") for run_id in runs]
        before, wakes = [feed.version for feed in feeds], 0
        wake = loop.call_soon_threadsafe

        def counted(*work: Any) -> Any:
            nonlocal wakes
            wakes += 1
            return wake(*work)

        monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
        broken = replace(NOTHING, first_step=None)  # type: ignore[arg-type]
        for run_id, slice_ in zip(runs, (NOTHING, broken, NOTHING), strict=True):
            hub.heard(run_id, slice_, ())
        await asyncio.sleep(0.01)
        after = [feed.version for feed in feeds]
        return wakes, [b - a for a, b in zip(before, after, strict=True)]

    assert asyncio.run(watch()) == (1, [1, 0, 1])
    assert "TypeError" in caplog.text  # what failed stops nobody else's news
    store.close()


def test_two_threads_that_have_news_at_one_moment_are_both_heard(
    tmp_path: Path,
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/runs.sqlite3")
    runs = [store.create(choosing.make_config(), 1).id for _ in range(2)]

    async def watch() -> list[int]:
        hub = Hub(store, lambda run_id, views: None)

        class Crossed(deque[Callable[[], None]]):
            """The first to add something is overtaken by another thread."""

            def append(self, work: Callable[[], None]) -> None:
                super().append(work)
                if len(self) == 1:
                    other = Thread(target=hub.heard, args=(runs[1], NOTHING, ()))
                    other.start()
                    other.join()

        hub.attach(asyncio.get_running_loop())
        feeds = [await hub.subscribe(run_id, "somebody") for run_id in runs]
        before = [feed.version for feed in feeds]
        hub._untold = Crossed()
        hub.heard(runs[0], NOTHING, ())
        await asyncio.sleep(0.01)
        return [f.version - b for b, f in zip(before, feeds, strict=True)]

    assert asyncio.run(watch()) == [1, 1]
    store.close()


def test_views_that_nobody_looks_at_any_more_are_let_go(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/runs.sqlite3")
    run = store.create(choosing.make_config(), 1)

    async def watch() -> list[Wanted]:
        hub = Hub(store, lambda run_id, views: None)
        hub.attach(asyncio.get_running_loop())
        feed = await hub.subscribe(run.id, "somebody")
        for example in range(3 * MOST_UNWANTED):
            hub.want(run.id, "somebody", (_EVERY, _looks_at(example)))
            views = tuple((w, View(w.view, 0)) for w in feed.wants["somebody"])
            hub.heard(run.id, Progress(0, Curves.empty(), 0, 0.0), views)
            await asyncio.sleep(0)
        return list(feed.snapshot.views)

    kept = asyncio.run(watch())
    assert set(kept) >= {_EVERY, _looks_at(3 * MOST_UNWANTED - 1)}
    assert len(kept) == MOST_UNWANTED + 2
    store.close()


_EVERY = Wanted("gradients", "{}")


def test_who_comes_back_finds_the_pictures_of_the_runs_that_were_left_last(
    tmp_path: Path,
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/runs.sqlite3")
    runs = [store.create(choosing.make_config(), 1).id for _ in range(MOST_LEFT + 1)]

    async def watch() -> list[bool]:
        hub = Hub(store, lambda run_id, views: None)
        for run_id in runs:
            (await hub.subscribe(run_id, "somebody")).pictures["one"] = run_id
            hub.leave(run_id, "somebody")
        again = [await hub.subscribe(run_id, "another") for run_id in runs]
        return [feed.pictures == {"one": feed.snapshot.run.id} for feed in again]

    assert asyncio.run(watch()) == [False, *[True] * MOST_LEFT]
    store.close()


def _looks_at(example: int) -> Wanted:
    return Wanted("inside", f'{{"example": {example}}}')
