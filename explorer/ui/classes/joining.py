"""How people come into a class: a code to be dictated, a link, and a large QR code."""

from urllib.parse import urlsplit

import segno
import streamlit as st

from explorer.engine.visitor import Visitor
from explorer.runs.passes import plain
from explorer.runs.records import Group
from explorer.ui.address import class_link, show_class, show_key
from explorer.ui.language import Translate
from explorer.ui.page import shown_later
from explorer.ui.places import PLAYGROUND

LOCAL = ("localhost", "127.0.0.1", "::1")
STYLE = """<style>
.sx-code { font-size: 3rem; font-weight: 700; line-height: 1.2; letter-spacing: 0.15em;
  margin: 0; }
.sx-code.small { font-size: 1.9rem; }
[class*="st-key-class_link"] code { font-size: 1.5rem; }
</style>"""

_CODE, _ENTERED = "class.code", "class.entered"


def go_in() -> None:
    """To the Playground, where a class trains, for who has just typed its code."""
    if st.session_state.pop(_ENTERED, False):
        st.switch_page(PLAYGROUND)


def code_field(visitor: Visitor, _: Translate) -> None:
    """Where students type the code that was dictated to them."""
    with st.form("enter", border=False, width=420):
        row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
        row.text_input(
            _("Code of a class"),
            max_chars=40,
            key=_CODE,
            help=_(
                "Your teacher tells it: five letters and digits. A teacher types their "
                "own key here."
            ),
        )
        row.form_submit_button(
            _("Go in"),
            icon=":material/login:",
            key="enter_class",
            on_click=shown_later(_enter),
            args=(visitor,),
        )


def join_panel(visitor: Visitor, group: Group, large: bool, _: Translate) -> None:
    """The code and the ways to the link; all of it large until somebody has come."""
    code = visitor.store.passes.code(group.id, "join")
    if not large:
        with st.container(
            horizontal=True, vertical_alignment="center", key="class_join"
        ):
            st.markdown(_("Code to join:"), width="content")
            shown = f"{STYLE}<p class='sx-code small'>{code}</p>"
            st.html(shown, width="content")
            _large_button(group, code, _)
        return
    picture, beside = st.columns([1, 3], vertical_alignment="center", gap="medium")
    picture.html(qr(class_link(group.id), _("The link as a QR code")))
    with beside:
        st.markdown(_("Students choose **Class** and type this code:"))
        st.html(f"{STYLE}<p class='sx-code'>{code}</p>")
        _link(group, "class_link", _)
        _large_button(group, code, _)


def qr(link: str, alternative: str, width: str = "100%") -> str:
    """Dark on white in either theme, as phones want it."""
    source = segno.make(link, micro=False).svg_data_uri(
        scale=4, border=2, dark="#000000", light="#ffffff"
    )
    return f'<img src="{source}" alt="{alternative}" style="width: {width}">'


def _large_button(group: Group, code: str, _: Translate) -> None:
    if st.button(_("Large QR code"), icon=":material/qr_code_2:", key="large_qr"):
        st.dialog(_("Join the class"), width="large")(_large)(group, code, _)


def _large(group: Group, code: str, _: Translate) -> None:
    """For the last row."""
    left, right = st.columns([3, 2], vertical_alignment="center", gap="medium")
    picture = qr(class_link(group.id), _("The link as a QR code"), "min(68vh, 100%)")
    left.html(picture)
    with right:
        st.html(f"{STYLE}<p class='sx-code'>{code}</p>")
        _link(group, "class_link_large", _)


def _link(group: Group, key: str, _: Translate) -> None:
    """The link in letters, and a word where it leads nowhere."""
    link = class_link(group.id)
    with st.container(key=key):
        st.markdown(_("or open this link:"))
        st.code(link, language=None, wrap_lines=True)
    if urlsplit(link).hostname in LOCAL:
        st.caption(
            _(
                "This address works on this machine alone. Open the app by the "
                "address that others reach, and the link will be right."
            )
        )


def _enter(visitor: Visitor) -> None:
    """To the class that the code opens, or to what else it allows."""
    code = plain(str(st.session_state.get(_CODE, "")))
    found = visitor.classes.find_code(code)
    if found.opens == "join":
        show_class(found.group_id)
        st.session_state[_ENTERED] = True
    else:
        show_key(code)
