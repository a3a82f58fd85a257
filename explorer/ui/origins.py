"""Which pages may open a socket here: Streamlit's own rule, for our socket too."""

from urllib.parse import urlsplit

from streamlit.web.server.server_util import is_url_from_allowed_origins
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed


def allowed(origin: str | None, host: str | None) -> bool:
    """Whether a page of `origin` may open a socket on this server.

    It may where the server answers under the page's own name and port, and from the
    addresses in `server.corsAllowedOrigins` and `browser.serverAddress`. Who names no
    origin is no browser.

    Args:
        origin: as the browser says it, as in "https://explorer.example:8443".
        host: the name under which the server was asked, as in "explorer.example:8443".
    """
    if not is_host_allowed(host):
        return False
    if origin is None:
        return True
    try:
        own = urlsplit(origin).netloc == host
        return own or is_url_from_allowed_origins(origin)
    except ValueError:  # no address at all, as in "http://["
        return False
