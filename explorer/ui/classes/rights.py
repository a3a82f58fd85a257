"""What a class lets its teachers do, seen to at the moment when they do it.

A tab goes on showing what it showed: who has lost the right to teach a class may still
have its buttons before them, and a picture that draws itself anew by itself.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from explorer.engine.visitor import Visitor
from explorer.runs.records import Group
from explorer.ui.page import shown_later

_P = ParamSpec("_P")


def taught_later(
    visitor: Visitor, group: Group, callback: Callable[_P, object], whole: bool = False
) -> Callable[_P, None]:
    """A callback of `shown_later` that only who teaches the class may have.

    Args:
        visitor: whose tab it is.
        group: the class, or a task of it.
        callback: what is done.
        whole: whether the class must be theirs.
    """

    @wraps(callback)
    def guarded(*args: _P.args, **kwargs: _P.kwargs) -> None:
        visitor.check_teaches(group, whole)
        callback(*args, **kwargs)

    return shown_later(guarded)


def keep_to_teachers(visitor: Visitor, home: Group) -> None:
    """In what draws itself anew: the whole page is drawn for who teaches no more."""
    if not visitor.teaches(visitor.store.groups.get(home.id)):
        st.rerun()
