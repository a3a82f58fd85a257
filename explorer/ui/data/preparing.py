"""How own data is prepared: each step a setting, and what it was before and after."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from explorer.catalog import specs
from explorer.config.run import RunConfig
from explorer.config.settings import matters
from explorer.data import content, own_text
from explorer.data.melodies import heard
from explorer.data.own_series_settings import OwnSeriesSettings
from explorer.data.own_text import OwnTextSettings
from explorer.data.prepared import prepared
from explorer.data.sounds import sound_of
from explorer.data.spoken import first_sound
from explorer.data.times import places
from explorer.errors import N_
from explorer.plots.data import preview
from explorer.ui.controls import widget
from explorer.ui.data.dataset import series_picture
from explorer.ui.data.examples import show_sound, show_tune
from explorer.ui.describe import data_line
from explorer.ui.language import Translate
from explorer.ui.plain import literal

Values = Mapping[str, Any]

STEPS: tuple[tuple[str, ...], ...] = (
    ("missing",),
    ("outliers", "reach"),
    ("resample", "every", "span"),
    ("change",),
    ("scaling",),
    ("beside",),
    ("window", "validation_share"),
)
"""The settings of a series, in the order in which they act."""

LETTERS = 400


def settings_of(config: RunConfig, prefix: str, _: Translate) -> dict[str, Any]:
    """The widgets of a dataset's settings, two in a row; what they say."""
    fields = specs.data_spec(config.data).settings.model_fields
    steps = STEPS
    if config.data != "own_series":
        steps = tuple((name,) for name in fields if name != "digest")
    settings: dict[str, Any] = dict(config.data_settings)
    for row in (steps[k : k + 2] for k in range(0, len(steps), 2)):
        for names, column in zip(row, st.columns(2), strict=False):
            with column:
                for name in names:
                    if matters(fields[name], settings) and _is_there(name, settings):
                        key = f"{prefix}.{name}"
                        settings[name] = widget(
                            name, fields[name], settings[name], key, _
                        )
    return settings


def _is_there(name: str, settings: Values) -> bool:
    """Whether what a setting is about came along: not every series has columns beside
    it."""
    return name != "beside" or bool(content.get_series(settings["digest"]).others)


def before_and_after(config: RunConfig, _: Translate) -> None:
    """What came, and what the model is given of it.

    Raises:
        ExplorerError: if nothing can be made of it with these settings.
    """
    before, after = st.columns(2)
    if config.data == "own_series":
        _series_before(config, before, _)
        _series_after(config, after, _)
    if config.data == "own_text":
        text_settings = OwnTextSettings.read(config.data_settings)
        _text(content.get_text(text_settings.digest), N_("As it came"), before, _)
        _text(own_text.prepared(text_settings), N_("As it is read"), after, _)
    if config.data == "own_notes":
        words = content.get_examples("notes", str(config.data_settings["digest"]))
        show_tune("before", heard(words["words"]), data_line(config, _), _)
    if config.data == "own_sound":
        frames = content.get_examples("sound", str(config.data_settings["digest"]))
        show_sound("before", sound_of(frames), data_line(config, _), _)
    if config.data == "own_recordings":
        given = content.get_examples("recordings", str(config.data_settings["digest"]))
        show_sound("before", first_sound(given), data_line(config, _), _)
        message = _("This is the first recording: %(text)s")
        st.caption(literal(message % {"text": given["texts"][0]}))


def _series_before(config: RunConfig, where: Any, _: Translate) -> None:
    own = content.get_series(str(config.data_settings["digest"]))
    at, axis = np.arange(len(own.values)), N_("Place in the file (rows)")
    if own.times is not None:
        at, axis = places(own.times)
    with where:
        title = _("As it came")
        st.markdown(f"**{title}**")
        drawn = preview.extract(at, own.values, len(own.values), axis, own.label)
        about = data_line(config, _)
        series_picture("before", drawn, _, title=title, about=about)
        missing = int(np.isnan(own.values).sum())
        message = _("%(count)s rows, %(missing)s of them without a value.")
        counted = {"count": f"{len(own.values):,}", "missing": f"{missing:,}"}
        st.caption(message % counted)


def _series_after(config: RunConfig, where: Any, _: Translate) -> None:
    ready = prepared(OwnSeriesSettings.read(config.data_settings))
    label = N_("Scaled value (no unit)")
    with where:
        title = _("As the model is given it")
        st.markdown(f"**{title}**")
        given = ready.given[:, 0]
        drawn = preview.extract(ready.positions, given, ready.split, ready.axis, label)
        about = data_line(config, _)
        series_picture("after", drawn, _, title=title, about=about)
        message = _("%(count)s values, %(clipped)s outliers clipped.")
        counted = {"count": f"{len(given):,}", "clipped": f"{ready.clipped:,}"}
        st.caption(message % counted)
        if ready.filled:
            message = _(
                "%(filled)s of the values were filled in. They are asked for as well, "
                "so that a model is also judged by what nobody measured."
            )
            st.caption(message % {"filled": f"{ready.filled:,}"})


def _text(text: str, title: str, where: Any, _: Translate) -> None:
    with where:
        st.markdown(f"**{_(title)}**")
        shown = text[:LETTERS] + (" …" if len(text) > LETTERS else "")
        st.code(shown, language=None, wrap_lines=True)
        message = _("%(count)s characters of %(kinds)s kinds.")
        counted = {"count": f"{len(text):,}", "kinds": f"{len(set(text)):,}"}
        st.caption(message % counted)
