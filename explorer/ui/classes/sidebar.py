"""The sidebar of a class: only the controls that its teacher left open."""

import streamlit as st

from explorer.catalog import choosing, specs
from explorer.config.run import RunConfig
from explorer.config.training import TrainingSettings
from explorer.engine.classes import Lesson, bounded
from explorer.errors import ExplorerError
from explorer.plots.words import listed
from explorer.ui.address import (
    has_settings,
    read_address,
    take_over,
    widget_edition,
    write_address,
)
from explorer.ui.classes.attending import data_title
from explorer.ui.controls import settings_widgets
from explorer.ui.data.preview import show_preview
from explorer.ui.describe import title_of
from explorer.ui.language import Translate
from explorer.ui.plain import show_error


def class_sidebar(lesson: Lesson, _: Translate) -> RunConfig | None:
    """Only the controls that the teacher left open; None if they contradict."""
    if read_address() != lesson.base and not has_settings():
        take_over(lesson.base)
    with st.sidebar:
        try:
            chosen = _choose(lesson, bounded(lesson, read_address()), _)
        except ExplorerError as error:
            show_error(error, _)
            return None
    write_address(chosen)
    return chosen


def _choose(lesson: Lesson, config: RunConfig, _: Translate) -> RunConfig:
    edition = f"{widget_edition()}.class"
    st.header(data_title(lesson, _), anchor=False)
    picture = st.container()
    config = _choose_model(lesson, config, edition, _)
    settings: dict[str, object] = {
        f"data.{name}": value for name, value in config.data_settings.items()
    }
    locked = [
        name
        for name in config.model_settings
        if name in lesson.base.model_settings and f"model.{name}" not in lesson.open
    ]
    cls = specs.model_spec(config.model).settings
    prefix = f"{edition}.model.{config.model}"
    given = settings_widgets(cls, config.model_settings, prefix, _, tuple(locked))
    settings |= {f"model.{name}": value for name, value in given.items()}
    training = config.training.values()
    locked = [name for name in training if f"training.{name}" not in lesson.open]
    prefix = f"{edition}.training"
    given = settings_widgets(TrainingSettings, training, prefix, _, tuple(locked))
    settings |= {f"training.{name}": value for name, value in given.items()}
    seed = config.seed
    if "seed" in lesson.open:
        seed = st.number_input(_("Seed"), 0, 2**31 - 1, seed, key=f"{edition}.seed")
    st.caption(fixed_line(lesson, _))
    chosen = choosing.make_config(
        config.data, config.model, settings, int(seed), config.start
    )
    chosen = bounded(lesson, chosen)
    with picture:
        show_preview(chosen, _)
    return chosen


def _choose_model(
    lesson: Lesson, config: RunConfig, edition: str, _: Translate
) -> RunConfig:
    """The architecture, where it is open, with settings of its own."""
    spec = specs.model_spec(config.model)
    if "model" not in lesson.open:
        st.caption(_(spec.title) + ". " + _(spec.summary))
        return config
    model = st.segmented_control(
        _("Architecture"),
        [m.name for m in specs.fitting(config.data)],
        default=config.model,
        required=True,
        format_func=lambda name: _(specs.model_spec(name).title),
        key=f"{edition}.model",
        wrap=True,
    )
    st.caption(_(specs.model_spec(model).summary))
    if model == config.model:
        return config
    kept = {f"data.{name}": value for name, value in config.data_settings.items()}
    kept |= {f"training.{n}": value for n, value in config.training.values().items()}
    return bounded(
        lesson, choosing.make_config(config.data, model, kept, seed=config.seed)
    )


def fixed_line(lesson: Lesson, _: Translate) -> str:
    """What is open, and that all else is fixed."""
    line = _("Everything is fixed by the teacher.")
    if lesson.open:
        names = listed([_(title_of(lesson.base, name)) for name in lesson.open], _)
        line = _("Open in this class: %(names)s. The teacher fixed everything else.")
        line %= {"names": names}
    if lesson.within is not None and "training.steps" in lesson.open:
        most = _("A run has at most %(steps)s steps.")
        line += " " + most % {"steps": f"{lesson.within:,}"}
    return line
