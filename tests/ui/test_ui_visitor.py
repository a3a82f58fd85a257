"""Whose browser it is: the cookie, who may forge it, and what the live socket asks."""

import json
import time
from collections.abc import Iterator
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from streamlit.runtime.context import ContextProxy

from explorer.catalog import choosing
from explorer.engine.service import engine
from explorer.errors import ExplorerError
from explorer.ui.live.server import live
from explorer.ui.live.wishes import Wish
from explorer.ui.places import SOCKET
from explorer.ui.visitor import (
    COOKIE,
    DAY,
    HOUR,
    KnownBrowsers,
    _Hourly,
    _new_owner,
    _read,
    control_token,
    controller,
    owner,
)
from tests.ui.conftest import QUIET, page

pytestmark = [pytest.mark.usefixtures("workers"), *QUIET]


async def html(_request: Request) -> HTMLResponse:
    return HTMLResponse("<p>a page</p>")


async def plain(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("no page")


async def data(_request: Request) -> JSONResponse:
    return JSONResponse({})


ROUTES = [
    Route("/", html),
    Route("/text", plain),
    Route("/json", data),
    Route("/base/_stcore/host-config", data),
]


def fresh(scheme: str = "http") -> TestClient:
    """A browser that was never here."""
    app = Starlette(
        routes=[*ROUTES, WebSocketRoute(f"/{SOCKET}", live)],
        middleware=[Middleware(KnownBrowsers)],
    )
    return TestClient(app, base_url=f"{scheme}://testserver")


def cookie_of(header: str) -> Any:
    return SimpleCookie(header)[COOKIE]


def tab(monkeypatch: pytest.MonkeyPatch, cookie: str | None = None) -> None:
    """A tab's first script run, with this cookie."""
    cookies = {} if cookie is None else {COOKIE: cookie}
    monkeypatch.setattr(streamlit, "context", SimpleNamespace(cookies=cookies))
    monkeypatch.setattr(streamlit, "session_state", {})
    monkeypatch.setattr(streamlit, "user", {})


@pytest.fixture
def signed() -> str:
    """A cookie of this server's."""
    given = cookie_of(fresh().get("/").headers["set-cookie"])
    return str(given.value)


# The cookie


def test_a_page_brings_one_cookie_that_scripts_cannot_read() -> None:
    client = fresh()
    (header,) = client.get("/").headers.get_list("set-cookie")
    given = cookie_of(header)
    assert given["httponly"] is True
    assert given["samesite"] == "Lax"
    assert given["path"] == "/"
    assert int(given["max-age"]) > 300 * 24 * 3600
    assert given["secure"] == ""
    assert "set-cookie" not in client.get("/").headers


def test_under_https_the_cookie_stays_there() -> None:
    for place in ("document", "empty"):
        answer = fresh("https").get("/", headers={"sec-fetch-dest": place})
        given = cookie_of(answer.headers["set-cookie"])
        assert (given["secure"], given["samesite"]) == (True, "Lax")


def test_in_a_frame_the_cookie_is_the_frames_alone_and_needs_https() -> None:
    framed = {"sec-fetch-dest": "iframe"}
    header = fresh("https").get("/", headers=framed).headers["set-cookie"]
    assert header.endswith("HttpOnly; SameSite=None; Secure; Partitioned")
    header = fresh().get("/", headers=framed).headers["set-cookie"]
    assert header.endswith("SameSite=Lax")


@pytest.mark.parametrize("path", ["/text", "/json", "/nothing"])
def test_what_is_no_page_brings_no_cookie(path: str) -> None:
    assert "set-cookie" not in fresh().get(path).headers


def test_what_streamlit_asks_for_before_its_socket_brings_one_too() -> None:
    client = fresh()
    assert "set-cookie" in client.get("/base/_stcore/host-config").headers
    assert "set-cookie" not in client.get("/base/_stcore/host-config").headers


def test_two_browsers_are_two_people(signed: str) -> None:
    other = str(cookie_of(fresh().get("/").headers["set-cookie"]).value)
    assert _read(signed) != _read(other)


def test_a_known_browser_is_the_same_person_in_every_tab(
    signed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for _ in range(2):
        tab(monkeypatch, signed)
        found += [owner(), owner()]
    assert len(set(found)) == 1
    assert found[0] == _read(signed)


def test_a_cookie_that_is_cut_or_forged_names_nobody(
    signed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, _, signature = signed.rpartition(".")
    other = "browser-" + "x" * 32
    token = control_token("run", "browser-x", "")  # signed, but for another use
    forged = [f"{other}.{signature}", name, signed[:-1], signed[1:], other, token, "."]
    for cookie in forged:
        assert _read(cookie) is None, cookie
        tab(monkeypatch, cookie)
        assert owner() not in (other, _read(signed), "browser-x"), cookie
        answer = fresh().get("/", headers={"cookie": f"{COOKIE}={cookie}"})
        assert "set-cookie" in answer.headers, cookie


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=120))
@example(raw=b"a=b; explorer_owner=\xff")
@example(raw=b"explorer_owner=")
@example(raw=b'explorer_owner="\\377.x"; explorer_owner')
@example(raw=b"=;=;[]")
def test_no_cookie_breaks_a_page(raw: bytes) -> None:
    for header in (raw, f"{COOKIE}=".encode() + raw):
        sent = header.replace(b"\n", b"").replace(b"\r", b"").replace(b"\0", b"")
        answer = fresh().get("/", headers=[(b"cookie", sent)])
        assert answer.status_code == 200
        assert "set-cookie" in answer.headers


@settings(max_examples=60)
@given(text=st.text(max_size=80))
def test_no_text_is_taken_for_a_signed_owner(text: str) -> None:
    assert _read(text) is None


def test_a_browser_without_cookies_owns_its_runs_while_its_tab_is_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tab(monkeypatch)
    first = owner()
    assert first == owner()
    tab(monkeypatch)
    assert owner() != first


# Logins


def user(**facts: object) -> dict[str, object]:
    return {"is_logged_in": True, "iss": "https://a.example", "sub": "7"} | facts


def test_an_account_is_the_same_person_in_every_browser(
    signed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for facts in (user(), user(name="Ann"), user(sub="8"), user(iss="https://b")):
        tab(monkeypatch, signed)
        monkeypatch.setattr(streamlit, "user", facts)
        found.append(owner())
    assert found[0] == found[1]
    assert len(set(found)) == 3
    assert _read(signed) not in found
    assert all(each.startswith("user-") and each != "7" for each in found)
    monkeypatch.setattr(streamlit, "user", {"is_logged_in": False})
    assert owner() == _read(signed)


def buttons(monkeypatch: pytest.MonkeyPatch, **more: object) -> set[str]:
    for name, value in more.items():
        monkeypatch.setattr(streamlit, name, value)
    test = page("models")
    assert not test.exception
    assert [e.value[:20] for e in test.error] in ([], ["Logins are set up he"])
    logins = {b.key for b in test.button} - {"language.zh"}
    return logins | {e.value[:20] for e in test.error}


class Secrets(dict[str, object]):
    """What `.streamlit/secrets.toml` would hold."""

    def load_if_toml_exists(self) -> bool:
        return True


def test_log_in_is_offered_where_it_is_set_up_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert buttons(monkeypatch) == set()
    assert buttons(monkeypatch, secrets=Secrets(other=1)) == set()
    told = {"Logins are set up he"}
    assert buttons(monkeypatch, secrets=Secrets(auth={})) == told
    monkeypatch.setattr("explorer.ui.visitor.find_spec", lambda name: name)
    assert buttons(monkeypatch) == {"login"}
    assert buttons(monkeypatch, user=user(name="Ann")) == {"logout"}


# The live socket


OWN = {"origin": "http://testserver", "host": "testserver"}


def held(run_id: str, token: str, cookie: str = "") -> str:
    """What the socket says to a change that is to be held, or to the "[]" after it."""
    wish = {"run": run_id, "token": token, "shown": "change"}
    wish |= {"hold": "release"}
    browser = fresh()
    browser.cookies = {COOKIE: cookie}
    with browser.websocket_connect(SOCKET, headers=OWN) as socket:
        socket.send_text(json.dumps(wish))
        socket.send_text("[]")
        return str(json.loads(socket.receive_text())["error"])


def test_the_socket_lets_who_has_the_token_change_a_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run, other = (engine().prepare(choosing.make_config(), "ann") for _ in range(2))
    token = control_token(run.id, "ann", "hers")
    assert "JSON object" in held(run.id, token, "hers")
    others = control_token(other.id, "ann", "hers"), control_token(run.id, "b", "hers")
    for wrong in ("", "x", run.id, token[1:], *others):
        assert "this one is another's" in held(run.id, wrong, "hers"), wrong
    assert "this one is another's" in held(run.id, token, "another browser's")
    later = _Hourly.get_timestamp
    monkeypatch.setattr(_Hourly, "get_timestamp", lambda self: later(self) + DAY + HOUR)
    assert "may change runs for a day" in held(run.id, token, "hers")


def test_a_token_is_for_one_run_and_one_browser() -> None:
    token = control_token("a", "ann", "hers")
    assert controller("a", token, "hers") == "ann"
    assert controller("b", token, "hers") is None
    assert controller("a", token, "") is None
    assert controller("a", "", "hers") is None


def test_a_token_ends_after_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    token, now = control_token("a", "ann", "hers"), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 23 * 3600)
    assert controller("a", token, "hers") == "ann"
    monkeypatch.setattr(time, "time", lambda: now + 25 * 3600)
    with pytest.raises(ExplorerError, match="may change runs for a day"):
        controller("a", token, "hers")


@pytest.mark.parametrize(
    "person", ["user-" + 40 * "f", _new_owner()], ids=["user", "browser"]
)
def test_a_token_has_room_in_a_wish(person: str) -> None:
    token = control_token(16 * "r", person, "")
    assert Wish(run=16 * "r", token=token).token == token


@pytest.mark.parametrize("name", ["", "inside"])
def test_a_tab_gets_the_token_of_its_own_runs_alone(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ContextProxy, "cookies", {COOKIE: "theirs"})
    run = engine().prepare(choosing.make_config(), "ann")
    for person, known in (("ann", True), ("bob", False)):
        test = page(name, owner=person, run=run.id)
        (data,) = [p for p in components(test) if p.get("run") == run.id]
        assert controller(run.id, data["token"], "theirs") == ("ann" if known else None)
        for key in ("resume", "step1", "stop"):
            assert test.button(key=key).disabled is not known, key


def components(test: Any) -> Iterator[dict[str, Any]]:
    """The data of every component on a page."""
    for element in test.get("bidi_component"):
        if element.proto.json:
            yield json.loads(element.proto.json)


def test_the_cookie_stands_in_no_address_and_in_no_element(signed: str) -> None:
    known = _read(signed)
    assert known is not None
    run = engine().prepare(choosing.make_config(), known)
    test = page(owner=known, run=run.id)
    assert known not in repr(test.query_params)
    sent = " ".join(str(e) for e in test.main) + " ".join(str(e) for e in test.sidebar)
    assert known not in sent


def test_the_key_is_made_once() -> None:
    store = engine().store
    assert store.keys.get("visitors") == store.keys.get("visitors")
    assert store.keys.get("visitors") != store.keys.get("others")
