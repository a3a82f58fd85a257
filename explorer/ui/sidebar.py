"""The sidebar: which data, which model, how to train; a preview before training."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer import catalog
from explorer.config import RunConfig, Scalar, TrainingSettings
from explorer.errors import ExplorerError
from explorer.ui.address import (
    allowed_config,
    widget_edition,
    write_address,
)
from explorer.ui.controls import settings_widgets
from explorer.ui.data.datasets import key_of, offered, parted
from explorer.ui.data.preview import show_preview
from explorer.ui.language import Translate
from explorer.ui.page import words
from explorer.ui.runs.recent import beginnings
from explorer.ui.visitor import visitor

_REMEMBERED = "sidebar.remembered"


def sidebar(only: str = "") -> RunConfig | None:
    """Show every control; the config that they say, None if it is impossible.

    Args:
        only: the one architecture of a page that has but one.
    """
    _ = words()
    with st.sidebar:
        config = allowed_config(_)
    edition = widget_edition()
    if only and config.model != only:
        config = _moved(config, only)
    with st.sidebar:
        try:
            chosen = _choose(config, edition, _, only)
        except ExplorerError as error:
            st.error(error.text(_), icon=":material/error:")
            return None
    write_address(chosen)
    return chosen


def _moved(config: RunConfig, model: str) -> RunConfig:
    """The architecture's default run, on the same data where it can learn it."""
    fits = model in [m.name for m in catalog.fitting(config.data)]
    settings = {f"data.{k}": v for k, v in config.data_settings.items()} if fits else {}
    data = config.data if fits else catalog.DEFAULT_DATA
    return catalog.make_config(data, model, settings, config.seed)


def _choose(config: RunConfig, edition: str, _: Translate, only: str) -> RunConfig:
    st.subheader(_("Data"), anchor=False)
    names = offered(visitor(), config, _, only)
    chosen_data = st.selectbox(
        _("Dataset"),
        list(names),
        index=list(names).index(key_of(config)),
        format_func=names.__getitem__,
        key=f"{edition}.data.{only}",
        help=_("What the model learns from."),
    )
    data, fixed = parted(chosen_data)
    st.caption(_(catalog.data_spec(data).summary))
    picture = st.container()
    data_settings = settings_widgets(
        catalog.data_spec(data).settings,
        _values("data", chosen_data, config) | fixed,
        f"{edition}.data.{chosen_data}",
        _,
        skip=("digest",),
    )
    st.subheader(_("Model"), anchor=False)
    able = [m.name for m in catalog.fitting(data) if not only or m.name == only]
    model = (
        able[0]
        if only
        else st.segmented_control(
            _("Architecture"),
            able,
            default=config.model if config.model in able else catalog.usual_model(data),
            required=True,
            format_func=lambda name: _(catalog.model_spec(name).title),
            key=f"{edition}.model.{'.'.join(able)}",
            help=_("How the model is built. Each has its own colour on every chart."),
            wrap=True,
        )
    )
    st.caption(_(catalog.model_spec(model).summary))
    model_settings = settings_widgets(
        catalog.model_spec(model).settings,
        _values("model", model, config),
        f"{edition}.model.{model}",
        _,
    )
    st.subheader(_("Training"), anchor=False)
    usual = catalog.usual_training(data, model)
    group = ",".join(f"{name}={value}" for name, value in sorted(usual.items()))
    training = settings_widgets(
        TrainingSettings,
        _training(group, usual, config),
        f"{edition}.training.{group}",
        _,
        skip=catalog.unused_training(model),
    )
    seed = st.number_input(
        _("Seed"),
        0,
        2**31 - 1,
        config.seed,
        key=f"{edition}.seed",
        help=_("The same seed gives the same run, to the last digit."),
    )
    st.session_state.setdefault(_REMEMBERED, {}).update(
        {
            ("data", chosen_data): data_settings,
            ("model", model): model_settings,
            ("training", group): training,
        }
    )
    settings = {f"data.{k}": v for k, v in data_settings.items()}
    settings |= {f"model.{k}": v for k, v in model_settings.items()}
    settings |= {f"training.{k}": v for k, v in training.items()}
    kept = config.start if model == config.model else ""
    fold = _fold(config.fold if data == config.data else "", edition, _)
    chosen = catalog.make_config(data, model, settings, int(seed), kept, fold)
    begins = beginnings(visitor(), chosen, _)
    start = st.selectbox(
        _("Start from"),
        list(begins),
        index=list(begins).index(chosen.start),
        format_func=begins.__getitem__,
        key=f"{edition}.start.{','.join(begins)}",
        help=_(
            "Random weights, or those of a run of this tab that is built alike: fine-"
            "tuning goes on from what it has learned."
        ),
    )
    chosen = chosen.model_copy(update={"start": start})
    with picture:
        show_preview(chosen, _)
    return chosen


def _fold(fold: str, edition: str, _: Translate) -> str:
    """Whether to stay with the one fold in time that a link names."""
    if not fold:
        return ""
    label = _("Only fold %(which)s of %(count)s in time") % {
        "which": fold[0],
        "count": fold[2],
    }
    stays = st.toggle(
        label,
        value=True,
        key=f"{edition}.fold.{fold}",
        help=_(
            "Learns from the beginning of the training part alone, and is judged by "
            "the stretch after it, as in a sweep by folds."
        ),
    )
    return fold if stays else ""


def _values(group: str, name: str, config: RunConfig) -> dict[str, Any]:
    """Where the widgets of a dataset or model start.

    The settings that this tab gave it last; else its defaults, with what the present
    model has of the same name and kind, so that two architectures compare at one size.
    """
    spec: Any = (
        catalog.data_spec(parted(name)[0])
        if group == "data"
        else catalog.model_spec(name)
    )
    present = key_of(config) if group == "data" else config.model
    values = config.data_settings if group == "data" else config.model_settings
    if name == present:
        return dict(values)
    remembered = st.session_state.get(_REMEMBERED, {}).get((group, name))
    if remembered is not None:
        return dict(remembered)
    start = spec.settings().values()
    shared = ("hidden_size", "layers", "dropout")
    start |= {k: v for k, v in values.items() if k in start and k in shared}
    return dict(start)


def _training(
    group: str, usual: Mapping[str, Scalar], config: RunConfig
) -> dict[str, Scalar]:
    """Where the widgets of the training start.

    What this tab last gave to runs of this kind; else the present values, but with
    what such runs usually begin with in place of what the present kind begins with.
    """
    present = catalog.usual_training(config.data, config.model)
    if usual == present:
        return config.training.values()
    remembered = st.session_state.get(_REMEMBERED, {}).get(("training", group))
    if remembered is not None:
        return dict(remembered)
    plain = TrainingSettings().values()
    return config.training.values() | {n: plain[n] for n in present} | dict(usual)
