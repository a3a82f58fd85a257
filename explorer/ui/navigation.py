"""What surrounds every page: navigation and the language switch."""

from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explorer.ui.address import PANEL, follow_page, remember_address, shown_class
from explorer.ui.document import say_language
from explorer.ui.history import mend_browser
from explorer.ui.language import ASSETS, LANGUAGE, LANGUAGES, Translate
from explorer.ui.occupancy import check_tab
from explorer.ui.page import language, mode, show_trouble, words
from explorer.ui.places import PAGES, Place, places
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
    sections: dict[str, list[Any]] = {}
    for place in places(PAGES):
        sections.setdefault(_(place.section), []).append(_page(place, _(place.title)))
    alone = PANEL in st.query_params
    _keep_to_the_page()
    page = st.navigation(sections, position="hidden" if alone else "top")
    follow_page(page.url_path)
    section = [page in pages for pages in sections.values()].index(True)
    _mark_section(section)
    for name in ("header", "every", mode()):
        st.html(ASSETS / "page" / f"{name}.css")
    if not alone:
        _reader(_)
    with st.container(key="unseen"):
        mend_browser(section, shown_class())
        say_language(language())
    try:
        check_tab()
        page.run()
    except Exception as error:
        show_trouble(error)


def _keep_to_the_page() -> None:
    """Ask Streamlit for the page that this run of the script is for.

    It keeps what is asked for once per session, and a run that was stopped for a newer
    one may still be starting: whoever follows a link while a page is drawn anew would
    be shown the page that they left.
    """
    run = get_script_run_ctx()
    if run and run.page_script_hash != run.pages_manager.main_script_hash:
        run.pages_manager.set_script_intent(run.page_script_hash, "")


def _reader(_: Translate) -> None:
    """Who reads, and in which language."""
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


def _mark_section(number: int) -> None:
    """Show in which section the page is; Streamlit marks it in the open menu alone."""
    nth = f".rc-overflow-item:nth-child({number + 1})"
    item = f'[data-testid="stHeader"] {nth} button'
    shade = "background: color-mix(in srgb, currentColor 10%, transparent)"
    st.html(f"<style>{item} {{ {shade} }}</style>")


def _page(place: Place, title: str) -> Any:
    """The page that lies at the bare address is the one that Streamlit opens first."""
    at = place.address
    return st.Page(place.file, title=title, url_path=at, default=not at)


def _switch(other: str) -> None:
    st.query_params[LANGUAGE] = other
    remember_address()
