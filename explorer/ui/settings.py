"""Which data, which model, how to train: some in a row, the rest in a drawer."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from explorer.catalog import choosing, specs
from explorer.config.run import RunConfig
from explorer.config.settings import Scalar, Settings
from explorer.config.training import TrainingSettings
from explorer.errors import ExplorerError
from explorer.ui.address import (
    allowed_config,
    read_address,
    take_over,
    widget_edition,
    write_address,
)
from explorer.ui.controls import settings_widgets
from explorer.ui.data.datasets import key_of, offered, parted, spoken
from explorer.ui.data.preview import show_preview
from explorer.ui.language import Translate
from explorer.ui.page import words
from explorer.ui.plain import literal, show_error
from explorer.ui.row import Row, settings_row
from explorer.ui.runs.recent import beginnings
from explorer.ui.visitor import visitor

_REMEMBERED = "settings.remembered"


def choose_settings(only: str = "") -> RunConfig | None:
    """Show every control; the config that they say, None if it is impossible.

    Args:
        only: the one architecture of a page that has but one.
    """
    _ = words()
    config = allowed_config(_)
    edition = widget_edition()
    if only and config.model != only:
        config = _moved(config, only)
    row = settings_row(_)
    try:
        chosen = _choose(config, edition, _, only, row)
    except ExplorerError as error:
        show_error(error, _)
        return None
    write_address(chosen)
    return chosen


def _moved(config: RunConfig, model: str) -> RunConfig:
    """The architecture's default run, on the same data where it can learn it."""
    fits = model in [m.name for m in specs.fitting(config.data)]
    settings = {f"data.{k}": v for k, v in config.data_settings.items()} if fits else {}
    data = config.data if fits else specs.DEFAULT_DATA
    return choosing.make_config(data, model, settings, config.seed)


def _choose(
    config: RunConfig, edition: str, _: Translate, only: str, row: Row
) -> RunConfig:
    """Every control, and the config that they say."""
    data, settings = _choose_data(config, edition, _, only, row)
    model, more = _choose_model(config, data, edition, _, only, row)
    settings |= more
    training, seed = _choose_training(config, data, model, settings, edition, _, row)
    settings |= training
    kept = config.start if model == config.model else ""
    with row.training:
        fold = _fold(config.fold if data == config.data else "", edition, _)
        chosen = choosing.make_config(data, model, settings, seed, kept, fold)
        start = _choose_start(chosen, edition, _)
    chosen = chosen.model_copy(update={"start": start})
    with row.picture:
        show_preview(chosen, _)
    return chosen


def _choose_data(
    config: RunConfig, edition: str, _: Translate, only: str, row: Row
) -> tuple[str, dict[str, Any]]:
    """The dataset and its settings."""
    names = offered(visitor(), config, _, only)
    with row.place("dataset"):
        chosen = st.selectbox(
            _("Dataset"),
            list(names),
            index=list(names).index(key_of(config)),
            format_func=names.__getitem__,
            key=f"{edition}.data.{only}",
            help=_("What the model learns from."),
        )
    data, fixed = parted(chosen)
    cls = specs.data_spec(data).settings
    values = _of_data(chosen, config) | fixed
    with row.data:
        st.caption(_(specs.data_spec(data).summary))
        settings = _widgets(
            "data", chosen, cls, values, edition, _, row, skip=("digest",)
        )
    return data, settings


def _choose_model(
    config: RunConfig, data: str, edition: str, _: Translate, only: str, row: Row
) -> tuple[str, dict[str, Any]]:
    """The architecture and its settings."""
    able = [m.name for m in specs.fitting(data) if not only or m.name == only]
    if config.model in specs.misprints() and config.data == data:
        able.append(config.model)  # never offered, but shown where a run is of it
    model = able[0]
    if not only:
        usual = config.model if config.model in able else specs.usual_model(data)
        model = row.architecture(able, usual, f"{edition}.model.{'.'.join(able)}", _)
    cls = specs.model_spec(model).settings
    unused = specs.unused_model(data, model)
    begins, plain = choosing.usual_model_settings(data, model), cls().values()
    kind = ",".join([model, *(f"{k}={v}" for k, v in begins.items() if v != plain[k])])
    values = _of_model(kind, begins, config, model)
    values = {name: value for name, value in values.items() if name not in unused}
    with row.model:
        st.caption(_(specs.model_spec(model).summary))
        for preset in specs.model_spec(model).presets:
            st.button(
                _(preset.title),
                icon=":material/bolt:",
                key=f"preset.{preset.name}",
                help=_(preset.summary),
                on_click=_take_preset,
                args=(model, preset.name),
            )
        return model, _widgets("model", kind, cls, values, edition, _, row, unused)


def _take_preset(model: str, name: str) -> None:
    """Put what belongs together into the widgets, on the same data."""
    now = read_address()
    settings = {f"data.{key}": value for key, value in now.data_settings.items()}
    settings |= choosing.preset_settings(model, name)
    take_over(choosing.make_config(now.data, model, settings, now.seed))


def _choose_training(
    config: RunConfig,
    data: str,
    model: str,
    settings: Mapping[str, Scalar],
    edition: str,
    _: Translate,
    row: Row,
) -> tuple[dict[str, Any], int]:
    """How to train, and the seed; where that starts, by what else is chosen."""
    sizes, made = _group(settings, "model"), _group(settings, "data")
    usual = choosing.usual_training(data, model, sizes, made)
    kind = ",".join(f"{name}={value}" for name, value in sorted(usual.items()))
    values = _training(kind, usual, config, (data, model))
    skip = specs.unused_training(model)
    with row.training:
        if pace := choosing.usual_pace_of(data, model, sizes, made):
            st.caption(literal(pace.why.text(_)))
        settings = _widgets(
            "training", kind, TrainingSettings, values, edition, _, row, skip
        )
        seed = st.number_input(
            _("Seed"),
            0,
            2**31 - 1,
            config.seed,
            key=f"{edition}.seed",
            help=_("The same seed gives the same run, to the last digit."),
        )
    return settings, int(seed)


def _group(settings: Mapping[str, Scalar], name: str) -> dict[str, Scalar]:
    """Of settings by dotted name, those of one group by their own."""
    start = f"{name}."
    return {
        k.removeprefix(start): v for k, v in settings.items() if k.startswith(start)
    }


def _choose_start(config: RunConfig, edition: str, _: Translate) -> str:
    """The run whose weights a new one begins with; empty for random ones."""
    begins = beginnings(visitor(), config, _)
    return st.selectbox(
        _("Start from"),
        list(begins),
        index=list(begins).index(config.start),
        format_func=begins.__getitem__,
        key=f"{edition}.start.{','.join(begins)}",
        help=_(
            "Random weights, or those of a run of this tab that is built alike: fine-"
            "tuning goes on from what it has learned."
        ),
    )


def _widgets(
    group: str,
    name: str,
    cls: type[Settings],
    values: Mapping[str, Scalar],
    edition: str,
    _: Translate,
    row: Row,
    skip: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The widgets of one group; what they say, by dotted name, and for later."""
    prefix = f"{edition}.{group}.{name}"
    chosen = settings_widgets(cls, values, prefix, _, skip, row.place)
    st.session_state.setdefault(_REMEMBERED, {})[group, name] = chosen
    return {f"{group}.{key}": value for key, value in chosen.items()}


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


def _of_data(key: str, config: RunConfig) -> dict[str, Any]:
    """Where the widgets of a dataset start: what this tab gave it last; else its
    defaults."""
    name = parted(key)[0]
    start = specs.data_spec(name).settings().values()
    if key == key_of(config):  # a run may be from before a setting was there
        return start | config.data_settings
    remembered = st.session_state.get(_REMEMBERED, {}).get(("data", key))
    return dict(remembered) if remembered is not None else start | spoken(name)


def _of_model(
    kind: str, usual: Mapping[str, Scalar], config: RunConfig, model: str
) -> dict[str, Scalar]:
    """Where the widgets of an architecture start.

    What this tab gave last to one that begins so; else what it usually begins with on
    this data, with what was set by hand, or what another present architecture has of
    the same name and kind, so that two compare at one size; what the data asks for
    stays.
    """
    own, present = config.model_settings, dict(usual)
    if model == config.model:
        present = choosing.usual_model_settings(config.data, model)
        if present == usual:  # a run may be from before a setting was there
            return {**usual, **own}
    remembered = st.session_state.get(_REMEMBERED, {}).get(("model", kind))
    if remembered is not None:
        return dict(remembered)
    if model == config.model:
        return {**usual, **{k: v for k, v in own.items() if v != present.get(k)}}
    plain = specs.model_spec(model).settings().values()
    shared = {"hidden_size", "layers", "dropout", "head"} & plain.keys()
    free = {name for name in shared if usual[name] == plain[name]}
    return {**usual, **{name: v for name, v in own.items() if name in free}}


def _training(
    kind: str,
    usual: Mapping[str, Scalar],
    config: RunConfig,
    chosen: tuple[str, str],
) -> dict[str, Scalar]:
    """Where the widgets of the training start.

    What this tab last gave to runs of this kind; else the present values, but with
    what such runs usually begin with in place of what the present kind begins with.
    Where but the size is another, what was set by hand stays.
    """
    present = choosing.usual_training(
        config.data, config.model, config.model_settings, config.data_settings
    )
    if usual == present:
        return config.training.values()
    if chosen == (config.data, config.model):
        before = TrainingSettings.read(present).values()
        now = config.training.values()
        by_hand = {name: v for name, v in now.items() if v != before[name]}
        return TrainingSettings.read(usual).values() | by_hand
    remembered = st.session_state.get(_REMEMBERED, {}).get(("training", kind))
    if remembered is not None:
        return dict(remembered)
    plain = TrainingSettings().values()
    return config.training.values() | {n: plain[n] for n in present} | dict(usual)
