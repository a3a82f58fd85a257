"""Scripts and styles: as few bytes as can be, and none at all the second time."""

import gzip
import re
from pathlib import Path

import pyarrow
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.testing.v1.util import patch_config_options

from explorer.ui.files import KEPT, STREAMLITS, Compressed
from explorer.ui.plotly_js import PLOTLY
from explorer.ui.shell import ELEMENTS, MORE, _html
from tests.ui.conftest import ROOT

SCRIPT = max((STREAMLITS / "js").glob("index.*.js"), key=lambda p: p.stat().st_size)
STYLE = max((STREAMLITS / "css").glob("*.css"), key=lambda p: p.stat().st_size)


def app() -> TestClient:
    async def other(request: object) -> PlainTextResponse:
        return PlainTextResponse("another's answer")

    routes = [Route("/{path:path}", other)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(Compressed)]))


def sent(address: str, coding: str) -> tuple[bytes, dict[str, str]]:
    """An answer as it is on the wire."""
    with app().stream("GET", address, headers={"Accept-Encoding": coding}) as response:
        return b"".join(response.iter_raw()), dict(response.headers)


@pytest.mark.parametrize("file", [SCRIPT, STYLE], ids=["script", "style"])
@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_file_is_compressed_and_kept(file: Path, coding: str) -> None:
    raw = file.read_bytes()
    body, headers = sent(f"/static/{file.parent.name}/{file.name}", f"{coding}, x")
    assert headers["content-encoding"] == coding
    assert len(body) < len(raw) / 2
    if coding == "gzip":
        assert gzip.decompress(body) == raw
    else:
        unpacked = pyarrow.decompress(body, len(raw), codec="brotli", asbytes=True)
        assert unpacked == raw
    for name, value in KEPT.items():
        assert headers[name.lower()] == value


def test_who_reads_no_coding_gets_the_file_as_it_is() -> None:
    body, headers = sent(f"/static/js/{SCRIPT.name}", "identity")
    assert body == SCRIPT.read_bytes()
    assert "content-encoding" not in headers


@pytest.mark.parametrize(
    "address",
    ["/", "/static/js/none.js", "/static/js/..", "/static/index.html", "/static/js/"],
)
def test_all_else_is_left_to_streamlit(address: str) -> None:
    assert sent(address, "br")[0] == b"another's answer"


def test_files_lie_under_the_base_path() -> None:
    with patch_config_options({"server.baseUrlPath": "explorer"}):
        body, _ = sent(f"/explorer/static/js/{SCRIPT.name}", "br")
        other, _ = sent(f"/static/js/{SCRIPT.name}", "br")
    assert 10_000 < len(body) < SCRIPT.stat().st_size / 2
    assert other == b"another's answer"


@pytest.mark.parametrize("more", [(), MORE["runs"]])
def test_a_page_asks_at_once_for_what_it_is_going_to_need(
    more: tuple[str, ...],
) -> None:
    page = _html("en", ELEMENTS + more)
    asked = re.findall(r'"modulepreload" crossorigin href="./static/([^"]+)"', page)
    assert len(asked) == len(set(asked))
    for element in ELEMENTS + more:
        script = element.rpartition("/")[2]
        assert any(name.startswith(f"js/{script}.") for name in asked), element
    assert all((STREAMLITS / name).is_file() for name in asked)
    assert f'<script async id="plotly-js" src="./{PLOTLY}" onerror=' in page


def test_the_app_sends_them_and_compresses_its_sockets() -> None:
    app = (ROOT / "streamlit_app.py").read_text(encoding="utf-8")
    assert "Middleware(Compressed)" in app
    config = (ROOT / ".streamlit/config.toml").read_text(encoding="utf-8")
    assert "enableWebsocketCompression = true" in config
