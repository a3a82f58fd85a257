"""What every answer tells the browser of pictures and frames."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from explorer.errors import ExplorerError
from explorer.ui.headers import FRAMES, Headers, frame_ancestors
from tests.ui.conftest import ROOT

pytestmark = pytest.mark.quick


def policy(path: str = "/") -> dict[str, str]:
    app = Starlette(
        routes=[Route("/", lambda request: PlainTextResponse("hello"))],
        middleware=[Middleware(Headers)],
    )
    found = TestClient(app).get(path).headers["content-security-policy"]
    return dict(part.strip().split(" ", 1) for part in found.split(";"))


@pytest.mark.parametrize("path", ["/", "/made-up"])
def test_pictures_and_frames_are_our_own(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(FRAMES, raising=False)
    found = policy(path)
    assert found["frame-ancestors"] == "'self'"
    assert found["img-src"] == "'self' data: blob:"
    assert found["object-src"] == "'none'"


def test_sites_that_may_show_the_app_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FRAMES, "https://school.example  https://*.org:8443")
    ancestors = policy()["frame-ancestors"]
    assert ancestors == "'self' https://school.example https://*.org:8443"


@pytest.mark.parametrize("site", ["school", "'none'", "https://a;x", "a,b", "data:"])
def test_what_is_no_site_gets_a_sentence(
    site: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ExplorerError, match="must name sites like"):
        frame_ancestors(site)
    monkeypatch.setenv(FRAMES, site)
    assert policy()["frame-ancestors"] == "'self'"
    assert "must name sites like" in caplog.text


def test_the_app_sends_them() -> None:
    text = (ROOT / "streamlit_app.py").read_text(encoding="utf-8")
    assert "Middleware(Headers)" in text


def test_the_server_answers_this_machine_alone_and_takes_no_huge_messages() -> None:
    config = (ROOT / ".streamlit/config.toml").read_text(encoding="utf-8")
    assert 'address = "127.0.0.1"' in config
    assert "maxMessageSize = 32" in config  # of Streamlit's 200 MB, for either socket
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "ADDRESS ?= 127.0.0.1" in make
    assert "--server.address $(ADDRESS)" in make
