"""Under which names this server is asked, and which pages may open a socket on it."""

import ipaddress
import socket
from contextlib import suppress
from urllib.parse import urlsplit

from streamlit import config
from streamlit.web.server.server_util import is_url_from_allowed_origins
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed


def host_allowed(host: str | None) -> bool:
    """Whether this server may be asked under this name.

    Where `server.allowedHosts` is set, it lists the names. Else a server that answers
    its own machine alone answers to all, for what a proxy there passes on; one that is
    opened to a network answers to addresses in numbers, to its machine's name, and to
    the names in `server.corsAllowedOrigins` and `browser.serverAddress`: a page of
    another site, whose name was made to lead here, comes to nothing.

    Args:
        host: the header Host, as in "explorer.example:8443".
    """
    if config.get_option("server.allowedHosts") or not _opened():
        return is_host_allowed(host)
    name = _name_in(host or "")
    return bool(name) and (_in_numbers(name) is not None or name in _own_names())


def allowed(origin: str | None, host: str | None) -> bool:
    """Whether a page of `origin` may open a socket on this server: Streamlit's own
    rule, for our socket too.

    It may where the server answers under the page's own name and port, and from the
    addresses in `server.corsAllowedOrigins` and `browser.serverAddress`. Who names no
    origin is no browser.

    Args:
        origin: as the browser says it, as in "https://explorer.example:8443".
        host: the name under which the server was asked, as in "explorer.example:8443".
    """
    if not host_allowed(host):
        return False
    if origin is None:
        return True
    try:
        own = urlsplit(origin).netloc == host
        return own or is_url_from_allowed_origins(origin)
    except ValueError:  # no address at all, as in "http://["
        return False


def _opened() -> bool:
    """Whether other machines reach this server."""
    address = str(config.get_option("server.address") or "")
    number = _in_numbers(address)
    return not (address == "localhost" or (number is not None and number.is_loopback))


def _own_names() -> set[str]:
    machine = socket.gethostname().lower()
    given = {_name_in(url.partition("://")[2]) for url in _origins()}
    given.add(str(config.get_option("browser.serverAddress")).lower())
    return {"localhost", machine, f"{machine}.local", *given} - {""}


def _origins() -> list[str]:
    return [str(url).strip() for url in config.get_option("server.corsAllowedOrigins")]


def _name_in(host: str) -> str:
    """The name without its port; empty if there is none."""
    with suppress(ValueError):
        parts = urlsplit(f"//{host}")
        if parts.username is None and parts.netloc == host:
            _ = parts.port  # which must be one
            return (parts.hostname or "").rstrip(".")
    return ""


def _in_numbers(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a name spells in numbers; None if it is a name."""
    with suppress(ValueError):
        return ipaddress.ip_address(name)
    return None
