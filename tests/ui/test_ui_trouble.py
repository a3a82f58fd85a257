"""A database that cannot be opened is a sentence on every page, until it can."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from explorer.catalog import choosing
from explorer.engine.hub import Snapshot
from explorer.engine.service import _made, engine
from explorer.errors import Words
from explorer.runs.records import Curves, Run
from explorer.ui.language import translator
from explorer.ui.live import server
from explorer.ui.live.frames import message, numbers, state
from explorer.ui.live.server import lifespan
from explorer.ui.visitor import KnownBrowsers
from tests.ui.conftest import QUIET, ROOT

pytestmark = QUIET
SAID = "its file is damaged"


def test_pages_say_why_there_is_no_engine_and_it_comes_by_itself(
    with_workers: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    monkeypatch.setattr(server, "AGAIN_AFTER", 0.05)
    _made.cache_clear()
    file = tmp_path / "explorer.sqlite3"
    file.write_text("Not a database at all. " * 50)
    plain = Route("/", lambda request: HTMLResponse("a page"))
    app = Starlette(
        routes=[plain], middleware=[Middleware(KnownBrowsers)], lifespan=lifespan
    )
    with TestClient(app) as client:
        assert client.get("/").status_code == 200
        page = str(ROOT / "explorer/ui/router.py")
        shown = AppTest.from_file(page, default_timeout=120).run()
        assert not shown.exception
        assert [SAID in error.value for error in shown.error] == [True]
        file.unlink()
        deadline = time.monotonic() + 60
        while not _made.cache_info().currsize:
            assert time.monotonic() < deadline, "the engine did not come"
            time.sleep(0.05)
        assert client.get("/").headers["set-cookie"]
        shown.run()
        assert not shown.exception
        assert not [error for error in shown.error if SAID in error.value]
    assert engine().store is not None
    _made.cache_clear()


def test_a_server_answers_before_it_is_warm(monkeypatch: pytest.MonkeyPatch) -> None:
    let, warm = threading.Event(), []
    there = SimpleNamespace(
        hub=SimpleNamespace(attach=lambda loop: None, tell=lambda trouble: None),
        trouble=None,
        close=lambda: None,
    )
    monkeypatch.setattr(server, "_bring_up", lambda: there)
    monkeypatch.setattr(server, "_warm_up", lambda: warm.append(let.wait(60)))
    plain = Route("/", lambda request: HTMLResponse("a page"))
    with TestClient(Starlette(routes=[plain], lifespan=lifespan)) as client:
        assert client.get("/").status_code == 200
        assert not warm
        let.set()


def test_a_run_that_nobody_trains_waits_and_has_no_rate() -> None:
    steps = np.arange(1, 101, dtype=np.float32)
    curves = Curves(steps, steps, steps, steps / 10, steps, steps)
    config = choosing.make_config()
    run = Run("abc", config, "training", 100, 10.0, 1, datetime.now(UTC))
    snapshot = Snapshot(run, curves, (), (), ())
    _ = translator("en")
    assert state(snapshot, _) == "Training"
    assert "steps per second" in numbers(snapshot, _)
    alone = replace(snapshot, trouble=Words("The scheduler is away"))
    assert state(alone, _) == "Waiting …"
    assert numbers(alone, _) == f"Step 100 of {config.training.steps}"
    assert message(alone, _) == "The scheduler is away"
    noted = message(replace(alone, told=True), _)
    assert noted == (
        "The scheduler is away What it was told meanwhile is noted, and done then."
    )
    resting = replace(alone, run=replace(run, status="paused"))
    assert (state(resting, _), message(resting, _)) == ("Paused", "")
