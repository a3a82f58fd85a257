"""A class: one lesson, one link, and everybody's loss on one chart."""

import streamlit as st

from explorer.engine.classes import KIND
from explorer.ui.address import read_address, shown_class
from explorer.ui.attending import visit
from explorer.ui.class_forms import new_class
from explorer.ui.page import shown_errors, words
from explorer.ui.sidebar import sidebar
from explorer.ui.teaching import own_classes, teach
from explorer.ui.visitor import visitor

_ = words()
st.title(_("Class"), anchor=False)
with shown_errors():
    me = visitor()
    if shown_class():
        read_address()
        group = me.store.groups.get(shown_class(), KIND)
        if group.owner == me.owner:
            teach(me, group, _)
        else:
            visit(me, group, _)
        st.stop()
    st.markdown(
        _(
            "Choose data, model and training on the left, say what is open and what is "
            "to be reached, and give the link to your students. They train in their "
            "own browsers; you see everybody's loss here."
        )
    )
    config = sidebar()
    own_classes(me, _)
    if config is not None:
        new_class(me, config, _)
