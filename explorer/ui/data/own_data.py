"""A person's own data, listed with what it takes, and how it is deleted."""

import streamlit as st

from explorer.catalog import choosing
from explorer.config.run import RunConfig
from explorer.data.content import KINDS
from explorer.engine.own_data import delete
from explorer.engine.visitor import Visitor
from explorer.runs.records import OwnData
from explorer.ui.address import read_address, take_over
from explorer.ui.data.ways_in import own_config
from explorer.ui.language import Translate
from explorer.ui.page import shown_later
from explorer.ui.plain import literal


def own_data_list(me: Visitor, config: RunConfig, _: Translate) -> None:
    """Every series and text of this person, each to look at or to delete."""
    held = me.store.contents.of(me.owner)
    st.header(_("Yours"), anchor=False)
    if not held:
        st.caption(
            _(
                "Nothing yet. What you bring is yours alone: others cannot see it or "
                "train on it, and you can delete it here."
            )
        )
    for each in held:
        _own_data(me, each, config, _)


def _own_data(me: Visitor, held: OwnData, config: RunConfig, _: Translate) -> None:
    shown = config.data_settings.get("digest") == held.digest
    key = held.digest[:16]
    with st.container(border=True, key=f"held.{key}"):
        st.markdown(f"**{literal(held.label)}**")
        line = _("%(kind)s, %(size)s kB, %(date)s")
        facts = {
            "kind": _(KINDS[held.kind]),
            "size": f"{max(1, held.size // 1000):,}",
            "date": f"{held.created:%Y-%m-%d %H:%M} UTC",
        }
        st.caption(line % facts)
        with st.container(horizontal=True, gap="small"):
            st.button(
                _("Look at it"),
                key=f"look.{key}",
                disabled=shown,
                on_click=shown_later(_look),
                args=(held,),
            )
            with st.popover(_("Delete"), icon=":material/delete:", key=f"ask.{key}"):
                st.markdown(
                    _(
                        "This deletes the data for good. Runs that train on it are "
                        "stopped, and their pictures of it are gone."
                    )
                )
                st.button(
                    _("Delete it now"),
                    type="primary",
                    key=f"delete.{key}",
                    on_click=shown_later(_delete),
                    args=(me, held.digest),
                )


def _look(held: OwnData) -> None:
    take_over(own_config(held.kind, held.digest))


def _delete(me: Visitor, digest: str) -> None:
    delete(me, digest)
    if read_address().data_settings.get("digest") == digest:
        take_over(choosing.make_config())
