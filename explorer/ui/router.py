"""The script behind every page: navigation and the language switch."""

from pathlib import Path

import streamlit as st

from explorer.ui.address import follow_page, remember_address
from explorer.ui.history import one_stop_a_page
from explorer.ui.page import LANGUAGE, language, words
from explorer.ui.translation import ASSETS, LANGUAGES

PAGES = Path(__file__).parents[2] / "pages"

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
            PAGES / "playground.py",
            title=_("Playground"),
            icon=":material/play_circle:",
            default=True,
        ),
        st.Page(
            PAGES / "compare.py", title=_("Compare"), icon=":material/sports_score:"
        ),
        st.Page(
            PAGES / "inside.py", title=_("Look inside"), icon=":material/visibility:"
        ),
        st.Page(
            PAGES / "translate.py", title=_("Translate"), icon=":material/translate:"
        ),
        st.Page(PAGES / "gan.py", title=_("GAN"), icon=":material/swords:"),
        st.Page(
            PAGES / "hmm_crf.py",
            title=_("HMM and CRF"),
            icon=":material/linear_scale:",
        ),
        st.Page(
            PAGES / "pretrain.py",
            title=_("Pretrain and fine-tune"),
            icon=":material/school:",
        ),
        st.Page(PAGES / "models.py", title=_("Models"), icon=":material/account_tree:"),
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
    one_stop_a_page()
page.run()
