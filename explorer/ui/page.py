"""What every page begins with: its language, its words, and one place for errors."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec

import streamlit as st

from explorer.engine.service import engine
from explorer.errors import ExplorerError
from explorer.runs.trouble import database_trouble
from explorer.ui.language import LANGUAGE, Translate, best_language, translator
from explorer.ui.plain import show_error

LOOKS_EVERY = 3.0
"""Seconds between two looks of a page at whether the server works again."""

_LATER = "page.error"
_P = ParamSpec("_P")


def language() -> str:
    """The language of this tab: the reader's choice, else the browser's."""
    return best_language(st.query_params.get(LANGUAGE), st.context.locale)


def worded(key: str) -> str:
    """The key of a list of which several entries can be chosen: Streamlit knows them by
    their words, so that what was chosen in one language is nothing in another."""
    return f"{key}.{language()}"


def words() -> Translate:
    """The translating function of this tab."""
    return translator(language())


def explained(error: Exception) -> ExplorerError:
    """What a person can mend, in a sentence: also a database that fails.

    Raises:
        Exception: the error itself, if it is a bug.
    """
    trouble = error if isinstance(error, ExplorerError) else database_trouble(error)
    if trouble is None:
        raise error
    return trouble


@contextmanager
def shown_errors() -> Iterator[None]:
    """Show what a person can mend as one sentence; anything else is a bug.

    What went wrong in a callback of `shown_later` is shown first.
    """
    if error := st.session_state.pop(_LATER, None):
        show_error(error, words())
    try:
        yield
    except Exception as error:
        show_trouble(error)


def show_trouble(error: Exception) -> None:
    """Show what a person can mend. Where the server itself has trouble the page is
    drawn again as soon as that is over.

    Raises:
        Exception: the error itself, if it is a bug.
    """
    trouble = explained(error)
    show_error(trouble, words())
    if trouble is not error or not _server_works():
        st.fragment(_draw_again, run_every=LOOKS_EVERY)(time.monotonic())


def _draw_again(drawn: float) -> None:
    """Draw the page anew if the server works, but not over and over."""
    if time.monotonic() - drawn > LOOKS_EVERY / 2 and _server_works():
        st.rerun()


def _server_works() -> bool:
    try:
        return engine().trouble is None
    except Exception as error:
        explained(error)
        return False


def shown_later(callback: Callable[_P, object]) -> Callable[_P, None]:
    """A callback whose `ExplorerError` is shown when the page is drawn next."""

    @wraps(callback)
    def guarded(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except Exception as error:
            st.session_state[_LATER] = explained(error).words

    return guarded


def mode() -> str:
    """ "light" or "dark", as the tab is drawn."""
    return "dark" if st.context.theme.type == "dark" else "light"
