"""How many tabs and live sockets are open, and what uploads hold in memory: no more
than the server allows to all its visitors together."""

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.stats import CacheStat

from explorer.config.settings import whole_number
from explorer.engine.limits import MEGABYTE, SERVER_LIMITS, read_server_limits
from explorer.errors import N_, ExplorerError
from explorer.ui.places import SOCKET

TABS, UPLOADS = "/_stcore/stream", "/_stcore/upload_file/"

MOST_UPLOAD = 32 * 2**20
"""Bytes of an upload that does not say how long it is: what `maxUploadSize` allows."""

_COUNTED = "occupancy.counted"


class Occupancy:
    """ASGI middleware that counts tabs and uploads, and turns away what is too much."""

    tabs = 0
    live = 0
    """Sockets for live pictures: a tab has one."""
    coming = 0
    """Bytes of uploads that are on their way."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "websocket" and path.endswith(TABS):
            await self._counted("tabs", scope, receive, send)
        elif scope["type"] == "websocket" and path.endswith(f"/{SOCKET}"):
            await self._counted("live", scope, receive, send)
        elif scope.get("method") in ("PUT", "POST") and UPLOADS in path:
            await self._upload(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _counted(
        self, which: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if getattr(Occupancy, which) >= 2 * read_server_limits().sessions:
            # Those just above the limit are told so by their page.
            await send({"type": "websocket.close", "code": 1013})
            return
        setattr(Occupancy, which, getattr(Occupancy, which) + 1)
        try:
            await self.app(scope, receive, send)
        finally:
            setattr(Occupancy, which, getattr(Occupancy, which) - 1)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = Headers(scope=scope).get("content-length", "")
        declared = whole_number(length) if length.isdecimal() else None
        size = MOST_UPLOAD if declared is None else declared
        try:
            check_upload(size)
        except ExplorerError as error:
            refusal = PlainTextResponse(str(error), status_code=413)
            await refusal(scope, receive, send)
            return
        Occupancy.coming += size
        try:
            await self.app(scope, receive, send)
        finally:
            Occupancy.coming -= size


def check_tab() -> None:
    """See that this tab is one of those that may be open; one that was so before is.

    Raises:
        ExplorerError: if too many are.
    """
    most = read_server_limits().sessions
    if _COUNTED not in st.session_state and Occupancy.tabs > most:
        raise ExplorerError(
            N_(
                "This server serves %(most)d open tabs at one time, and %(came)d are "
                "open. Close tabs that you need no more and reload this one, or raise "
                "sessions in %(variable)s."
            ),
            most=most,
            came=Occupancy.tabs,
            variable=SERVER_LIMITS,
        )
    st.session_state[_COUNTED] = True


def check_upload(size: int) -> None:
    """See that a file of so many bytes may come into memory.

    Raises:
        ExplorerError: if the uploads of all tabs would be too much together.
    """
    most = read_server_limits().upload_megabytes * MEGABYTE
    held = _held() + Occupancy.coming
    if held + size > most:
        raise ExplorerError(
            N_(
                "This server keeps %(most)d MB of uploads in memory, and those of all "
                "tabs take %(came)d. Wait until some are closed, or raise "
                "upload_megabytes in %(variable)s."
            ),
            most=most // MEGABYTE,
            came=held // MEGABYTE,
            variable=SERVER_LIMITS,
        )


def _held() -> int:
    """Bytes of the files that tabs have uploaded and not let go yet."""
    if not runtime.exists():
        return 0
    stats = runtime.get_instance().uploaded_file_mgr.get_stats()
    every = (stat for family in stats.values() for stat in family)
    return sum(stat.byte_length for stat in every if isinstance(stat, CacheStat))
