"""Under which names a server is asked, and what it keeps to itself."""

import socket

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.testing.v1.util import patch_config_options

from explorer.ui.hosts import METRICS, KnownHosts
from explorer.ui.origins import host_allowed
from tests.ui.conftest import ROOT

pytestmark = pytest.mark.quick


async def hello(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def line(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")


def browser() -> TestClient:
    app = Starlette(
        routes=[
            Route("/", hello),
            Route("/rooms" + METRICS, hello),
            Route(METRICS, hello),
            WebSocketRoute("/line", line),
        ],
        middleware=[Middleware(KnownHosts)],
    )
    return TestClient(app)


@pytest.mark.parametrize(
    ("address", "host", "may"),
    [
        ("127.0.0.1", "explorer.example", True),  # a proxy on this machine asks
        ("localhost", "explorer.example", True),
        ("::1", "explorer.example", True),
        ("0.0.0.0", "192.168.1.20:8501", True),
        ("0.0.0.0", "[fe80::1]:8501", True),
        ("0.0.0.0", "localhost:8501", True),
        ("0.0.0.0", socket.gethostname().upper(), True),
        ("0.0.0.0", f"{socket.gethostname()}.local.", True),
        ("0.0.0.0", "known.example:8443", True),
        ("0.0.0.0", "rebound.example", False),
        ("192.168.1.20", "rebound.example", False),
        ("", "rebound.example", False),
        (None, "rebound.example", False),
        ("0.0.0.0", "127.0.0.1.rebound.example", False),
        ("0.0.0.0", "localhost@rebound.example", False),
        ("0.0.0.0", "localhost/rebound.example", False),
        ("0.0.0.0", "localhost:no", False),
        ("0.0.0.0", "[bad", False),
        ("0.0.0.0", "", False),
        ("0.0.0.0", None, False),
    ],
)
def test_who_is_opened_to_a_network_answers_to_names_of_its_own(
    address: str | None, host: str | None, may: bool
) -> None:
    known = ["https://known.example:8443"]
    options = {"server.address": address, "server.corsAllowedOrigins": known}
    with patch_config_options(options):
        assert host_allowed(host) is may


def test_a_list_of_names_is_all_there_is() -> None:
    options = {"server.address": "0.0.0.0", "server.allowedHosts": ["a.example"]}
    with patch_config_options(options):
        assert host_allowed("a.example:8501")
        assert not host_allowed("192.168.1.20")


def test_a_foreign_name_gets_a_sentence_in_ones_language() -> None:
    client, foreign = browser(), {"host": "rebound.example"}
    with patch_config_options({"server.address": "0.0.0.0"}):
        answer = client.get("/", headers=foreign)
        assert answer.status_code == 421
        assert "was asked as 'rebound.example'" in answer.text
        answer = client.get(
            "/", headers=foreign | {"accept-language": "zh-CN,zh;q=0.9"}
        )
        assert "rebound.example" in answer.text
        assert "服务器" in answer.text
        with (
            pytest.raises(WebSocketDisconnect),
            client.websocket_connect("/line", headers=foreign),
        ):
            pass
        assert client.get("/", headers={"host": "10.0.0.1"}).text == "hello"


@pytest.mark.parametrize("path", [METRICS, METRICS + "/", "/rooms" + METRICS])
def test_metrics_are_nobodys(path: str) -> None:
    assert browser().get(path).status_code == 404
    assert browser().get("/").text == "hello"


def test_the_app_has_these_doors() -> None:
    text = (ROOT / "streamlit_app.py").read_text(encoding="utf-8")
    assert "Middleware(KnownHosts)" in text
