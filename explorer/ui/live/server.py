"""The web server beside Streamlit's own: the live socket, scripts, the pages' shell.

Custom routes get neither Streamlit's Origin check nor its XSRF protection, so the
socket applies the same rule to Origin and Host itself, and shows a run only to those
who know its unguessable id.
"""

import asyncio
import gc
import importlib
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit import config
from streamlit.url_util import make_url_path

from explorer.catalog import choosing
from explorer.engine.service import Engine, engine
from explorer.inspection.facts import facts_of
from explorer.plots.panel import panels
from explorer.runs.trouble import log_once
from explorer.ui import files, shell
from explorer.ui.language import translator
from explorer.ui.leaving import leave, leave_on_interrupt
from explorer.ui.live.first import first
from explorer.ui.live.tab import Tab
from explorer.ui.origins import allowed
from explorer.ui.page import explained
from explorer.ui.places import FIRST, REASON, SOCKET
from explorer.ui.samples import bring_samples
from explorer.ui.visitor import COOKIE

log = logging.getLogger(__name__)

AGAIN_AFTER = 2.0
"""Seconds between two tries to bring up the engine."""

CHECKED_EVERY = 1.0
"""Seconds between two looks at whether anybody can train."""

FOREIGN = 4403
"""Close code for a page of another site."""

LATER = 1013
"""Close code for a tab that may try again: there is no engine yet."""


async def live(socket: WebSocket) -> None:
    """One tab: it sends wishes, and gets frames until it leaves."""
    origin, host = (socket.headers.get(name) for name in ("origin", "host"))
    # Streamlit may ask another host for this machine's address.
    if not await asyncio.to_thread(allowed, origin, host):
        await socket.close(FOREIGN)
        return
    await socket.accept()
    try:
        owner = await asyncio.to_thread(engine)
        tab = Tab(socket, owner, socket.cookies.get(COOKIE, ""))
    except Exception as error:
        with _until_it_leaves():
            sentence = explained(error).text(translator(shell.language_of(socket)))
            await socket.send_text(json.dumps({"error": sentence}))
            await socket.close(LATER)
        return
    with _until_it_leaves():
        try:
            await tab.listen(socket)
        finally:
            tab.leave()


@contextmanager
def _until_it_leaves() -> Iterator[None]:
    try:
        yield
    except WebSocketDisconnect:
        log.debug("A tab left")


def routes() -> list[BaseRoute]:
    """The server's own routes, where Streamlit's are: under `server.baseUrlPath`."""
    base = config.get_option("server.baseUrlPath")
    answers = shell.answers() | {REASON: shell.reason, FIRST: first}
    return [
        WebSocketRoute(make_url_path(base, SOCKET), live),
        *(Route(make_url_path(base, path), answer) for path, answer in answers.items()),
    ]


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Bring up the engine behind the first page; let go of it at the end.

    Where that cannot be yet, pages say why, and it is tried again and again.
    """
    leave_on_interrupt()
    there = asyncio.Event()
    coming = asyncio.create_task(_keep_trying(there))
    await there.wait()
    if coming.done():
        coming.result()  # a bug must not start silently
    warm = asyncio.create_task(asyncio.to_thread(_warm_up))
    telling = asyncio.create_task(_tell_trouble(coming))
    yield
    warm.cancel()
    telling.cancel()
    if not coming.done():
        coming.cancel()
    else:
        await asyncio.to_thread(coming.result().close)
    leave()


async def _keep_trying(tried: asyncio.Event) -> Engine:
    """The engine, as soon as it can be; `tried` is set after the first time."""
    while True:
        try:
            owner = await asyncio.to_thread(_bring_up)
            owner.hub.attach(asyncio.get_running_loop())
            return owner
        except Exception as error:
            log_once(explained(error).words)
        finally:
            tried.set()
        await asyncio.sleep(AGAIN_AFTER)


async def _tell_trouble(coming: "asyncio.Task[Engine]") -> None:
    """Have all who watch know within a moment that nobody can train, and why."""
    owner = await asyncio.shield(coming)
    while True:
        owner.hub.tell(owner.trouble)
        await asyncio.sleep(CHECKED_EVERY)


def _bring_up() -> Engine:
    """The engine, with the run that a newcomer sees."""
    owner = engine()
    bring_samples(owner)
    return owner


def _warm_up() -> None:
    """Do what the first visitors would wait for, while the server answers already."""
    for name in ("pandas", "plotly.graph_objects"):
        importlib.import_module(name)
    facts_of(choosing.make_config())  # finds models, datasets and views
    panels()
    files.warm_up()
    # What is imported by now stays; the collector need not look at it again.
    gc.collect()
    gc.freeze()
