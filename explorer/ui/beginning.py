"""A server that begins: it says at once that it lives, and all else when it can.

What pages and the live socket need takes seconds to import. One thread does that, and
whoever comes earlier waits: two threads that import the same may each meet a module
that the other has half imported.
"""

import asyncio
import importlib
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any

from starlette.requests import Request
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config
from streamlit.url_util import make_url_path

from explorer.ui import shell
from explorer.ui.leaving import leave_on_interrupt
from explorer.ui.live.prompt import send_at_once

log = logging.getLogger(__name__)

AT_ONCE = "_stcore/health", "static/"
"""What Streamlit answers by itself: that the server lives, and its own files."""


class Beginning:
    """ASGI middleware: until the server has begun, requests wait for whose answer it
    has to; then they go through what is ours, and on to Streamlit."""

    begun: asyncio.Event
    """Set when pages can be shown, if only to say why there is no engine yet."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        base = config.get_option("server.baseUrlPath")
        self.at_once = tuple(make_url_path(base, each) for each in AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or scope["path"].startswith(self.at_once):
            await self.app(scope, receive, send)
            return
        early = None
        if scope["type"] == "http" and not self.begun.is_set():
            early = await shell.at_once(Request(scope))
        if early is None:
            await self.begun.wait()
        await (early or self.ours)(scope, receive, send)

    @cached_property
    def ours(self) -> ASGIApp:
        """Our own middleware and routes, before Streamlit's."""
        from explorer.ui.clicks import Clicks
        from explorer.ui.live.server import routes
        from explorer.ui.occupancy import Occupancy
        from explorer.ui.visitor import KnownBrowsers

        router = Router(routes(), redirect_slashes=False, default=self.app)
        return Occupancy(Clicks(KnownBrowsers(router)))


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Answer at once, and meanwhile import and begin what pages need."""
    leave_on_interrupt()
    send_at_once()
    Beginning.begun, ends = asyncio.Event(), asyncio.Event()
    serving = asyncio.create_task(_serve(app, Beginning.begun, ends))
    serving.add_done_callback(_end_of)
    yield
    ends.set()
    await serving


async def _serve(app: Any, begun: asyncio.Event, ends: asyncio.Event) -> None:
    """Have the server proper from its imports to its end."""
    try:
        server = await asyncio.to_thread(_imported)
        async with server.lifespan(app):
            begun.set()
            await ends.wait()
    finally:
        begun.set()


def _imported() -> Any:
    """The server proper; what else the first page needs is imported by then, too."""
    for name in ("clicks", "occupancy", "visitor", "navigation"):
        importlib.import_module(f"explorer.ui.{name}")
    return importlib.import_module("explorer.ui.live.server")


def _end_of(serving: "asyncio.Task[None]") -> None:
    """End the whole server where a bug ended what serves: none may stay silent."""
    bug = None if serving.cancelled() else serving.exception()
    if bug is not None:
        log.critical("The server could not begin.", exc_info=bug)
        signal.raise_signal(signal.SIGTERM)
