"""What every page begins with: its language, its words, and one place for errors."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from explorer.errors import ExplorerError
from explorer.ui.translation import Translate, best_language, translator

LANGUAGE = "lang"


def language() -> str:
    """The language of this tab: the reader's choice, else the browser's."""
    return best_language(st.query_params.get(LANGUAGE), st.context.locale)


def words() -> Translate:
    """The translating function of this tab."""
    return translator(language())


@contextmanager
def shown_errors() -> Iterator[None]:
    """Show what a person can mend as one sentence; anything else is a bug."""
    try:
        yield
    except ExplorerError as error:
        st.error(error.said(words()), icon=":material/error:")


def mode() -> str:
    """ "light" or "dark", as the tab is drawn."""
    return "dark" if st.context.theme.type == "dark" else "light"
