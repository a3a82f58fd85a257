"""The nicknames of a class: who sees them, other ones, and who has to go."""

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.engine.classroom import Classroom
from explorer.engine.visitor import Visitor
from explorer.plots.words import listed
from explorer.runs.members import MOST_NICKNAME
from explorer.runs.records import Group, Member
from explorer.ui.classes.board import numbered
from explorer.ui.classes.rights import keep_to_teachers, taught_later
from explorer.ui.language import Translate
from explorer.ui.page import shown_errors
from explorer.ui.plain import literal

EVERY = 5.0
"""Seconds between two looks at who is there."""

_NEW = "class.new_name"


def names_panel(visitor: Visitor, group: Group, room: Classroom, _: Translate) -> None:
    """The choices of a class about names, and what can be done with each."""
    for name, label, explanation in (
        (
            "anonymous",
            _("Anonymous names"),
            _("The chart and the boards show students with numbers, no nicknames."),
        ),
        (
            "approve",
            _("Approve names"),
            _("A new nickname is shown to the others only when you let it be seen."),
        ),
    ):
        key = f"class.{name}.{group.id}"
        st.toggle(
            label,
            getattr(room, name),
            key=key,
            help=explanation,
            on_change=taught_later(visitor, group, _choose),
            args=(visitor, group.id, name, key),
        )
    st.fragment(_names, run_every=EVERY)(visitor, group, _)


def _names(visitor: Visitor, group: Group, _: Translate) -> None:
    """Those who are there, and the buttons for one of them."""
    with shown_errors():
        keep_to_teachers(visitor, group)
        members = visitor.store.members.of(group.id)
        if not members:
            st.caption(_("Nobody is there yet."))
            return
        _waiting(visitor, group, [m for m in members if not m.seen], _)
        by_name = {member.nickname: member for member in members}
        name = st.selectbox(
            _("Nickname"),
            list(by_name),
            index=None,
            key="class.member",
            placeholder=_("Choose whose"),
        )
        _buttons(visitor, group, by_name.get(name or ""), _)


def _waiting(
    visitor: Visitor, group: Group, hidden: Sequence[Member], _: Translate
) -> None:
    """The nicknames that the others do not see, to be let through at once."""
    if not hidden:
        return
    named = _("%(name)s (%(more)s)")
    names = [
        named % {"name": literal(m.nickname), "more": numbered(m.seat, _)}
        for m in hidden
    ]
    st.markdown(_("Not seen by the others: %(names)s.") % {"names": listed(names, _)})
    st.button(
        _("Show all of these"),
        icon=":material/visibility:",
        key="show_names",
        on_click=taught_later(visitor, group, _show_all),
        args=(visitor, group.id, [member.nickname for member in hidden]),
    )


def _buttons(
    visitor: Visitor, group: Group, member: Member | None, _: Translate
) -> None:
    """What can be done with the chosen nickname."""
    store, name = visitor.store, member.nickname if member else ""
    seen = member is None or member.seen

    def button(
        label: str, icon: str, key: str, act: Callable[..., object], *more: object
    ) -> None:
        st.button(
            label,
            icon=f":material/{icon}:",
            key=key,
            disabled=member is None,
            on_click=taught_later(visitor, group, act),
            args=(group.id, name, *more),
        )

    with st.container(horizontal=True, vertical_alignment="bottom", key="class.names"):
        label = _("Hide it") if seen else _("Show it")
        icon = "visibility_off" if seen else "visibility"
        button(label, icon, "show_member", store.members.show, not seen)
        label = _("Remove from the class")
        button(label, "person_remove", "remove_member", store.members.remove)
        st.text_input(_("Another nickname"), max_chars=MOST_NICKNAME, key=_NEW)
        button(_("Rename"), "edit", "rename_member", _rename, visitor)
    st.caption(
        _(
            "Who is removed is told so, and their runs leave the board; they can join "
            "again by another nickname."
        )
    )


def _choose(visitor: Visitor, group_id: str, name: str, key: str) -> None:
    visitor.store.groups.change(group_id, {name: bool(st.session_state[key])})


def _show_all(visitor: Visitor, group_id: str, names: Sequence[str]) -> None:
    for name in names:
        visitor.store.members.show(group_id, name, seen=True)


def _rename(group_id: str, name: str, visitor: Visitor) -> None:
    visitor.store.members.rename(group_id, name, st.session_state.get(_NEW, ""))
