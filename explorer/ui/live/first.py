"""The first picture of the Playground, which browsers draw before Streamlit has begun.

Streamlit's own scripts and the page's widgets take a browser seconds. What the page
will show is known from its address: `early` has the page ask for it at once, and the
live component takes over what stands there by then.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from explorer.catalog import choosing
from explorer.engine.hub import Snapshot
from explorer.engine.service import Engine, engine
from explorer.plots.panel import names_on
from explorer.runs.records import Run
from explorer.ui.address import MOST_VALUE, OTHERS, RUN
from explorer.ui.files import brief
from explorer.ui.language import LANGUAGE, translator
from explorer.ui.live.component import live_data
from explorer.ui.live.tab import Tab
from explorer.ui.page import explained
from explorer.ui.pending import waits
from explorer.ui.samples import SAMPLE, first_wish
from explorer.ui.shell import language_of

PAGE = "playground"

NONE_WITH = frozenset({*OTHERS, "data.digest"})
"""What an address with a first picture does not name. Whether there is data with some
digest, only those are told who may use it."""

PATIENCE = 0.2
"""Seconds that a first frame may take; later the socket brings it."""


class Once:
    """In the place of a socket: takes the first frame that a tab is sent."""

    def __init__(self) -> None:
        self.frame: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def send_bytes(self, data: bytes) -> None:
        """Take a frame, if it is the first."""
        if not self.frame.done():
            self.frame.set_result(data)

    async def send_text(self, data: str) -> None:
        """Leave what is wrong to the socket, which says it, too."""


class FirstTab(Tab):
    """A tab of one frame."""

    def compare(self, snapshot: Snapshot) -> None:
        """Leave it to the tab that stays to have simple methods fitted."""


async def first(request: Request) -> Response:
    """The answer to a page that asks what it will show."""
    language, address = language_of(request), dict(request.query_params)
    answer = await first_picture(address, language)
    return brief(request, answer, "application/json")


async def first_picture(
    address: Mapping[str, str], language: str, patience: float = PATIENCE
) -> bytes:
    """What the live component will be given on this page, and its first frame, as JSON.
    Null where the address has none, because it names a class or one panel alone, or
    where the page has to say what is wrong.

    Args:
        address: the parameters of the page's address.
        patience: seconds to wait for the frame, which is null if it takes longer.
    """
    try:
        owner = await asyncio.to_thread(engine)
        shown = await asyncio.to_thread(_shown, owner, address, language)
        if shown is None:
            return b"null"
        run, data = shown
        frame = await _frame(owner, run, language, patience)
    except Exception as error:
        explained(error)
        return b"null"
    return b'{"data": %b, "frame": %b}' % (json.dumps(data).encode(), frame)


def _shown(
    owner: Engine, address: Mapping[str, str], language: str
) -> tuple[Run, dict[str, Any]] | None:
    """The run that this page shows, and what its live component is given."""
    settings = {k: v for k, v in address.items() if k not in (RUN, LANGUAGE)}
    long = sum(map(len, settings.values())) > MOST_VALUE
    if long or settings.keys() & NONE_WITH:
        return None
    run = owner.store.get(address.get(RUN) or SAMPLE)
    stale = bool(settings) and waits(run, choosing.config_from_pairs(settings))
    _ = translator(language)
    data = live_data(run, language, _, PAGE, long=False, stale=stale)
    return run, data


async def _frame(owner: Engine, run: Run, language: str, patience: float) -> bytes:
    """The first frame of a tab where nothing was chosen yet."""
    wish = first_wish(run.config, names_on(PAGE))
    own = {"run": run.id, "language": language}
    once = Once()
    tab = FirstTab(once, owner)
    try:
        await tab.follow(wish.model_copy(update=own))
        return await asyncio.wait_for(once.frame, patience)
    except TimeoutError:
        return b"null"
    finally:
        tab.leave()
