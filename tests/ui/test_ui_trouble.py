"""A database that cannot be opened is a sentence on every page, until it can."""

import time
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from explorer.engine.service import _made, engine
from explorer.ui.live import server
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
