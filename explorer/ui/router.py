"""The script behind every page: navigation and the language switch."""

import streamlit as st

from explorer.ui.address import follow_page, remember_address
from explorer.ui.history import one_stop_a_page
from explorer.ui.language import ASSETS, LANGUAGES
from explorer.ui.page import LANGUAGE, language, mode, words
from explorer.ui.places import PAGES
from explorer.ui.visitor import login_button

FIRST = "playground"

st.set_page_config(
    page_title="Sequence Explorer",
    page_icon=ASSETS / "icon.png",
    layout="wide",
    initial_sidebar_state="auto",
)
_ = words()
page = st.navigation(
    [
        st.Page(
            PAGES / f"{file}.py",
            title=title,
            url_path="" if file == FIRST else file.removesuffix("_room"),
            default=file == FIRST,
        )
        for file, title in (
            (FIRST, _("Playground")),
            ("compare", _("Compare")),
            ("sweep", _("Sweep")),
            ("inside", _("Look inside")),
            ("translate", _("Translate")),
            ("gan", _("GAN")),
            ("hmm_crf", _("HMM and CRF")),
            ("pretrain", _("Pretrain and fine-tune")),
            ("data", _("Data")),
            ("runs", _("Runs")),
            ("class_room", _("Class")),
            ("models", _("Models")),
        )
    ],
    position="top",
)


def _switch() -> None:
    st.query_params[LANGUAGE] = st.session_state["language"]
    remember_address()


follow_page(page.url_path)
st.html(ASSETS / "page" / f"{mode()}.css")

with st.sidebar:
    st.segmented_control(
        "Language / 语言",
        list(LANGUAGES),
        default=language(),
        required=True,
        format_func=LANGUAGES.__getitem__,
        key="language",
        on_change=_switch,
    )
    login_button(_)
    one_stop_a_page()
page.run()
