"""The page Class as its teacher uses it: show the link, watch, steer, end."""

from urllib.parse import urlsplit

import segno
import streamlit as st

from explorer.engine.classes import KIND, Lesson, read_lesson
from explorer.engine.visitor import Visitor
from explorer.inspection.facts import lines
from explorer.plots.runs import standings as chart
from explorer.runs.commands import PAUSE, RESUME, STOP, CommandSpec
from explorer.runs.records import Group
from explorer.ui.address import class_link, show_class
from explorer.ui.classes.attending import goal_line
from explorer.ui.classes.board import long_board, standings
from explorer.ui.classes.forms import change_class
from explorer.ui.language import Translate
from explorer.ui.live.figure import show_figure
from explorer.ui.page import shown_later
from explorer.ui.plain import literal

EVERY = 2.0
"""Seconds between two looks at the class."""

LOCAL = ("localhost", "127.0.0.1", "::1")
STEERING = (PAUSE, RESUME, STOP)


def own_classes(visitor: Visitor, _: Translate) -> None:
    """The classes that one teaches, each a button."""
    groups = visitor.store.groups.of(visitor.owner, KIND)
    if not groups:
        return
    st.header(_("Your classes"), anchor=False)
    for group in groups:
        lesson = read_lesson(group)
        icon = "lock" if lesson.closed else "groups"
        st.button(
            f"{literal(lesson.title)} · {group.created:%Y-%m-%d}",
            icon=f":material/{icon}:",
            key=f"open.{group.id}",
            on_click=show_class,
            args=(group.id,),
        )


def teach(visitor: Visitor, group: Group, _: Translate) -> None:
    """All of a class for who teaches it."""
    lesson = read_lesson(group)
    st.button(
        _("All your classes"),
        icon=":material/arrow_back:",
        key="all_classes",
        on_click=show_class,
        args=("",),
    )
    st.title(literal(lesson.title), anchor=False)
    st.markdown(goal_line(lesson, _))
    if lesson.closed:
        st.info(
            _("This class is closed: nobody can join or train in it."),
            icon=":material/lock:",
        )
        _steering(visitor, group, _)
    else:
        code, beside = st.columns([1, 5], vertical_alignment="center")
        code.html(_qr(class_link(group.id), _("The link as a QR code")))
        with beside:
            _invitation(group, _)
            _steering(visitor, group, _)
    every = None if lesson.closed else EVERY
    st.fragment(_live, run_every=every)(visitor, group, lesson, _)
    with st.expander(_("Change the lesson, the goal or the locks"), key="class.edit"):
        change_class(visitor, group, lesson, _)
    ends = _("Remove a nickname, close or delete the class")
    with st.expander(ends, key="class.end"):
        _members(visitor, group, _)
        _endings(visitor, group, lesson, _)


def _invitation(group: Group, _: Translate) -> None:
    """The link, large."""
    link = class_link(group.id)
    st.html("<style>.st-key-class_link code { font-size: 1.5rem; }</style>")
    with st.container(key="class_link"):
        st.markdown(_("Students open this link and give a nickname:"))
        st.code(link, language=None, wrap_lines=True)
    if urlsplit(link).hostname in LOCAL:
        st.caption(
            _(
                "This address works on this machine alone. Open the app by the "
                "address that others reach, and the link will be right."
            )
        )


def _qr(link: str, alternative: str) -> str:
    """Dark on white in either theme, as phones want it."""
    source = segno.make(link, micro=False).svg_data_uri(
        scale=4, border=2, dark="#000000", light="#ffffff"
    )
    style = "width: 100%; max-width: 11rem"
    return f'<img src="{source}" alt="{alternative}" style="{style}">'


def _steering(visitor: Visitor, group: Group, _: Translate) -> None:
    with st.container(horizontal=True, gap="small", key="steering"):
        for spec in STEERING:
            st.button(
                _(spec.for_all),
                icon=f":material/{spec.icon}:",
                key=f"{spec.name}_all",
                on_click=shown_later(_send_all),
                args=(visitor, group.id, spec),
            )


def _live(visitor: Visitor, group: Group, lesson: Lesson, _: Translate) -> None:
    """The chart and the score board, as they are now."""
    found = standings(visitor.store, group.id, lesson.goal, lesson.within)
    if not found:
        st.info(
            _("Nobody has joined yet. Show the link above to your students."),
            icon=":material/hourglass_top:",
        )
        return
    training = [standing.nickname for standing in found if standing.training]
    line = _("Joined: %(joined)d. Training now: %(training)d.")
    line %= {"joined": len(found), "training": len(training)}
    if lesson.goal is not None:
        reached = sum(standing.reached is not None for standing in found)
        line += " " + _("Reached the goal: %(count)d.") % {"count": reached}
    st.markdown(line)
    left, right = st.columns(2, gap="medium")
    steps = lesson.within or lesson.base.training.steps
    drawn = chart.extract(found, lesson.goal, steps, lines(lesson.base))
    with left:
        show_figure("class", chart.figure(drawn, _), chart.alternative(drawn, _), _)
        st.markdown(literal(chart.reading(drawn, _)))
    with right:
        st.html(long_board(found, lesson, _))


def _members(visitor: Visitor, group: Group, _: Translate) -> None:
    names = [member.nickname for member in visitor.store.groups.members(group.id)]
    if not names:
        return
    name = st.selectbox(
        _("Nickname"),
        names,
        index=None,
        key="class.remove",
        placeholder=_("Choose who is to go"),
        help=_("Their runs leave the board; they can join again by another nickname."),
    )
    st.button(
        _("Remove from the class"),
        icon=":material/person_remove:",
        key="remove_member",
        disabled=name is None,
        on_click=shown_later(_remove),
        args=(visitor, group.id, name),
    )


def _endings(visitor: Visitor, group: Group, lesson: Lesson, _: Translate) -> None:
    st.button(
        _("Open the class again") if lesson.closed else _("Close the class"),
        icon=":material/lock_open:" if lesson.closed else ":material/lock:",
        key="close_class",
        help=_("In a closed class nobody can join or start a run; the board stays."),
        on_click=shown_later(visitor.store.groups.change),
        args=(group.id, {"closed": not lesson.closed}),
    )
    with st.popover(_("Delete the class"), icon=":material/delete:"):
        st.markdown(
            _(
                "The class, its lesson and its score board go for good. Everybody's "
                "runs stay with those who started them."
            )
        )
        st.button(
            _("Delete for good"),
            type="primary",
            key="delete_class",
            on_click=shown_later(_delete),
            args=(visitor, group.id),
        )


def _remove(visitor: Visitor, group_id: str, nickname: str) -> None:
    visitor.store.groups.leave(group_id, nickname)


def _delete(visitor: Visitor, group_id: str) -> None:
    visitor.store.groups.delete(group_id)
    show_class("")


def _send_all(visitor: Visitor, group_id: str, spec: CommandSpec) -> None:
    """Have every run of the class do something in whose state it makes sense."""
    for run in visitor.store.shelf.of_group(group_id):
        if run.status in spec.states:
            visitor.send(run.id, spec())
