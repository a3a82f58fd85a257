"""A click counts once: not twice where a part of the page draws itself anew all the
time, and not never where the server has forgotten the tab.

Streamlit's page keeps a click for a moment before it sends it. A timer that fires in
that moment sends it along with its own wish, and then the click is sent once more: a
button would do twice what it does.

A tab whose server was started again, or that was away for two minutes, comes back to a
session that has drawn nothing yet. There no button is known, and the first click on one
would do nothing: the page is drawn there before.
"""

import asyncio
from contextlib import suppress

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from explorer.ui.occupancy import TABS

CLICKS = frozenset(
    {"trigger_value", "string_trigger_value", "chat_input_value", "json_trigger_value"}
)
"""Kinds of a widget's state that are sent for one run of the script alone."""


DRAWN_WITHIN = 20.0
"""Seconds that a click waits for its page at most."""

DRAWN = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)


class Clicks:
    """ASGI middleware: what a timer sends brings no clicks, and where the first wish of
    a tab is a click, its page is drawn before."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and scope["path"].endswith(TABS):
            tab = _Tab(receive, send)
            receive, send = tab.receive, tab.send
        await self.app(scope, receive, send)


class _Tab:
    """What a tab says to Streamlit, and hears of it."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._new = True
        self._held: Message | None = None
        """What waits until the page is drawn."""
        self._drawn = asyncio.Event()

    async def receive(self) -> Message:
        if self._held is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._drawn.wait(), DRAWN_WITHIN)
            message, self._held = self._held, None
            return message
        message = await self._receive()
        if not (raw := message.get("bytes")):
            return message
        message = {**message, "bytes": without_early_clicks(raw)}
        wish = _wish(message["bytes"])
        if wish is None or not self._new:
            return message
        self._new = False
        clicked = _without_clicks(wish)
        if not clicked and not wish.rerun_script.fragment_id:
            return message
        self._held = message
        wish.rerun_script.fragment_id, wish.rerun_script.is_auto_rerun = "", False
        return {**message, "bytes": bytes(wish.SerializeToString())}

    async def send(self, message: Message) -> None:
        await self._send(message)
        if self._held is not None and (raw := message.get("bytes")):
            told = ForwardMsg.FromString(raw)
            finished = told.WhichOneof("type") == "script_finished"
            if finished and told.script_finished in DRAWN:
                self._drawn.set()


def without_early_clicks(raw: bytes) -> bytes:
    """A tab's message to Streamlit, less the clicks if a timer sent it; what is no such
    message is left to Streamlit to refuse."""
    wish = _wish(raw)
    if wish is None or not wish.rerun_script.is_auto_rerun:
        return raw
    return bytes(wish.SerializeToString()) if _without_clicks(wish) else raw


def _wish(raw: bytes) -> BackMsg | None:
    """What a tab wants drawn; None if it wants something else, or is nonsense."""
    try:
        message = BackMsg.FromString(raw)
    except DecodeError:
        return None
    return message if message.WhichOneof("type") == "rerun_script" else None


def _without_clicks(wish: BackMsg) -> bool:
    """Take the clicks out of it; whether there were any."""
    states = wish.rerun_script.widget_states.widgets
    kept = [state for state in states if state.WhichOneof("value") not in CLICKS]
    if len(kept) == len(states):
        return False
    wish.rerun_script.widget_states.ClearField("widgets")
    wish.rerun_script.widget_states.widgets.extend(kept)
    return True
