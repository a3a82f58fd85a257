"""A click counts once, also where a part of the page draws itself anew all the time.

Streamlit's page keeps a click for a moment before it sends it. A timer that fires in
that moment sends it along with its own wish, and then the click is sent once more: a
button would do twice what it does.
"""

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from explorer.ui.occupancy import TABS

CLICKS = frozenset(
    {"trigger_value", "string_trigger_value", "chat_input_value", "json_trigger_value"}
)
"""Kinds of a widget's state that are sent for one run of the script alone."""


class Clicks:
    """ASGI middleware: what a timer sends brings no clicks."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def once() -> Message:
            message = await receive()
            if raw := message.get("bytes"):
                return {**message, "bytes": without_early_clicks(raw)}
            return message

        tab = scope["type"] == "websocket" and scope["path"].endswith(TABS)
        await self.app(scope, once if tab else receive, send)


def without_early_clicks(raw: bytes) -> bytes:
    """A tab's message to Streamlit, less the clicks if a timer sent it; what is no such
    message is left to Streamlit to refuse."""
    try:
        message = BackMsg.FromString(raw)
    except DecodeError:
        return raw
    if (
        message.WhichOneof("type") != "rerun_script"
        or not message.rerun_script.is_auto_rerun
    ):
        return raw
    states = message.rerun_script.widget_states.widgets
    kept = [state for state in states if state.WhichOneof("value") not in CLICKS]
    if len(kept) == len(states):
        return raw
    message.rerun_script.widget_states.ClearField("widgets")
    message.rerun_script.widget_states.widgets.extend(kept)
    return bytes(message.SerializeToString())
