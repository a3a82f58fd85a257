"""Which dataset the page Data shows, with which settings; and off to training."""

import streamlit as st

from explorer.catalog import choosing, specs
from explorer.config.kinds import OWN
from explorer.config.run import RunConfig
from explorer.engine.visitor import Visitor
from explorer.ui.address import (
    show_run,
    take_over,
    widget_edition,
    write_address,
)
from explorer.ui.data.datasets import key_of, offered, parted, spoken
from explorer.ui.data.preparing import settings_of
from explorer.ui.data.ways_in import own_config
from explorer.ui.language import Translate
from explorer.ui.page import shown_later
from explorer.ui.places import PLAYGROUND


def choose_dataset(me: Visitor, config: RunConfig, _: Translate) -> None:
    """The list of datasets, one's own among them."""
    names = offered(me, config, _)
    key = f"{widget_edition()}.dataset"
    st.selectbox(
        _("Dataset"),
        list(names),
        index=list(names).index(key_of(config)),
        format_func=names.__getitem__,
        key=key,
        help=_("What the model learns from."),
        on_change=shown_later(_taken),
        args=(key, config),
    )
    st.caption(_(specs.data_spec(config.data).summary))


def settled_config(config: RunConfig, _: Translate) -> RunConfig:
    """The config with what the widgets of its dataset say; the address says it too.

    Raises:
        ExplorerError: if the settings contradict each other or the data.
    """
    prefix = f"{widget_edition()}.dataset.{key_of(config)}"
    data_settings = settings_of(config, prefix, _)
    settings = {f"data.{k}": v for k, v in data_settings.items()}
    settings |= {f"model.{k}": v for k, v in config.model_settings.items()}
    settings |= {f"training.{k}": v for k, v in config.training.values().items()}
    chosen = choosing.make_config(
        config.data, config.model, settings, config.seed, config.start
    )
    write_address(chosen)
    return chosen


def train_button(me: Visitor, config: RunConfig, _: Translate) -> None:
    """Train on this data, and go to the Playground to watch.

    Raises:
        ExplorerError: if no run may be started.
    """
    if st.button(
        _("Train on this"),
        type="primary",
        icon=":material/play_arrow:",
        key="train_on_this",
        help=_("Trains on this dataset with these settings, in the Playground."),
    ):
        show_run(me.start(config).id)
        st.switch_page(PLAYGROUND)


def _taken(key: str, config: RunConfig) -> None:
    """Show another dataset, with the same architecture if that can learn it."""
    name, fixed = parted(st.session_state[key])
    kinds = {data: kind for kind, data in OWN.items()}
    if fixed:
        take_over(own_config(kinds[name], str(fixed["digest"])))
        return
    fits = config.model in [m.name for m in specs.fitting(name)]
    settings = {f"data.{k}": v for k, v in spoken(name).items()}
    take_over(choosing.make_config(name, config.model if fits else None, settings))
