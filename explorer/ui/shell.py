"""The page that a browser gets first, which Streamlit then fills over its socket.

It is Streamlit's own, with the reader's language and our title from the beginning, and
with a script that says why where nothing comes: Streamlit itself waits without a word.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import cache
from html import escape
from pathlib import Path

from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from streamlit import config, file_util
from streamlit.url_util import make_url_path

from explorer.ui import files
from explorer.ui.language import LANGUAGE, best_language, translator
from explorer.ui.live import early
from explorer.ui.live.scripts import LIVE_JS, script
from explorer.ui.origins import allowed
from explorer.ui.places import FIRST, PAGES, WAITING, places
from explorer.ui.plotly_js import PLOTLY

HEAD = (
    f'<script async id="plotly-js" src="./{PLOTLY}" onerror="this.remove()"></script>'
    f'<script type="module" src="./{WAITING}"></script>'
)
"""plotly.js comes, and is read, while the page waits for the rest. Where it fails to
come before a figure asks for it, that one tries again."""

ELEMENTS = "BidiComponent", "Html", "Button", "Selectbox", "Slider", "NumberInput"
"""What of Streamlit's every page with settings shows. It would ask for each script
when its element comes, and then for what that imports."""

MORE = {
    "runs": (
        *("Progress", "FileUploader", "TextInput", "ButtonGroup", "Checkbox"),
        "DataFrame/ReadOnlyGrid",
    ),
}
"""What a page shows besides, by its address; after a folder the script that brings
what others there share."""

FRAMES = ("iframe", "frame", "embed", "object")
"""What browsers call a page that stands inside another one."""


def language_of(request: HTTPConnection) -> str:
    """The language that the address or else the browser wishes."""
    wishes = request.headers.get("accept-language", "")
    return best_language(request.query_params.get(LANGUAGE), wishes.split(",")[0])


async def page(request: Request) -> Response:
    """The page itself, whichever it is."""
    name = request.url.path.rstrip("/").rpartition("/")[2]
    text = _html(language_of(request), ELEMENTS + MORE.get(name, ()))
    return await files.answer(request, text.encode(), "text/html", files.NO_CACHE)


async def playground(request: Request) -> Response:
    """The Playground, which asks for its first picture before Streamlit's scripts."""
    text = _html(language_of(request), ELEMENTS).replace(HEAD, "", 1)
    text = text.replace("<head>", f"<head>{early.head()}{HEAD}", 1)
    return await files.answer(request, text.encode(), "text/html", files.NO_CACHE)


def answers() -> dict[str, Callable[[Request], Awaitable[Response]]]:
    """What can be answered before the server has begun, by its path under the base."""
    return {
        PLOTLY: files.plotly_js,
        LIVE_JS: files.live_js,
        WAITING: waiting_js,
        **{place.address: page for place in places(PAGES)},
        "": playground,
    }


async def at_once(request: Request) -> Response | None:
    """The answer of a server that has not begun yet; None where it has to wait.

    Pages come without a cookie then: the first answer that Streamlit waits for brings
    it. It could not to a page in a frame of another site, which waits.
    """
    base = config.get_option("server.baseUrlPath")
    framed = request.headers.get("sec-fetch-dest") in FRAMES
    for path, answer in answers().items():
        if request.url.path == make_url_path(base, path):
            is_page = answer in (page, playground)
            return None if framed and is_page else await answer(request)
    if request.url.path == make_url_path(base, FIRST):
        return _first_of_newcomers(request)
    return None


def _first_of_newcomers(request: Request) -> Response | None:
    """What was drawn when the app was installed, for an address that names nothing."""
    if not {LANGUAGE}.issuperset(request.query_params):
        return None
    kept = early.kept(language_of(request))
    if kept is None:
        return None
    return files.brief(request, kept, "application/json")


@cache
def _html(language: str, elements: tuple[str, ...]) -> str:
    text = Path(file_util.get_static_dir(), "index.html").read_text(encoding="utf-8")
    title = escape(translator(language)("Sequence Explorer"))
    for streamlits, ours in (
        ('<html lang="en">', f'<html lang="{language}">'),
        ("<title>Streamlit</title>", f"<title>{title}</title>"),
        ("</head>", f"{HEAD}{_early(text, elements)}</head>"),
    ):
        text = text.replace(streamlits, ours, 1)
    return text


def _early(page: str, elements: tuple[str, ...]) -> str:
    """Links by which a browser asks for the scripts of these elements at once."""
    manifest = json.loads(Path(file_util.get_static_dir(), "manifest.json").read_text())
    sources = tuple(f"/{e}.tsx" if "/" in e else f"/{e}/{e}.tsx" for e in elements)
    coming = [name for name in manifest if name.endswith(sources)]
    found: dict[str, None] = {}
    while coming:
        script = manifest[coming.pop()]
        if script["file"] not in found and script["file"] not in page:
            found[script["file"]] = None
            coming += script.get("imports", ())
    links = (f'<link rel="modulepreload" crossorigin href="./{f}">' for f in found)
    return "".join(links)


async def waiting_js(request: Request) -> Response:
    """What a page does by itself: it says why it waits, lays out tables for paper, and
    lets the keyboard reach wide equations."""
    text = script("element", "refusal", "waiting", "paper", "equations")
    return Response(text, media_type="text/javascript", headers=files.NO_CACHE)


async def reason(request: Request) -> Response:
    """Why a page's socket does not open, in a sentence."""
    origin = request.query_params.get("origin", "")
    host = request.headers.get("host", "")
    _ = translator(language_of(request))
    if await asyncio.to_thread(allowed, origin, host):
        text = _(
            "This page came through, but its live connection does not. A proxy on the "
            "way has to forward WebSockets: the headers Upgrade and Connection."
        )
    else:
        text = _(
            "The server refuses this page: the page is at {origin}, and the server was "
            "asked as {host}. Have the proxy pass on the header Host with its port, or "
            "name the page's address in server.corsAllowedOrigins."
        ).format(origin=origin, host=host)
    return PlainTextResponse(text, headers=files.NO_CACHE)
