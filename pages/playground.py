"""Pick a model and data, train live, and watch the loss and the insides."""

import streamlit as st

from explorer.errors import N_
from explorer.ui.address import show_address_error
from explorer.ui.classes.attending import attended, task_head
from explorer.ui.classes.settings import class_settings
from explorer.ui.explanations import explanations
from explorer.ui.live.component import live_panels
from explorer.ui.moment import remember_moment
from explorer.ui.page import language, shown_errors, words
from explorer.ui.pending import about_line, follow_run, trained_at_once, waits
from explorer.ui.plain import literal
from explorer.ui.runs.recent import remember_run, run_or_sample
from explorer.ui.settings import choose_settings
from explorer.ui.transport import transport
from explorer.ui.visitor import visitor

TITLE, SECTION, ORDER = N_("Playground"), N_("Play"), 20
_ = words()
with st.container(key="playground", gap="xsmall"), shown_errors():
    me = visitor()
    here = attended(me, _)
    group_id = here.group.id if here else ""
    with st.container(key="task" if here else "unseen_title"):
        st.title(literal(here.task.title) if here else _(TITLE), anchor=False)
    if here is not None:
        task_head(me, here, _)
    run = run_or_sample(me, _)
    if here is None:
        follow_run(me, run)
    config = class_settings(here.task, _) if here else choose_settings()
    show_address_error(_)
    run = trained_at_once(me, run, config, _, group_id)
    remember_run(run)
    with st.container(horizontal=True, key="steering", vertical_alignment="center"):
        with st.container(width="content", key="buttons"):
            transport(me, run, config, _, group_id)
        with st.container(key="about"):
            st.markdown(about_line(run, config, _))
    at = live_panels(
        run, language(), _, "playground", long=False, stale=waits(run, config)
    )
    remember_moment(at)
    explanations(run.config, _)
