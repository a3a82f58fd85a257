"""Which requests come in: none under a foreign name, none for Streamlit's metrics."""

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from explorer.errors import N_, ExplorerError
from explorer.ui.language import translator
from explorer.ui.origins import host_allowed
from explorer.ui.shell import language_of

METRICS = "/_stcore/metrics"


class KnownHosts:
    """ASGI middleware that comes before all others."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        host = asked.headers.get("host")
        if not host_allowed(host):
            await _refuse(asked, host or "")(scope, receive, send)
        elif scope["path"].rstrip("/").endswith(METRICS):
            await PlainTextResponse("Not Found", 404)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _refuse(asked: HTTPConnection, host: str) -> PlainTextResponse:
    error = ExplorerError(
        N_(
            "This server answers under its own names only, and was asked as "
            "'%(host)s'. Ask it by its address in numbers, or have %(option)s list "
            "that name where the server is started."
        ),
        host=host[:80],
        option="server.allowedHosts",
    )
    return PlainTextResponse(error.text(translator(language_of(asked))), 421)
