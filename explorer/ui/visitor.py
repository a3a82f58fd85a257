"""Who sits at this tab: an account where logins are set up, else the browser itself.

A browser is known by a cookie that scripts cannot read and nobody can forge. It never
stands in an address, so that what is shared gives no right to control.
"""

import hashlib
import secrets
from http.cookies import CookieError, SimpleCookie
from importlib.util import find_spec

import streamlit as st
from itsdangerous import (
    BadData,
    BadSignature,
    SignatureExpired,
    Signer,
    TimestampSigner,
    URLSafeTimedSerializer,
)
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from explorer.engine.service import engine
from explorer.engine.visitor import Visitor
from explorer.errors import N_, ExplorerError
from explorer.ui.language import ASSETS, Translate
from explorer.ui.page import explained
from explorer.ui.plain import literal
from explorer.ui.shell import FRAMES

COOKIE = "explorer_owner"
HOUR = 3600
DAY = 24 * HOUR
YEAR = 365 * DAY
HOST = "/_stcore/host-config"
"""What Streamlit's page asks for before it opens its socket."""

_OWNER = "visitor.owner"


def visitor() -> Visitor:
    """The engine as the person at this tab may use it."""
    return Visitor(engine(), owner())


def owner() -> str:
    """Whose runs this tab starts."""
    state = st.session_state
    if (account := _account()) is not None:
        return account
    if _OWNER not in state:
        # A browser that refuses cookies owns its runs until its tab is closed.
        state[_OWNER] = _read(cookie()) or _new_owner()
    return str(state[_OWNER])


def login_button(_: Translate) -> None:
    """Log in or out, where `.streamlit/secrets.toml` has a section [auth]."""
    if not st.secrets.load_if_toml_exists() or "auth" not in st.secrets:
        return
    st.html(ASSETS / "page" / "login.css")
    if find_spec("authlib") is None:
        st.error(
            _("Logins are set up here, but Authlib is missing. Install it."),
            icon=":material/error:",
        )
    elif _account() is None:
        st.button(
            _("Log in"),
            icon=":material/login:",
            key="login",
            help=_("Your runs are then yours in every browser that you log in with."),
            on_click=st.login,
        )
    else:
        name = str(st.user.get("name") or st.user.get("email") or "")
        st.button(
            _("Log out"),
            icon=":material/logout:",
            key="logout",
            help=literal(name) or None,
            on_click=st.logout,
        )


def cookie() -> str:
    """What this tab's browser is known by; its live socket brings it too."""
    return str(st.context.cookies.get(COOKIE, ""))


def control_token(run_id: str, person: str, browser: str) -> str:
    """What a tab shows the live socket to be allowed to change a run, for a day.

    Args:
        person: whose right it is.
        browser: the cookie of who is given it; no other browser can use it.
    """
    return _tokens().dumps([run_id, person, _short(browser)])


def controller(run_id: str, token: str, browser: str) -> str | None:
    """Whom `control_token` gave this for that run and this browser; None for nobody.

    Raises:
        ExplorerError: if that was too long ago.
    """
    try:
        run, person, short = _tokens().loads(token, max_age=DAY)
    except SignatureExpired:
        raise ExplorerError(
            N_(
                "A page may change runs for a day, and this one was loaded before "
                "that. Reload it."
            )
        ) from None
    except BadData:
        return None
    return str(person) if (run, short) == (run_id, _short(browser)) else None


def _account() -> str | None:
    """Who is logged in, by issuer and subject; None without logins."""
    if not st.user.get("is_logged_in", False):
        return None
    facts = f"{st.user.get('iss', '')} {st.user.get('sub', '')}"
    return "user-" + hashlib.sha256(facts.encode()).hexdigest()[:40]


def _new_owner() -> str:
    return "browser-" + secrets.token_urlsafe(24)


def _signer(use: str) -> Signer:
    return Signer(engine().store.keys.get("visitors"), salt=use)


def _tokens() -> URLSafeTimedSerializer:
    key = engine().store.keys.get("visitors")
    return URLSafeTimedSerializer(key, salt="control", signer=_Hourly)


class _Hourly(TimestampSigner):
    """Tokens of one hour are alike, so that pages that are drawn again stay equal."""

    def get_timestamp(self) -> int:
        return super().get_timestamp() // HOUR * HOUR


def _short(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()[:16]


def _read(cookie: str) -> str | None:
    """The owner that a cookie names; None if it is not one of ours."""
    try:
        return _signer("cookie").unsign(cookie).decode()
    except (BadSignature, UnicodeError):
        return None


class KnownBrowsers:
    """ASGI middleware: a page that is asked for without our cookie sends one along, and
    so does what Streamlit asks for before it opens its socket: a page that came before
    the server had begun has none."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_known(scope):
            await self.app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                kind = headers.get("content-type", "")
                if kind.startswith("text/html") or scope["path"].endswith(HOST):
                    headers.append("set-cookie", _set_cookie(scope))
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def _is_known(scope: Scope) -> bool:
    """Whether a request needs no new cookie: it has one, or there can be none now, and
    the page says why."""
    try:
        return _read(_cookie_in(scope)) is not None
    except Exception as error:
        explained(error)
        return True


def _cookie_in(scope: Scope) -> str:
    try:
        cookies = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return ""
    return cookies[COOKIE].value if COOKIE in cookies else ""


def _set_cookie(scope: Scope) -> str:
    """A new owner's cookie: in a frame of another site, the frame's alone."""
    value = _signer("cookie").sign(_new_owner()).decode()
    if scope["scheme"] != "https":
        reach = "SameSite=Lax"
    elif Headers(scope=scope).get("sec-fetch-dest") in FRAMES:
        reach = "SameSite=None; Secure; Partitioned"
    else:
        reach = "SameSite=Lax; Secure"
    return f"{COOKIE}={value}; Path=/; Max-Age={YEAR}; HttpOnly; {reach}"
