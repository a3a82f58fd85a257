"""A click counts once, whatever a timer sends, and whether the page is drawn yet."""

import asyncio
from collections.abc import Iterator

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from explorer.ui import clicks
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


def drawn() -> bytes:
    """What a tab sends first."""
    told = BackMsg()
    told.rerun_script.query_string = "model=gru"
    return told.SerializeToString()


class Server:
    """An app behind the middleware, and a tab that has sent this to it."""

    def __init__(self, *sent: bytes, path: str = TABS) -> None:
        self.sent, self.path = list(sent), path

    async def receive(self) -> Message:
        return {"type": "websocket.receive", "bytes": self.sent.pop(0)}

    async def tell(self, send: Send, **told: int) -> None:
        message = {
            "type": "websocket.send",
            "bytes": ForwardMsg(**told).SerializeToString(),
        }
        await send(message)

    async def serve(self, app: ASGIApp) -> None:
        async def send(message: Message) -> None:
            assert message["type"] == "websocket.send"

        await Clicks(app)({"type": "websocket", "path": self.path}, self.receive, send)


def arrived(raw: bytes, path: str = TABS) -> bytes:
    """What the app behind the middleware gets of a message of a page that is drawn."""
    found: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.extend([await receive(), await receive()])

    asyncio.run(Server(drawn(), raw, path=path).serve(app))
    assert found[0]["bytes"] == drawn()
    return bytes(found[1]["bytes"])


@pytest.mark.parametrize("by_timer", [False, True])
def test_a_page_is_drawn_before_its_first_click(by_timer: bool) -> None:
    """Where the server has forgotten the tab, no button is known yet."""
    server, found = Server(sent(by_timer), drawn()), list[BackMsg]()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(BackMsg.FromString((await receive())["bytes"]))
        click = asyncio.create_task(receive())  # type: ignore[arg-type]
        for kind in (
            ForwardMsg.FINISHED_EARLY_FOR_RERUN,
            ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
        ):
            await server.tell(send, script_finished=kind)
            await asyncio.sleep(0.01)
            assert not click.done()
        await server.tell(send, script_finished=ForwardMsg.FINISHED_SUCCESSFULLY)
        found.append(BackMsg.FromString((await click)["bytes"]))
        assert (await receive())["bytes"] == drawn()

    asyncio.run(server.serve(app))
    page, click = (told.rerun_script for told in found)
    assert [w.id for w in page.widget_states.widgets] == ["slider"]
    assert (page.fragment_id, page.is_auto_rerun) == ("", False)
    assert click.fragment_id == "board"
    clicked = len(click.widget_states.widgets) - 1
    assert clicked == (0 if by_timer else len(CLICKS))


def test_a_click_waits_for_no_page_that_is_never_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clicks, "DRAWN_WITHIN", 0.01)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        assert (await receive())["bytes"] == sent(by_timer=False)

    asyncio.run(Server(sent(by_timer=False)).serve(app))


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
