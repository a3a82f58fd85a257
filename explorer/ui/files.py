"""Scripts and styles, compressed once; browsers keep them for as long as they like.

Streamlit sends its own as they are, which takes four times as many bytes. A name has a
digest or a version in it, so that what it stands for never changes.
"""

import asyncio
import gzip
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pyarrow
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config, file_util
from streamlit.url_util import make_url_path

from explorer.ui.live.scripts import LIVE
from explorer.ui.plotly_js import PLOTLY_JS

STREAMLITS = Path(file_util.get_static_dir(), "static")
TYPES = {".js": "text/javascript", ".css": "text/css"}
NO_CACHE = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
KEPT = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
}

BROTLI = pyarrow.Codec("brotli", compression_level=5)
"""Higher levels save little more and take a new server's first seconds."""

CODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "br": lambda raw: BROTLI.compress(raw, asbytes=True),
    "gzip": gzip.compress,
}
"""What browsers can read, the shortest first; brotli is asked for over https alone."""


class Compressed:
    """ASGI middleware: Streamlit's own scripts and styles."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        static = make_url_path(config.get_option("server.baseUrlPath"), "static")
        self.address = re.compile(rf"{re.escape(static)}/(js|css)/([\w.~-]+)", re.ASCII)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = self.address.fullmatch(scope.get("path", ""))
        path = STREAMLITS.joinpath(*asked.groups()) if asked else STREAMLITS
        if scope["type"] != "http" or path.suffix not in TYPES or not path.is_file():
            await self.app(scope, receive, send)
            return
        response = await answer(Request(scope), path, TYPES[path.suffix])
        await response(scope, receive, send)


async def plotly_js(request: Request) -> Response:
    """plotly.js as it was installed; no other host is needed."""
    return await answer(request, PLOTLY_JS, TYPES[".js"])


async def live_js(request: Request) -> Response:
    """The browser's side of the live part."""
    return await answer(request, LIVE, TYPES[".js"])


async def answer(
    request: Request,
    source: Path | bytes,
    media_type: str,
    headers: Mapping[str, str] = KEPT,
) -> Response:
    """One of the files and texts that there are as long as the server lives, in the
    best of the codings that the browser reads."""
    coding = coding_for(request.headers.get("accept-encoding", ""))
    body = await asyncio.to_thread(packed, source, coding)
    return _sent(body, media_type, coding, headers)


def brief(request: Request, raw: bytes, media_type: str) -> Response:
    """The same of what is another the next time, and not long."""
    coding = coding_for(request.headers.get("accept-encoding", ""))
    body = CODINGS[coding](raw) if coding else raw
    return _sent(body, media_type, coding, NO_CACHE)


def _sent(
    body: bytes, media_type: str, coding: str, headers: Mapping[str, str]
) -> Response:
    """An answer whose body is in this coding."""
    told = {**headers, "Content-Encoding": coding} if coding else dict(headers)
    return Response(body, media_type=media_type, headers=told)


def coding_for(accepted: str) -> str:
    """The best of our codings that a browser names; empty for none.

    >>> coding_for("gzip, deflate, br"), coding_for("gzip;q=1.0, br;q=0")
    ('br', 'gzip')
    """
    each = (one.partition(";q=") for one in accepted.replace(" ", "").split(","))
    names = {name for name, _, weight in each if weight != "0"}
    return next((coding for coding in CODINGS if coding in names), "")


def warm_up() -> None:
    """Compress the largest file before anybody waits for it."""
    for coding in CODINGS:
        packed(PLOTLY_JS, coding)


@cache
def packed(source: Path | bytes, coding: str) -> bytes:
    """A file or a text as it is sent."""
    raw = source if isinstance(source, bytes) else source.read_bytes()
    return CODINGS[coding](raw) if coding else raw
