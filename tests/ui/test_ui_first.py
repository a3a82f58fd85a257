"""The first picture: what the page's live part will be given, sooner than the page."""

import asyncio
import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from explorer.catalog import choosing
from explorer.config.run import query_pairs, to_query
from explorer.data import content
from explorer.engine.service import engine
from explorer.ui.live import component, early
from explorer.ui.live.first import first_picture
from explorer.ui.live.scripts import LIVE_JS
from explorer.ui.live.server import routes
from explorer.ui.places import FIRST, SOCKET
from explorer.ui.plotly_js import PLOTLY
from explorer.ui.samples import SAMPLE
from explorer.ui.shell import at_once
from tests.ui.conftest import QUIET, page
from tests.ui.live import PLAYGROUND, answer

pytestmark = QUIET

LONG = 60.0
"""Seconds for a picture, on a slow day."""


def asked(language: str = "en", patience: float = LONG, **address: str) -> Any:
    """The answer to the page with this address."""

    async def ask() -> bytes:
        engine().hub.attach(asyncio.get_running_loop())
        return await first_picture(address, language, patience)

    return json.loads(asyncio.run(ask()))


def given(monkeypatch: pytest.MonkeyPatch, **address: str) -> dict[str, Any]:
    """What the page itself gives its live part."""
    found: list[dict[str, Any]] = []

    class Result:
        at = None

    def mounted(*, data: dict[str, Any], **_rest: object) -> Result:
        found.append(data)
        return Result()

    with monkeypatch.context() as patch:
        patch.setattr(component, "_component", mounted)
        page(**address)
    return found[-1]


@pytest.mark.parametrize(
    "address",
    [
        {},
        {"run": SAMPLE},
        {"lang": "zh"},
        {"data": "recall", "model": "gru"},
        {"model.hidden_size": "48", "run": "sample_waves"},
    ],
    ids=str,
)
def test_it_is_what_the_page_gives_its_live_part(
    workers: None, monkeypatch: pytest.MonkeyPatch, address: dict[str, str]
) -> None:
    own = given(monkeypatch, **address)
    told = asked(address.get("lang", "en"), **address)
    own = {k: v for k, v in own.items() if k not in ("look", "token")}
    assert told["data"] == json.loads(json.dumps(own))
    assert told["data"]["stale"] is bool(set(address) - {"run", "lang"})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_its_frame_is_the_first_that_the_socket_would_bring(
    workers: None, language: str
) -> None:
    client = TestClient(Starlette(routes=routes()))
    told = client.get(FIRST, params={"lang": language}).json()
    chosen = {
        control["name"]: control["value"]
        for panel in told["data"]["panels"]
        for control in panel["controls"]
        if control["kind"] != "button"
    }
    wish = {**PLAYGROUND, "language": language, "options": chosen}
    frame = answer(client, json.dumps(wish))
    assert frame["panels"]["prediction"]["figure"]["data"]
    if told["frame"] is not None:  # a slow machine leaves it to the socket
        assert told["frame"] == frame
    assert asked(language, lang=language)["frame"] == frame


@pytest.mark.parametrize(
    "address",
    [
        {"class": "abc"},
        {"panel": "loss"},
        {"projector": "1"},
        {"run": "none"},
        {"run": "../../etc"},
        {"model": "none"},
        {"model.hidden": "-1"},
        {"embed": "true"},
        {"data": "x" * 3000},
    ],
    ids=lambda address: " ".join(address),
)
def test_a_page_that_says_something_else_has_none(
    workers: None, address: dict[str, str]
) -> None:
    assert asked(**address) is None


def test_nobody_is_told_whether_there_is_data_with_some_digest(workers: None) -> None:
    there = content.put_text("what somebody brought " * 200)
    for digest in (there, there[::-1]):
        assert asked(data="own_text", **{"data.digest": digest}) is None


def test_what_takes_too_long_is_left_to_the_socket(workers: None) -> None:
    told = asked(patience=0.0)
    assert told["data"]["run"] == SAMPLE
    assert told["frame"] is None


def test_a_look_at_it_leaves_nothing_behind(workers: None) -> None:
    before = engine().hub.watchers
    assert asked()["frame"] is not None
    assert engine().hub.watchers == before


def test_trouble_is_left_to_the_page_and_a_bug_is_told(
    workers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = OperationalError("", {}, type("OperationalError", (Exception,), {})("gone"))
    trouble: list[Exception] = [away]

    def failing(_name: str) -> None:
        raise trouble[0]

    monkeypatch.setattr(engine().store, "get", failing)
    assert asked() is None
    trouble[0] = ZeroDivisionError("a bug")
    with pytest.raises(ZeroDivisionError):
        asked()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where pictures are kept, empty."""
    monkeypatch.setattr(early, "FOLDER", tmp_path / "first")
    return tmp_path / "first"


def early_answer(
    path: str, language: str = "en", into: str = "document", coding: str = ""
) -> Response | None:
    """What a server that has not begun answers; None where it has to wait."""
    place, _, query = path.partition("?")
    told = {
        "accept-language": language,
        "sec-fetch-dest": into,
        "accept-encoding": coding,
    }
    headers = [(name.encode(), value.encode()) for name, value in told.items()]
    scope = {
        "type": "http",
        "method": "GET",
        "path": place,
        "query_string": query.encode(),
        "headers": headers,
        "server": ("testserver", 80),
        "scheme": "http",
    }
    return asyncio.run(at_once(Request(scope)))


def test_newcomers_of_a_new_server_get_what_was_kept(folder: Path) -> None:
    assert early_answer(f"/{FIRST}") is None
    early.keep({"en": b'{"data": 1}', "zh": b'{"data": 2}'})
    for path, language, number in (
        (f"/{FIRST}", "en", 1),
        (f"/{FIRST}", "zh-CN,zh;q=0.9", 2),
        (f"/{FIRST}?lang=zh", "en", 2),
    ):
        found = early_answer(path, language)
        assert found is not None
        assert json.loads(bytes(found.body)) == {"kept": True, "data": number}
    assert early_answer(f"/{FIRST}?run=sample") is None
    assert early_answer(f"/{FIRST}?class=a") is None


def test_what_was_kept_by_other_code_is_not_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    early.keep({"en": b'{"data": 1}'})
    monkeypatch.setattr(early, "edition", lambda: "another")
    assert early_answer(f"/{FIRST}") is None
    early.keep({"en": b'{"data": 3}'})
    assert [path.name for path in folder.iterdir()] == ["another.en.json"]


def test_an_edition_is_of_all_that_is_drawn_from() -> None:
    names = {"/".join(path.parts[-2:]) for path in early._sources()}
    assert {
        "live/first.py",
        "plots/theme.py",
        "LC_MESSAGES/messages.po",
        "samples/sample.json",
        "samples/sample.safetensors",
    } <= names


def test_a_new_server_has_its_pages_and_scripts_at_once() -> None:
    for path in ("/", "/data", f"/{PLOTLY}", f"/{LIVE_JS}"):
        found = early_answer(path)
        assert found is not None
        assert found.status_code == 200
    for path in ("/none", f"/{SOCKET}", "/_stcore/host-config"):
        assert early_answer(path) is None
    # What stands in another site's page needs its cookie with the page itself.
    assert early_answer("/", into="iframe") is None
    assert early_answer(f"/{LIVE_JS}", into="iframe") is not None


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_page_and_its_picture_come_compressed_and_are_not_kept(
    folder: Path, coding: str
) -> None:
    early.keep({"en": json.dumps({"data": [0] * 1000}).encode()})
    for path in ("/", "/data", f"/{FIRST}"):
        plain, found = (early_answer(path, coding=each) for each in ("", coding))
        assert plain is not None
        assert found is not None
        assert found.headers["content-encoding"] == coding
        assert found.headers["cache-control"] == "no-cache"
        raw = bytes(found.body)
        unpacked = (
            gzip.decompress(raw)
            if coding == "gzip"
            else pyarrow.decompress(raw, len(plain.body), codec="brotli", asbytes=True)
        )
        assert unpacked == plain.body
        assert len(raw) < len(plain.body) / 2


def test_the_playground_asks_for_its_picture_before_streamlits_scripts() -> None:
    found = early_answer("/")
    assert found is not None
    text = bytes(found.body).decode()
    places = [text.index(f'"./{each}"') for each in (FIRST, PLOTLY, LIVE_JS)]
    assert places == sorted(places)
    assert places[-1] < text.index("./static/js/index.")
    assert text.count('id="plotly-js"') == 1
    other = early_answer("/data")
    assert other is not None
    assert FIRST not in bytes(other.body).decode()


def test_settings_of_a_link_make_the_sample_pale(workers: None) -> None:
    own = engine().store.get(SAMPLE).config
    for config, stale in ((own, False), (choosing.make_config("sine", "gru"), True)):
        linked = to_query(config, choosing.linked_defaults(config))
        assert asked(**query_pairs(linked))["data"]["stale"] is stale
