"""What a feed shows of a run, without workers."""

import asyncio
from pathlib import Path

import pytest

from explorer.catalog import choosing
from explorer.engine.hub import Hub
from explorer.errors import Words
from explorer.runs import writing
from explorer.runs.records import Checkpoint, Curves, Progress
from explorer.runs.store import open_store


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
