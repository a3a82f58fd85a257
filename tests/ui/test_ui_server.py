"""The addresses of the live part: who is let in, and what a page is told."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit import net_util
from streamlit.testing.v1.util import patch_config_options

from explorer.ui.live.server import FOREIGN, routes
from explorer.ui.origins import allowed
from explorer.ui.places import REASON, SOCKET, WAITING
from explorer.ui.plotly_js import PLOTLY
from tests.ui.conftest import QUIET, ROOT

pytestmark = QUIET


@pytest.mark.parametrize(
    ("origin", "host", "may"),
    [
        ("http://a.example", "a.example", True),
        ("https://a.example:8501", "a.example:8501", True),
        ("http://localhost:8501", "a.example", True),
        ("https://known.example:8443", "a.example", True),
        (None, "a.example", True),
        ("http://evil.example", "a.example", False),
        ("http://a.example.evil.example", "a.example", False),
        ("http://a.example:1", "a.example:2", False),
        ("http://[bad", "a.example", False),
        ("null", "a.example", False),
        ("", "a.example", False),
    ],
)
def test_only_pages_of_allowed_addresses_may_open_the_socket(
    monkeypatch: pytest.MonkeyPatch, origin: str | None, host: str, may: bool
) -> None:
    monkeypatch.setattr(net_util, "get_external_ip", lambda: None)
    with patch_config_options({"server.corsAllowedOrigins": ["https://known.example"]}):
        assert allowed(origin, host) is may


@pytest.mark.parametrize("host", ["evil.example", "a.example@evil.example"])
def test_a_server_with_a_list_of_hosts_answers_to_no_other(host: str) -> None:
    with patch_config_options({"server.allowedHosts": ["a.example"]}):
        assert allowed("http://a.example", "a.example")
        assert not allowed(f"http://{host}", host)
        assert not allowed(None, host)


@pytest.mark.parametrize("base", ["", "rooms/explorer", "/rooms/explorer/"])
def test_the_routes_lie_under_the_base_path(base: str) -> None:
    with patch_config_options({"server.baseUrlPath": base}):
        paths = {route.path for route in routes()}  # type: ignore[attr-defined]
    prefix = f"/{base.strip('/')}" if base else ""
    for path in (SOCKET, PLOTLY, WAITING, REASON, "", "models"):
        assert f"{prefix}/{path}" in paths


@pytest.mark.parametrize(
    ("path", "accepted", "language", "title"),
    [
        ("/", "en-US,en;q=0.9", "en", "Sequence Explorer"),
        ("/class", "zh-CN,zh;q=0.9,en;q=0.8", "zh", "序列探索器"),
        ("/?lang=zh", "en-US", "zh", "序列探索器"),
        ("/models?lang=en", "zh-CN", "en", "Sequence Explorer"),
        ("/", "de", "en", "Sequence Explorer"),
    ],
)
def test_a_page_is_in_its_readers_language_from_the_beginning(
    client: TestClient, path: str, accepted: str, language: str, title: str
) -> None:
    page = client.get(path, headers={"accept-language": accepted}).text
    assert f'<html lang="{language}">' in page
    assert f"<title>{title}</title>" in page
    assert f'<script type="module" src="./{WAITING}"></script>' in page
    assert 'src="./static/js/' in page


@pytest.mark.parametrize(
    ("origin", "said"),
    [
        ("http://testserver", "has to forward WebSockets"),
        ("http://a.example:81", "is at http://a.example:81, and the server was asked"),
    ],
)
def test_a_page_that_gets_no_socket_is_told_why(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, origin: str, said: str
) -> None:
    monkeypatch.setattr(net_util, "get_external_ip", lambda: None)
    answer = client.get(f"/{REASON}", params={"origin": origin})
    assert answer.headers["content-type"].startswith("text/plain")
    assert said in answer.text
    chinese = client.get(f"/{REASON}", params={"origin": origin, "lang": "zh"}).text
    assert chinese != answer.text
    assert "代理" in chinese


def test_a_foreign_page_is_turned_away(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(net_util, "get_external_ip", lambda: None)
    headers = {"host": "testserver", "origin": "http://evil.example"}
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client.websocket_connect(SOCKET, headers=headers),
    ):
        pass
    assert refused.value.code == FOREIGN


def test_plotly_is_served_from_here(client: TestClient) -> None:
    response = client.get(PLOTLY)
    assert response.status_code == 200
    assert "immutable" in response.headers["cache-control"]
    assert len(response.content) > 10**6
    for source in (Path(__file__).parents[2] / "assets" / "live").glob("*.js"):
        assert "http://" not in source.read_text()
        assert "https://" not in source.read_text()


def test_a_port_in_use_ends_the_start_with_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = ["run", "streamlit_app.py", "--server.headless=true"]
        ended = subprocess.run(
            [sys.executable, "-m", "streamlit", *command, f"--server.port={port}"],
            cwd=ROOT,
            env=os.environ | {"EXPLORER_DATA": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    (line,) = (ended.stdout + ended.stderr).strip().splitlines()
    assert line.endswith(f"Port {port} is not available")
    assert ended.returncode == 1
    assert list(tmp_path.iterdir()) == []
