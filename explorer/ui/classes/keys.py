"""Codes and links that let others see a class, teach it along, or take it over."""

import streamlit as st

from explorer.engine.visitor import Visitor
from explorer.errors import N_, ExplorerError
from explorer.runs.passes import Opens, parted
from explorer.runs.records import Group
from explorer.ui.address import key_link, show_class, show_key, shown_key
from explorer.ui.classes.projector import project
from explorer.ui.classes.rights import taught_later
from explorer.ui.language import Translate
from explorer.ui.page import shown_later
from explorer.ui.plain import show_error

KEYS: dict[Opens, str] = {
    "look": N_("**Projector**: who opens this sees the board and can change nothing."),
    "teach": N_("**Second teacher**: who opens this teaches the class with you."),
    "own": N_(
        "**Your own key**: write it down. On another computer it makes the class yours "
        "again. Show it to nobody."
    ),
}


def keys_panel(visitor: Visitor, home: Group, _: Translate) -> None:
    """The codes of a class, each shown when it is asked for: the page is projected."""
    for opens, explanation in KEYS.items():
        st.markdown(_(explanation))
        if st.toggle(_("Show"), key=f"class.key.{opens}.{home.id}"):
            code = visitor.store.passes.code(home.id, opens)
            st.code(parted(code), language=None)
            st.code(key_link(code), language=None, wrap_lines=True)
    st.button(
        _("Make new keys"),
        icon=":material/key_off:",
        key="new_keys",
        help=_("The old ones open nothing any more, and you teach alone."),
        on_click=taught_later(visitor, home, _renew, whole=True),
        args=(visitor, home),
    )


def with_key(visitor: Visitor, _: Translate) -> None:
    """What the code in the address opens; the page ends with it."""
    if not (code := shown_key()):
        return
    try:
        group_id, opens = visitor.classes.find_code(code)
    except ExplorerError as error:
        show_error(error, _, "key_off")
        st.button(_("Back"), key="drop_key", on_click=show_key, args=("",))
        st.stop()
    home = visitor.store.groups.get(group_id)
    if opens == "look":
        project(visitor, home, code, _)
        st.stop()
    if opens == "join":
        show_class(group_id)
        show_key("")
        return
    st.title(_("Teach a class"), anchor=False)
    st.markdown(
        _("With this key the class becomes yours; whose it was teaches it with you.")
        if opens == "own"
        else _("With this key you teach the class together with its teacher.")
    )
    with st.container(horizontal=True):
        st.button(
            _("Teach this class"),
            type="primary",
            icon=":material/co_present:",
            key="use_key",
            on_click=shown_later(_use),
            args=(visitor, code),
        )
        st.button(_("Not now"), key="drop_key", on_click=show_key, args=("",))
    st.stop()


def _use(visitor: Visitor, code: str) -> None:
    show_class(visitor.classes.use_key(code))
    show_key("")


def _renew(visitor: Visitor, home: Group) -> None:
    for opens in KEYS:
        visitor.store.passes.revoke(home.id, opens)
    visitor.store.teachers.dismiss(home.id)
