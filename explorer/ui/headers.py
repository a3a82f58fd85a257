"""What every answer tells the browser: no pictures of other hosts, no foreign frame."""

import logging
import os
import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explorer.errors import N_, ExplorerError

log = logging.getLogger(__name__)

FRAMES = "EXPLORER_FRAME_ANCESTORS"
SITE = re.compile(r"https?://(\*\.)?[\w.-]+(:\d{1,5})?|\*", re.ASCII)


def frame_ancestors(text: str | None = None) -> str:
    """The sites that may show the app in a frame, beside its own.

    Args:
        text: what `EXPLORER_FRAME_ANCESTORS` says if None.

    Raises:
        ExplorerError: if one of them is no site.

    >>> frame_ancestors("https://school.example https://*.example")
    "'self' https://school.example https://*.example"
    """
    given = os.environ.get(FRAMES, "") if text is None else text
    for site in given.split():
        if not SITE.fullmatch(site):
            raise ExplorerError(
                N_(
                    "%(variable)s must name sites like https://school.example, with "
                    "spaces between them, but got '%(came)s'. Leave it empty for none."
                ),
                variable=FRAMES,
                came=site[:60],
            )
    return " ".join(["'self'", *given.split()])


class Headers:
    """ASGI middleware: a Content-Security-Policy for every page and file."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        try:
            ancestors = frame_ancestors()
        except ExplorerError as error:
            log.error("%s", error)
            ancestors = "'self'"
        self.policy = (
            "img-src 'self' data: blob:; media-src 'self' data: blob:; "
            "object-src 'none'; base-uri 'self'; form-action 'self'; "
            f"frame-ancestors {ancestors}"
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["content-security-policy"] = self.policy
                headers["x-content-type-options"] = "nosniff"
                headers["referrer-policy"] = "same-origin"
            await send(message)

        await self.app(scope, receive, send_with_policy)
