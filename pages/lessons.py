"""Lessons that ask first: guess, watch a model train, and see why it came out so."""

import streamlit as st

from explorer.errors import N_
from explorer.ui.address import read_address
from explorer.ui.lessons.listed import list_all
from explorer.ui.lessons.museum import museum
from explorer.ui.lessons.shown import present_lesson, show
from explorer.ui.page import shown_errors, words
from explorer.ui.visitor import visitor

TITLE, SECTION, ORDER = N_("Lessons"), N_("Learn"), 5
_ = words()
read_address()
with shown_errors():
    me = visitor()
    lesson = present_lesson(_)
    if lesson is not None:
        show(me, lesson, _)
        st.stop()
    st.title(_(TITLE), anchor=False)
    list_all(me, _)
    museum(me, _)
