"""What a timer of the page sends has no part in what was clicked."""

import asyncio
from collections.abc import Iterator

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from explorer.ui.clicks import CLICKS, Clicks
from explorer.ui.occupancy import TABS


def sent(by_timer: bool) -> bytes:
    """A slider's value and every kind of click, as a tab sends them."""
    told = BackMsg()
    told.rerun_script.is_auto_rerun = by_timer
    told.rerun_script.fragment_id = "board"
    told.rerun_script.widget_states.widgets.extend(
        [
            WidgetState(id="slider", int_value=3),
            WidgetState(id="button", trigger_value=True),
            WidgetState(id="written", json_trigger_value="[1]"),
            *(kind for kind in _of_messages()),
        ]
    )
    return told.SerializeToString()


def _of_messages() -> Iterator[WidgetState]:
    for kind in ("string_trigger_value", "chat_input_value"):
        state = WidgetState(id=kind)
        getattr(state, kind).data = "hello"
        yield state


def arrived(raw: bytes, path: str = TABS) -> bytes:
    """What the app behind the middleware gets of a message."""
    found: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(await receive())

    async def receive() -> Message:
        return {"type": "websocket.receive", "bytes": raw}

    async def send(message: Message) -> None:
        raise AssertionError(message)

    scope = {"type": "websocket", "path": path}
    asyncio.run(Clicks(app)(scope, receive, send))
    return bytes(found[0]["bytes"])


def test_a_timers_message_brings_no_clicks() -> None:
    told = BackMsg.FromString(arrived(sent(by_timer=True)))
    assert [w.id for w in told.rerun_script.widget_states.widgets] == ["slider"]
    assert told.rerun_script.fragment_id == "board"


def test_every_kind_of_click_is_known() -> None:
    told = BackMsg.FromString(sent(by_timer=True))
    kinds = {w.WhichOneof("value") for w in told.rerun_script.widget_states.widgets}
    known = {field.name for field in WidgetState.DESCRIPTOR.fields}
    assert kinds - {"int_value"} == CLICKS
    assert {name for name in known if "trigger" in name or "chat" in name} == CLICKS


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (sent(by_timer=False), TABS),
        (sent(by_timer=True), "/explorer/live"),
        (b"\xff\xff nonsense", TABS),
    ],
)
def test_all_else_arrives_as_it_was_sent(raw: bytes, path: str) -> None:
    assert arrived(raw, path) == raw
