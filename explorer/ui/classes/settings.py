"""The settings in a class: only the controls that its teacher left open."""

import streamlit as st

from explorer.catalog import choosing, specs
from explorer.config.run import RunConfig
from explorer.config.training import TrainingSettings
from explorer.engine.classes import Task, bounded
from explorer.errors import ExplorerError
from explorer.plots.words import listed, paragraph
from explorer.ui.address import (
    has_settings,
    read_address,
    take_over,
    widget_edition,
    write_address,
)
from explorer.ui.classes.words import data_title
from explorer.ui.controls import settings_widgets
from explorer.ui.data.preview import show_preview
from explorer.ui.describe import title_of
from explorer.ui.language import Translate
from explorer.ui.plain import show_error
from explorer.ui.row import Row, settings_row


def class_settings(task: Task, _: Translate) -> RunConfig | None:
    """Only the controls that the teacher left open; None if they contradict."""
    if read_address() != task.base and not has_settings():
        take_over(task.base)
    row = settings_row(_)
    try:
        chosen = _choose(task, bounded(task, read_address()), _, row)
    except ExplorerError as error:
        show_error(error, _)
        return None
    write_address(chosen)
    return chosen


def _choose(task: Task, config: RunConfig, _: Translate, row: Row) -> RunConfig:
    edition = f"{widget_edition()}.class"
    row.data.markdown(data_title(task, _))
    config = _choose_model(task, config, edition, _, row)
    settings: dict[str, object] = {
        f"data.{name}": value for name, value in config.data_settings.items()
    }
    cls, fixed = (
        specs.model_spec(model).settings for model in (config.model, task.base.model)
    )
    values = cls().values() | config.model_settings  # those may be older than a setting
    locked = [
        name
        for name in values
        if name in fixed.model_fields and f"model.{name}" not in task.open
    ]
    locked += specs.unused_model(config.data, config.model)
    prefix = f"{edition}.model.{config.model}"
    with row.model:
        given = settings_widgets(cls, values, prefix, _, tuple(locked), row.place)
    settings |= {f"model.{name}": value for name, value in given.items()}
    training, seed = _choose_training(task, config, edition, _, row)
    chosen = choosing.make_config(
        config.data, config.model, settings | training, seed, config.start
    )
    chosen = bounded(task, chosen)
    with row.picture:
        show_preview(chosen, _)
    return chosen


def _choose_training(
    task: Task, config: RunConfig, edition: str, _: Translate, row: Row
) -> tuple[dict[str, object], int]:
    """How to train, and the seed, as far as they are open."""
    training, seed = config.training.values(), config.seed
    locked = tuple(n for n in training if f"training.{n}" not in task.open)
    prefix = f"{edition}.training"
    with row.training:
        given = settings_widgets(
            TrainingSettings, training, prefix, _, locked, row.place
        )
        if "seed" in task.open:
            seed = st.number_input(_("Seed"), 0, 2**31 - 1, seed, key=f"{edition}.seed")
        st.caption(fixed_line(task, _))
    return {f"training.{name}": value for name, value in given.items()}, int(seed)


def _choose_model(
    task: Task, config: RunConfig, edition: str, _: Translate, row: Row
) -> RunConfig:
    """The architecture, where it is open, with settings of its own."""
    model = config.model
    if "model" in task.open:
        able = [m.name for m in specs.fitting(config.data)]
        model = row.architecture(able, model, f"{edition}.model", _)
    spec = specs.model_spec(model)
    row.model.caption(_(spec.title) + ". " + _(spec.summary))
    if model == config.model:
        return config
    kept = {f"data.{name}": value for name, value in config.data_settings.items()}
    kept |= {f"training.{n}": value for n, value in config.training.values().items()}
    return bounded(
        task, choosing.make_config(config.data, model, kept, seed=config.seed)
    )


def fixed_line(task: Task, _: Translate) -> str:
    """What is open, and that all else is fixed."""
    line = _("Everything is fixed by the teacher.")
    if task.open:
        names = listed([_(title_of(task.base, name)) for name in task.open], _)
        line = _("Open in this class: %(names)s. The teacher fixed everything else.")
        line %= {"names": names}
    if task.within is not None and "training.steps" in task.open:
        most = _("A run has at most %(steps)s steps.")
        line = paragraph(line, most % {"steps": f"{task.within:,}"})
    return line
