"""Pick a model and data, train live, and watch the loss and the insides."""

import streamlit as st

from explorer.errors import N_
from explorer.ui.address import read_address, show_address_error
from explorer.ui.classes.attending import attended, follow_task
from explorer.ui.classes.polling import waiting_line
from explorer.ui.classes.settings import class_settings
from explorer.ui.classes.side import task_side, task_top
from explorer.ui.explanations import explanations
from explorer.ui.language import ASSETS
from explorer.ui.live.component import live_panels
from explorer.ui.live.single import show_single, wanted_panel
from explorer.ui.moment import remember_moment
from explorer.ui.page import language, shown_errors, words
from explorer.ui.pending import about_line, follow_run, trained_at_once, waits
from explorer.ui.runs.recent import remember_run, run_or_sample
from explorer.ui.settings import choose_settings
from explorer.ui.transport import transport
from explorer.ui.visitor import visitor

TITLE, SECTION, ORDER = N_("Playground"), N_("Play"), 20
_ = words()
st.html(ASSETS / "page" / "playground.css")
with st.container(key="playground", gap="xsmall"), shown_errors():
    me = visitor()
    here = attended(me, _)
    group_id = here.group.id if here else ""
    if here is None:
        with st.container(key="unseen_title"):
            st.title(_(TITLE), anchor=False)
    else:
        with st.container(key="class_top", horizontal=True):
            task_top(here, _)
        read_address()
        follow_task(me, here)
    run = run_or_sample(me, _)
    if alone := wanted_panel(run):
        show_single(run, alone, _)
        st.stop()
    if here is None:
        follow_run(me, run)
    config = class_settings(here.task, _) if here else choose_settings()
    show_address_error(_)
    ready = None if here and here.waits else config
    run = trained_at_once(me, run, ready, _, group_id)
    remember_run(run)
    with st.container(horizontal=True, key="steering", vertical_alignment="center"):
        with st.container(width="content", key="buttons"):
            transport(me, run, ready, _, group_id)
        with st.container(key="about"):
            first = here is not None and here.waits
            st.markdown(waiting_line(_) if first else about_line(run, config, _))
    panels, side = st.columns([3, 1], gap="medium") if here else (st.container(), None)
    with panels:
        at = live_panels(
            run, language(), _, "playground", long=False, stale=waits(run, config)
        )
    remember_moment(at)
    if here and side:
        with side, st.container(key="class_ask" if here.waits else "class_side"):
            task_side(me, here, _)
    explanations(run.config, _)
