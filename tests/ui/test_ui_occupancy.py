"""What one tab, and all tabs together, may ask of the server."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Any, cast

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from explorer.engine.limits import SERVER_LIMITS
from explorer.engine.looks import Looks
from explorer.errors import ExplorerError
from explorer.ui.live.looking import Looking
from explorer.ui.occupancy import TABS, UPLOADS, Occupancy, check_tab
from explorer.ui.places import SOCKET


def test_a_newer_look_of_a_tab_takes_the_place_of_those_that_wait() -> None:
    begun: list[int] = []

    async def ask_at_full_speed() -> None:
        looking = Looking(cast(Looks, None))
        back = asyncio.Event()

        async def look(number: int) -> int:
            begun.append(number)
            await back.wait()
            return number

        asking: list[asyncio.Task[int]] = []
        for number in range(8):
            if asking:
                asking[-1].cancel()
            asking.append(asyncio.create_task(looking.alone(look(number))))
            await asyncio.sleep(0)
        assert begun == [0]
        back.set()
        assert await asking[-1] == 7
        for task in asking[:-1]:
            with suppress(asyncio.CancelledError):
                await task

    asyncio.run(ask_at_full_speed())
    assert begun == [0, 7]


async def _stored(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{len(await request.body())} bytes")


async def _open(socket: WebSocket) -> None:
    await socket.accept()
    with suppress(WebSocketDisconnect):
        await socket.receive_text()


@pytest.fixture
def client() -> TestClient:
    routes: list[Any] = [
        Route(f"/deep{UPLOADS}one/two", _stored, methods=["PUT"]),
        WebSocketRoute(f"/deep{TABS}", _open),
        WebSocketRoute(f"/deep/{SOCKET}", _open),
    ]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(Occupancy)]))


def test_uploads_of_all_tabs_have_a_limit(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SERVER_LIMITS, "upload_megabytes=1")
    address = f"/deep{UPLOADS}one/two"
    assert client.put(address, content=bytes(10**6)).text == "1000000 bytes"
    refused = client.put(address, content=bytes(10**6 + 1))
    assert refused.status_code == 413
    assert "keeps 1 MB of uploads in memory" in refused.text
    unknown = client.put(address, content=iter([b"no length is said"]))
    assert unknown.status_code == 413
    lie = {"Content-Length": "9" * 5000}
    assert client.put(address, content=b"few", headers=lie).status_code == 413
    assert Occupancy.coming == 0


def test_tabs_above_the_limit_are_told_so_and_far_above_it_closed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SERVER_LIMITS, "sessions=1")
    address = f"/deep{TABS}"
    with client.websocket_connect(address):
        check_tab_anew()
        with client.websocket_connect(address):
            said = "serves 1 open tabs at one time, and 2 are open"
            with pytest.raises(ExplorerError, match=said):
                check_tab_anew()
            with (
                pytest.raises(WebSocketDisconnect),
                client.websocket_connect(address) as third,
            ):
                third.receive_text()
    check_tab_anew()


def test_far_more_live_sockets_than_tabs_are_closed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SERVER_LIMITS, "sessions=1")
    connect = partial(client.websocket_connect, f"/deep/{SOCKET}")
    with connect(), connect():
        with pytest.raises(WebSocketDisconnect), connect():
            pass
        assert Occupancy.live == 2
    assert Occupancy.live == 0


def check_tab_anew() -> None:
    """As a tab that has just been opened."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("explorer.ui.occupancy.st.session_state", {})
        check_tab()
