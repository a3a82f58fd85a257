"""What surrounds every page: navigation and the language switch."""

import streamlit as st

from explorer.ui.address import follow_page, remember_address
from explorer.ui.crowd import check_tab
from explorer.ui.document import say_language
from explorer.ui.history import mend_browser
from explorer.ui.language import ASSETS, LANGUAGES
from explorer.ui.page import LANGUAGE, explained, language, mode, words
from explorer.ui.places import PAGES, places
from explorer.ui.plain import show_error
from explorer.ui.visitor import login_button


def show() -> None:
    """Draw the page that the address names, and what surrounds it."""
    _ = words()
    st.set_page_config(
        page_title=_("Sequence Explorer"),
        page_icon=ASSETS / "icon.png",
        layout="wide",
        initial_sidebar_state="auto",
    )
    first, *others = places(PAGES)
    page = st.navigation(
        [
            st.Page(first.file, title=_(first.title), url_path="", default=True),
            *(st.Page(p.file, title=_(p.title), url_path=p.address) for p in others),
        ],
        position="top",
    )
    follow_page(page.url_path)
    for name in ("header", "every", mode()):
        st.html(ASSETS / "page" / f"{name}.css")
    with st.container(horizontal=True, key="reader", gap="small", width="content"):
        login_button(_)
        for other in (each for each in LANGUAGES if each != language()):
            st.button(
                LANGUAGES[other],
                type="tertiary",
                key=f"language.{other}",
                help="Language / 语言",
                on_click=_switch,
                args=(other,),
            )
    with st.container(key="unseen"):
        mend_browser()
        say_language(language())
    try:
        check_tab()
        page.run()
    except Exception as error:
        show_error(explained(error), _)


def _switch(other: str) -> None:
    st.query_params[LANGUAGE] = other
    remember_address()
