"""A database that cannot be opened is a sentence on every page, until it can."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.testing.v1 import AppTest

from explorer.catalog import choosing
from explorer.engine.hub import Snapshot
from explorer.engine.service import _made, engine
from explorer.errors import ExplorerError, Words
from explorer.runs import trouble
from explorer.runs.records import Curves, Run
from explorer.ui import page
from explorer.ui.language import translator
from explorer.ui.live import server
from explorer.ui.live.frames import message, numbers, state
from explorer.ui.live.server import lifespan, routes
from explorer.ui.places import SOCKET
from explorer.ui.visitor import KnownBrowsers
from tests.ui.conftest import QUIET, ROOT
from tests.ui.live import OWN

pytestmark = QUIET
SAID = "its file is damaged"


def test_pages_say_why_there_is_no_engine_and_it_comes_by_itself(
    with_workers: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    monkeypatch.setattr(trouble, "_logged_at", {})
    caplog.set_level(logging.WARNING)
    monkeypatch.setattr(server, "AGAIN_AFTER", 0.05)
    _made.cache_clear()
    file = tmp_path / "explorer.sqlite3"
    file.write_text("Not a database at all. " * 50)
    app = Starlette(
        routes=routes(), middleware=[Middleware(KnownBrowsers)], lifespan=lifespan
    )
    with TestClient(app) as client:
        assert client.get("/").status_code == 200
        with client.websocket_connect(SOCKET, headers=OWN) as tab:
            assert SAID in tab.receive_json()["error"]
            assert tab.receive()["code"] == server.LATER
        router = str(ROOT / "explorer/ui/router.py")
        shown = AppTest.from_file(router, default_timeout=120).run()
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
    assert [SAID in r.getMessage() for r in caplog.records].count(True) == 1
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
    noted = message(replace(alone, commanded=True), _)
    assert noted == (
        "The scheduler is away What it was told meanwhile is noted, and done then."
    )
    resting = replace(alone, run=replace(run, status="paused"))
    assert (state(resting, _), message(resting, _)) == ("Paused", "")


def test_a_page_is_drawn_again_when_the_servers_trouble_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[str] = []
    waits: list[Callable[[], None]] = []

    def fragment(part: Callable[..., None], run_every: float) -> Callable[..., None]:
        assert run_every == page.LOOKS_EVERY
        return lambda *given: waits.append(lambda: part(*given))

    owner = SimpleNamespace(trouble=Words("The database is away"))
    monkeypatch.setattr(page, "engine", lambda: owner)
    monkeypatch.setattr(page, "words", lambda: translator("en"))
    monkeypatch.setattr(page, "show_error", lambda *_told: None)
    monkeypatch.setattr(page.st, "fragment", fragment)
    monkeypatch.setattr(page.st, "rerun", lambda: drawn.append("again"))
    monkeypatch.setattr(page, "LOOKS_EVERY", -1.0)
    page.show_trouble(ExplorerError.saying(owner.trouble))
    (look,) = waits
    look()
    assert drawn == []
    owner.trouble = None
    look()
    assert drawn == ["again"]
    page.show_trouble(ExplorerError.saying(Words("Give a prime.")))
    assert len(waits) == 1  # a mistake of the reader's stays until it is mended


def test_a_tab_that_left_before_it_was_told_why_is_no_bug(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Gone(WebSocket):
        async def accept(self, *_: Any, **__: Any) -> None: ...

        async def send_text(self, data: str) -> None:
            raise WebSocketDisconnect(1006)

    def failing() -> None:
        raise ExplorerError("There is no engine.")

    monkeypatch.setattr(server, "engine", failing)
    headers = [
        (k.encode(), v.encode()) for k, v in {"host": "testserver", **OWN}.items()
    ]
    scope = {
        "type": "websocket",
        "path": SOCKET,
        "headers": headers,
        "query_string": b"",
    }
    asyncio.run(server.live(Gone(scope, Any, Any)))
