"""A PostgreSQL that is stopped and started again under a server that trains."""

import json
import logging
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient, WebSocketTestSession
from streamlit.testing.v1 import AppTest

from explorer.engine import driving
from explorer.engine.service import _made, engine
from explorer.runs import trouble
from explorer.runs.commands import STOP
from explorer.runs.records import Run
from explorer.training.trainer import Budget, advance
from explorer.ui.headers import Headers
from explorer.ui.hosts import KnownHosts
from explorer.ui.live.server import lifespan, routes
from explorer.ui.live.wishes import LIVE
from explorer.ui.occupancy import Occupancy
from explorer.ui.places import PAGES, SOCKET, Place, places
from explorer.ui.visitor import KnownBrowsers
from tests.engine.test_engine_runs import small, until_ended
from tests.postgresql import NoPostgreSQLError, Server, empty, served
from tests.ui.conftest import QUIET, page
from tests.ui.live import OWN
from tests.waiting import wait

pytestmark = [*QUIET, pytest.mark.slow]
torch.set_num_threads(1)
SAID, SAID_IN_CHINESE = "but it does not answer", "它没有应答"


@pytest.fixture
def database() -> Iterator[Server]:
    try:
        with served() as found:
            yield found
    except NoPostgreSQLError as reason:
        pytest.skip(str(reason))


@pytest.fixture
def client(
    with_workers: None,
    database: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[TestClient]:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    monkeypatch.setenv("EXPLORER_DATABASE", empty(database, "away"))
    monkeypatch.setattr(driving, "LASTS", 3.0)
    monkeypatch.setattr(driving, "RENEWED_EVERY", 0.5)
    monkeypatch.setattr(trouble, "_logged_at", {})
    _made.cache_clear()
    before = [
        Middleware(each) for each in (Headers, KnownHosts, Occupancy, KnownBrowsers)
    ]
    app = Starlette(routes=routes(), middleware=before, lifespan=lifespan)
    with TestClient(app) as client:
        wait(lambda: bool(_made.cache_info().currsize))
        yield client
    _made.cache_clear()


def what_comes(socket: WebSocketTestSession) -> "queue.Queue[dict[str, Any]]":
    """What a live socket brings from now on: who reads it need not wait for ever."""
    came: queue.Queue[dict[str, Any]] = queue.Queue()

    def read() -> None:
        with suppress(Exception):  # it is closed
            while True:
                received = socket.receive()
                came.put(json.loads(received.get("bytes") or received["text"]))

    threading.Thread(target=read, daemon=True).start()
    return came


def until(
    came: "queue.Queue[dict[str, Any]]", there: Callable[[dict[str, Any]], bool]
) -> None:
    """Read what came until it is this."""
    while not there(came.get(timeout=120)):
        pass


def tells(sentence: str, told: dict[str, Any]) -> bool:
    return sentence in told.get("error", "") + told.get("message", "")


def switch(test: AppTest, place: Place) -> list[str]:
    """What a tab says of the database when it goes to this page."""
    test.switch_page(f"../../pages/{place.file.name}").run()
    assert not test.exception, place.title
    return [error.value for error in test.error if SAID in error.value]


def wish(run: Run, language: str) -> str:
    return json.dumps(
        {"run": run.id, "at": LIVE, "shown": "loss", "language": language}
    )


def test_pages_say_that_it_is_away_and_training_goes_on_when_it_is_back(
    client: TestClient, database: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    run = engine().start(small(steps=20_000, model="lstm"))
    cookie = client.get("/").headers["set-cookie"].split(";")[0]
    tab = page()
    connect = partial(client.websocket_connect, SOCKET, headers=OWN)
    with connect() as english, connect() as chinese:
        shown = {SAID: what_comes(english), SAID_IN_CHINESE: what_comes(chinese)}
        english.send_text(wish(run, "en"))
        chinese.send_text(wish(run, "zh"))
        for came in shown.values():
            until(came, lambda told: told.get("message") == "")
        database.stop()
        for sentence, came in shown.items():
            until(came, partial(tells, sentence))
        wait(lambda: not engine()._driving.held)  # longer than its lease lasts
        for place in places(PAGES):
            for known in ({}, {"cookie": cookie}):
                assert client.get(f"/{place.address}", headers=known).status_code == 200
            said = switch(tab, place)
            assert len(said) == (place.title != "Models"), place.title
        with connect() as late:
            late.send_text(wish(run, "en"))
            until(what_comes(late), partial(tells, SAID))
        database.start()
        for came in shown.values():
            until(came, lambda told: told.get("message") == "")
    assert not any(switch(tab, place) for place in places(PAGES)[:3])
    engine().send(run.id, STOP())
    ended = until_ended(engine(), run)
    _, uncut = advance(run.config, None, Budget(steps=ended.step))
    kept = engine().store.curves(run.id)
    np.testing.assert_array_equal(kept.losses, uncut.curves.losses)
    said = [r.getMessage() for r in caplog.records if SAID in r.getMessage()]
    assert len(said) == 1
    assert not [r for r in caplog.records if r.exc_info]
