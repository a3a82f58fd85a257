"""What a person does with the runs that they chose on the page Runs."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from explorer.engine.visitor import MOST_EXPORTED, Visitor
from explorer.runs.records import Run
from explorer.runs.shelf import MOST_NAME
from explorer.ui.address import read_address, show_run, take_over
from explorer.ui.data.uploading import file_field
from explorer.ui.language import Translate
from explorer.ui.page import shown_later
from explorer.ui.places import PAGES
from explorer.ui.runs.table import called

MOST_UPLOAD = 100
"""Megabytes of a zip that a browser sends."""

_THROWN, _NEWS, _UPLOADS = "runs.thrown", "runs.news", "runs.uploads"


def undo_line(visitor: Visitor, _: Translate) -> None:
    """What was deleted last can be had back until something else is done."""
    if thrown := st.session_state.get(_THROWN):
        with st.container(
            horizontal=True, vertical_alignment="center", key="runs.undo"
        ):
            st.markdown(_("Deleted runs: %(count)d.") % {"count": len(thrown)})
            st.button(
                _("Undo"),
                icon=":material/undo:",
                key="undo",
                on_click=shown_later(_undo),
                args=(visitor, thrown),
            )
    if came := st.session_state.get(_NEWS):
        st.success(
            _("Imported runs: %(count)d.") % {"count": came}, icon=":material/check:"
        )


def actions(visitor: Visitor, chosen: Sequence[Run], _: Translate) -> None:
    """The buttons for what is chosen, and for a single run its name and tags."""
    if not chosen:
        st.caption(
            _(
                "Choose runs with the boxes at the left of the table: one to rename, "
                "open or export it, several to compare, export or delete them together."
            )
        )
        return
    with st.container(horizontal=True, key="runs.actions", gap="small"):
        if len(chosen) == 1:
            _open_buttons(chosen[0], _)
        export_button(visitor, chosen, _)
        all_pinned = all(run.pinned for run in chosen)
        st.button(
            _("Unpin") if all_pinned else _("Pin"),
            icon=":material/keep_off:" if all_pinned else ":material/keep:",
            key="pin",
            help=_("Pinned runs stand first, and keep all their moments as they age."),
            on_click=shown_later(_pin),
            args=(visitor, chosen, not all_pinned),
        )
        st.button(
            _("Delete"),
            icon=":material/delete:",
            key="delete",
            help=_("Stops and deletes what is chosen; it can be undone."),
            on_click=shown_later(_delete),
            args=(visitor, chosen),
        )
    if len(chosen) == 1:
        _description(visitor, chosen[0], _)


def export_button(visitor: Visitor, chosen: Sequence[Run], _: Translate) -> None:
    """A download that is made when it is asked for."""
    name = "runs" if len(chosen) > 1 else f"{chosen[0].config.model}-{chosen[0].id}"
    too_many = len(chosen) > MOST_EXPORTED
    st.download_button(
        _("Export"),
        data=partial(visitor.export, [run.id for run in chosen]),
        file_name=f"{name}.zip",
        mime="application/zip",
        icon=":material/download:",
        key=f"export.{name}",
        on_click="ignore",
        disabled=too_many,
        help=_("At most %(most)d runs go into one zip.") % {"most": MOST_EXPORTED}
        if too_many
        else _(
            "A zip with curves, pictures, the weights of the last step and of the "
            "lowest held-out loss, and the model as a PyTorch program and a notebook. "
            "It can be imported again."
        ),
    )


def import_runs(visitor: Visitor, _: Translate) -> None:
    """Take in a zip that was exported, here or elsewhere."""
    edition = st.session_state.setdefault(_UPLOADS, 0)
    with st.expander(_("Import runs"), icon=":material/upload:", key="runs.import"):
        given = file_field(
            _("A .zip that was exported here or on another machine"),
            ["zip"],
            min(MOST_UPLOAD, visitor.allowed.limits.stored_megabytes),
            f"runs.upload.{edition}",
            _,
        )
        if given is not None and st.button(
            _("Import"), icon=":material/upload:", key="import"
        ):
            with st.spinner(_("Looking through the file …")):
                came = visitor.take_in(given.getvalue())
            _now_done()
            st.session_state[_NEWS] = len(came)
            st.session_state[_UPLOADS] += 1
            st.rerun()


def _open_buttons(run: Run, _: Translate) -> None:
    for label, icon, page in (
        (_("Playground"), "play_circle", "playground"),
        (_("Look inside"), "visibility", "inside"),
    ):
        if st.button(label, icon=f":material/{icon}:", key=f"open.{page}"):
            read_address()
            take_over(run.config)
            show_run(run.id)
            st.switch_page(PAGES / f"{page}.py")


def _description(visitor: Visitor, run: Run, _: Translate) -> None:
    """The name and the tags of one run, to be changed."""
    with (
        st.form(key=f"runs.form.{run.id}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        name = st.text_input(
            _("Name"),
            run.name,
            max_chars=MOST_NAME,
            placeholder=called(run, _),
            key=f"runs.name.{run.id}",
        )
        tags = st.text_input(
            _("Tags"),
            ", ".join(run.tags),
            max_chars=MOST_NAME,
            placeholder=_("with commas between them"),
            key=f"runs.tags.{run.id}",
        )
        saved = st.form_submit_button(_("Save"), icon=":material/save:")
    if saved:
        words = tuple(dict.fromkeys(t.strip() for t in tags.split(",") if t.strip()))
        visitor.describe(run.id, name.strip(), words, run.pinned)
        _now_done()
        st.rerun()


def _now_done() -> None:
    """Something else was done: what was deleted before is no longer offered back."""
    for key in (_THROWN, _NEWS):
        st.session_state.pop(key, None)


def _pin(visitor: Visitor, runs: Sequence[Run], pinned: bool) -> None:
    _now_done()
    for run in runs:
        visitor.describe(run.id, run.name, run.tags, pinned)


def _delete(visitor: Visitor, runs: Sequence[Run]) -> None:
    _now_done()
    thrown = st.session_state[_THROWN] = []
    for run in runs:
        visitor.throw_away(run.id)
        thrown.append(run.id)


def _undo(visitor: Visitor, thrown: Sequence[str]) -> None:
    _now_done()
    for run_id in thrown:
        visitor.have_back(run_id)
