"""Nonsense at every door, addresses and socket messages: it gets a sentence at most."""

import json
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from explorer.catalog import choosing, specs
from explorer.config.run import query_pairs
from explorer.engine.service import engine
from explorer.errors import ExplorerError
from explorer.runs.records import Run
from explorer.ui.live.asked import wanted
from explorer.ui.live.wishes import MOST_MESSAGE, Wish, read_wish
from explorer.ui.places import SOCKET
from explorer.ui.samples import SAMPLE
from tests.ui.conftest import QUIET, page

pytestmark = QUIET
OWN = {"origin": "http://testserver", "host": "testserver"}
UNKNOWN = json.dumps({"run": "made-up"})

NASTY = ["", "\0", "\ud800", "9" * 400, "-9e999", "nan", "1e400", "../x", "数" * 90]
NAMES = [*specs.setting_names("sine", "lstm"), "data", "model", "seed", "start"]
VALUES = st.text(max_size=40) | st.sampled_from(NASTY) | st.integers().map(str)


@given(
    st.text(max_size=400)
    | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=9), VALUES).map(
        lambda pairs: urlencode(pairs, errors="replace")
    )
)
@example("x" * 10**5)
@example("data=sine&data=sine")
@example("data=%00&model=%ff%fe")
@example("&".join(f"a{k}=" for k in range(2000)))
@settings(max_examples=50)
def test_a_query_is_a_config_or_a_sentence(query: str) -> None:
    with suppress(ExplorerError):
        config = choosing.config_from_pairs(query_pairs(query))
        assert specs.resolve(config)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | VALUES,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
MESSAGES = st.text(max_size=300) | st.dictionaries(
    st.sampled_from([*Wish.model_fields, "x"]), JSON, max_size=4
).map(json.dumps)


@given(MESSAGES)
@example("[" * (MOST_MESSAGE - 1))
@example('{"a":' * 700)
@example('{"at": ' + "9" * 3900 + "}")
@example('{"at": 1e999, "options": {"\ud800": "\\ud800"}}')
@settings(max_examples=50)
def test_a_message_is_a_wish_or_a_sentence(message: str) -> None:
    with suppress(ExplorerError):
        wanted(choosing.make_config(), read_wish(message))


def everything() -> list[Run]:
    return engine().store.runs()


def still_alive(socket: Any) -> None:
    """After whatever came before, a wish for a made-up run gets its sentence."""
    socket.send_text(UNKNOWN)
    while "There is no run 'made-up'" not in (answer := sentence(socket)):
        assert "Traceback" not in answer


def sentence(socket: Any) -> str:
    """The next complaint; frames in between are let go."""
    while True:
        received = socket.receive()
        assert received["type"] == "websocket.send", received
        if text := received.get("text"):
            return str(json.loads(text).get("error", ""))


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\xff\xfe\0",
        json.dumps({"run": SAMPLE}).encode(),
        "[" * 3999,
        '{"at": ' + "9" * 3900 + "}",
        "x" * 10**6,
        '{"options": {"\\ud800": "\\ud800"}, "text": "\\ud800"}',
    ],
    ids=["empty", "bytes", "json", "deep", "digits", "huge", "halves"],
)
def test_a_frame_of_no_sense_gets_a_sentence(
    client: TestClient, frame: bytes | str
) -> None:
    before = everything()
    with client.websocket_connect(SOCKET, headers=OWN) as socket:
        (socket.send_bytes if isinstance(frame, bytes) else socket.send_text)(frame)  # type: ignore[operator]
        assert sentence(socket)
        still_alive(socket)
    assert everything() == before


@given(st.lists(MESSAGES, max_size=8))
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_the_socket_outlives_what_it_is_sent(
    client: TestClient, messages: list[str]
) -> None:
    before = everything()
    with client.websocket_connect(SOCKET, headers=OWN) as socket:
        for message in messages:
            socket.send_text(message.encode("utf-8", "replace").decode())
        still_alive(socket)
    assert everything() == before
    assert engine().hub.watchers == 0


def test_many_messages_a_second_are_all_taken(client: TestClient) -> None:
    with client.websocket_connect(SOCKET, headers=OWN) as socket:
        for k in range(300):
            socket.send_text(json.dumps({"run": SAMPLE, "at": k % 7}))
        still_alive(socket)
    assert engine().hub.watchers == 0


@pytest.mark.parametrize(
    "query",
    [
        {"run": "\0", "lang": "\0"},
        {"run": "数" * 500, "race": "../x", "class": "'; --", "sweep": "9" * 400},
        {"model.hidden_size": "9" * 400, "data": "", "model": "\ud7ff", "lang": "xx"},
    ],
    ids=["nul", "long", "settings"],
)
def test_a_page_opens_at_any_address(client: TestClient, query: dict[str, str]) -> None:
    before = everything()
    test = page(**query)  # fails on an exception
    assert test.title
    assert everything() == before
