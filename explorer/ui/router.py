"""The script behind every page: navigation and the language switch."""

from pathlib import Path

import streamlit as st

from explorer.ui.address import follow_page, remember_address
from explorer.ui.history import one_stop_a_page
from explorer.ui.page import LANGUAGE, language, words
from explorer.ui.translation import ASSETS, LANGUAGES
from explorer.ui.visitor import login_button

PAGES = Path(__file__).parents[2] / "pages"
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
            icon=f":material/{icon}:",
            url_path="" if file == FIRST else file.removesuffix("_room"),
            default=file == FIRST,
        )
        for file, title, icon in (
            (FIRST, _("Playground"), "play_circle"),
            ("compare", _("Compare"), "sports_score"),
            ("sweep", _("Sweep"), "tune"),
            ("inside", _("Look inside"), "visibility"),
            ("translate", _("Translate"), "translate"),
            ("gan", _("GAN"), "swords"),
            ("hmm_crf", _("HMM and CRF"), "linear_scale"),
            ("pretrain", _("Pretrain and fine-tune"), "school"),
            ("data", _("Data"), "database"),
            ("runs", _("Runs"), "inventory_2"),
            ("class_room", _("Class"), "groups"),
            ("models", _("Models"), "account_tree"),
        )
    ],
    position="top",
)


def _switch() -> None:
    st.query_params[LANGUAGE] = st.session_state["language"]
    remember_address()


follow_page(page.url_path)

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
